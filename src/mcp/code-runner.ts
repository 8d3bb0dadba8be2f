// What the MCP server needs of the service: its languages, and one execution. Behind it is the service itself or, over
// stdio, a service at an address.

import type { ExecuteRequest, ExecutionResult } from '../api/execution.ts';

export interface RunnableLanguage {
  readonly id: string;
  readonly name: string;
  readonly version: string | null;
  readonly versions: readonly string[];
  readonly aliases: readonly string[];
  readonly status: string;
  readonly example: string;
}

/** How far an execution is: `completed` of its tests, of which there are `total`. */
export interface Progress {
  readonly completed: number;
  readonly total: number;
  readonly message: string;
}

export interface CodeRunner {
  languages(): Promise<readonly RunnableLanguage[]>;
  /** Rejects with an `Error` whose message a model can act on. */
  execute(
    request: ExecuteRequest,
    options: { readonly signal: AbortSignal; readonly onProgress: (progress: Progress) => void },
  ): Promise<ExecutionResult>;
}

/** Reports progress from the events of an execution. */
export function progressOf(
  request: ExecuteRequest,
  report: (progress: Progress) => void,
): (event: { readonly type: string; readonly status?: string }) => void {
  const total = Math.max(1, request.test_cases?.length ?? 0);
  let completed = 0;
  return ({ type, status }) => {
    if (type === 'status' && status !== undefined) report({ completed, total, message: status });
    if (type !== 'test') return;
    completed += 1;
    report({ completed, total, message: `${completed} of ${total} finished` });
  };
}
