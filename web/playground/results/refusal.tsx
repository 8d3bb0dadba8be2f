// Why the service did not run the program: each fault of the request or of the code, with its place.

import type { Problem } from '../../shared/api.ts';
import { goToPlace } from '../editor/editor-place.ts';

export function Refusal({ problem }: { problem: Problem }) {
  const { findings = [], errors = [] } = problem;
  return (
    <div class="verdict bad" data-testid="verdict" data-status={problem.code}>
      <p class="verdict-line">
        <span class="icon" aria-hidden="true">
          ⊘
        </span>
        <strong>{findings.length > 0 ? 'Not permitted' : problem.title}</strong>
      </p>
      {findings.length === 0 && errors.length === 0 && <p>{problem.detail}</p>}
      {errors.length > 0 && (
        <ul>
          {errors.map(({ path, message }) => (
            <li key={path + message}>{message}</li>
          ))}
        </ul>
      )}
      {findings.length > 0 && (
        <ul>
          {findings.map(({ rule, message, file, line, column }) => (
            <li key={`${rule}:${line}:${column}`}>
              <button type="button" class="link" onClick={() => goToPlace(file, line, column)}>
                Line {line}
              </button>
              : {message} <a href="/docs/validation">Why?</a>
            </li>
          ))}
        </ul>
      )}
      {problem.status >= 500 && <p class="muted">Request {problem.request_id}</p>}
    </div>
  );
}
