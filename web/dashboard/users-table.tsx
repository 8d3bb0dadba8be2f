// Who uses it: the ten users with the most executions.

import { formatCount } from '../shared/format.ts';
import { topUsers } from './data.ts';
import { DataSection } from './data-section.tsx';

export function UsersTable() {
  const rows = topUsers.value;
  const first = rows[0];
  return (
    <DataSection
      id="users"
      title="Top users"
      finding={
        first === undefined
          ? 'No execution in this range named a user.'
          : `${first.user_id} made the most: ${Math.round(first.share * 100)} % of all executions.`
      }
      head={['User', 'Executions', 'Share', 'Last execution']}
    >
      {rows.map(({ user_id: id, executions, share, last_execution_at: last }) => (
        <tr key={id}>
          <th scope="row" class="number">
            {id}
          </th>
          <td class="number">{formatCount(executions)}</td>
          <td>
            <Share share={share} />
          </td>
          <td class="number">
            {last === null
              ? '–'
              : new Date(last).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' })}
          </td>
        </tr>
      ))}
    </DataSection>
  );
}

function Share({ share }: { share: number }) {
  return (
    <span class="share">
      <span class="share-track" aria-hidden="true">
        <span class="share-part" style={{ width: `${share * 100}%` }} />
      </span>
      {Math.round(share * 100)} %
    </span>
  );
}
