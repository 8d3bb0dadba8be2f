// What broke: stored executions of this key that failed by our fault, the latest first.

import { failures } from './data.ts';

export function FailuresTable() {
  const rows = failures.value;
  return (
    <section aria-labelledby="failures-title" class="chart">
      <h2 id="failures-title">What broke</h2>
      {rows.length === 0 ? (
        <p class="muted">No stored execution of this key failed by our fault.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <div class="data-table" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Language</th>
                <th scope="col">Execution</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ execution_id: id, created_at: created, language, message }) => (
                <tr key={id}>
                  <td class="number">{new Date(created).toLocaleString()}</td>
                  <td>{language}</td>
                  <td>
                    <code>{id}</code>
                  </td>
                  <td>{message}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
