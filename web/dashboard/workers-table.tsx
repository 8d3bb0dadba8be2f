// The processes that run programs, and the containers that are kept ready.

import type { MetricsReport } from '../../src/metrics/report.ts';
import { counted, formatCount } from '../shared/format.ts';
import { DataSection } from './data-section.tsx';

const HEAD = ['Host', 'Version', 'Sandbox', 'Busy', 'Languages'];

export function WorkersTable({ report: { workers, pool } }: { report: MetricsReport }) {
  const slots = workers.reduce((sum, each) => sum + each.slots, 0);
  return (
    <DataSection
      id="workers"
      title="Workers and pools"
      finding={`${counted(workers.length, 'worker')} with ${counted(slots, 'slot')}. ${poolInWords(pool)}`}
      head={HEAD}
      isWide
    >
      {workers.map(({ host, version, sandbox, slots: own, running, languages, installing }, index) => (
        <tr key={index}>
          <th scope="row">{host}</th>
          <td>{version}</td>
          <td>{sandbox}</td>
          <td class="number">
            {running} of {own}
          </td>
          <td>
            {languages.length === 0 ? 'none yet' : languages.join(', ')}
            {installing.length > 0 && `; installing ${installing.join(', ')}`}
          </td>
        </tr>
      ))}
    </DataSection>
  );
}

function poolInWords(pool: MetricsReport['pool']): string {
  if (pool === null) return 'Boxes are made as they are needed: there is no pool.';
  const { idle, hits, misses } = pool;
  return `Pool: ${counted(idle, 'container')} ready; ${formatCount(hits)} submissions found one, ${formatCount(misses)} waited for one.`;
}
