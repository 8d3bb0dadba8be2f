// Which language is odd: how its programs end, how long they take, and first of all whether we failed them.

import type { MetricsReport } from '../../src/metrics/report.ts';
import { statusWords } from '../playground/words.ts';
import { counted, formatCount, formatMs } from '../shared/format.ts';
import { languages } from './data.ts';
import { DataSection } from './data-section.tsx';

type Counts = MetricsReport['by_language'][string];

const FAULT = 'internal_error';
const HEAD = [
  'Language',
  'State',
  'Executions',
  'Verdicts',
  'Passed',
  'Our fault',
  'Rejected',
  '95 % within',
];

export function LanguagesTable({ report }: { report: MetricsReport }) {
  const faultsOf = (counts?: Counts) => counts?.by_status[FAULT] ?? 0;
  const rows = languages.value.map((language) => ({ ...language, counts: report.by_language[language.id] }));
  rows.sort(
    ({ counts: one }, { counts: other }) =>
      faultsOf(other) - faultsOf(one) || (other?.executions ?? 0) - (one?.executions ?? 0),
  );
  const used = rows.filter(({ counts }) => (counts?.executions ?? 0) > 0);
  return (
    <DataSection
      id="languages"
      title="Verdicts by language"
      finding={`Programs were run in ${used.length} of ${counted(rows.length, 'language')}.`}
      head={HEAD}
      isWide
    >
      {rows.map(({ id, name, version, status, counts }) => (
        <tr key={id}>
          <th scope="row">{name}</th>
          <td>{status === 'ready' ? version : status}</td>
          <td class="number">{formatCount(counts?.executions ?? 0)}</td>
          {counts && counts.executions > 0 ? (
            <LanguageFigures counts={counts} faults={faultsOf(counts)} />
          ) : (
            <td colSpan={3}>–</td>
          )}
          <td class="number">{formatCount(counts?.rejected ?? 0)}</td>
          <td class="number">
            {counts && counts.executions > 0 ? formatMs(counts.p95_execution_time_ms) : '–'}
          </td>
        </tr>
      ))}
    </DataSection>
  );
}

function LanguageFigures({ counts, faults }: { counts: Counts; faults: number }) {
  return (
    <>
      <td>
        <VerdictShares counts={counts} />
      </td>
      <td class="number">{Math.round(counts.success_rate * 100)} %</td>
      <td class={faults > 0 ? 'bad' : 'number'}>{faults > 0 ? `! ${formatCount(faults)}` : '0'}</td>
    </>
  );
}

/** One bar, a part for each verdict; in words below it, so that no colour has to be known. */
function VerdictShares({ counts }: { counts: Counts }) {
  const ends = Object.entries(counts.by_status).toSorted(([, one], [, other]) => other - one);
  const words = ends.map(([status, count]) => {
    const { icon, word } = statusWords(status);
    return `${icon} ${word} ${formatCount(count)}`;
  });
  return (
    <>
      <span class="verdict-shares" aria-hidden="true">
        {ends.map(([status, count]) => (
          <span
            key={status}
            class={`bar-length ${statusWords(status).tone}`}
            style={{ width: `${(count / counts.executions) * 100}%` }}
          />
        ))}
      </span>
      <span class="share-words">{words.join(', ')}</span>
    </>
  );
}
