// What broke: the latest executions that we failed, by the requests they came with.

import { copyText } from '../shared/clipboard.ts';
import { counted } from '../shared/format.ts';
import { failures } from './data.ts';
import { DataSection } from './data-section.tsx';

export function FailuresTable() {
  const rows = failures.value;
  return (
    <DataSection
      id="failures"
      title="What broke"
      finding={
        rows.length === 0
          ? 'No execution in this range failed because of the service.'
          : `The latest ${counted(rows.length, 'failure')} of the service; the log has the cause under the request id.`
      }
      head={['Time', 'Request', 'Code', 'Language']}
      isWide
    >
      {rows.map(({ execution_id: id, request_id: request, at, code, language }) => (
        <tr key={id}>
          <td class="number">{new Date(at).toLocaleString()}</td>
          <td>
            <code>{request}</code>{' '}
            <button type="button" class="quiet" onClick={() => void copyText(request)}>
              Copy<span class="hidden"> request id {request}</span>
            </button>
          </td>
          <td>{code}</td>
          <td>{language}</td>
        </tr>
      ))}
    </DataSection>
  );
}
