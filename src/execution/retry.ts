// A second try for what the sandbox itself failed at. A program never sees it: what fails twice is our error.

import { SandboxError } from '../sandbox/sandbox.ts';

/** The part of the log that executions use; pino's logger is one. */
export interface ExecutionLog {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

interface Owner {
  readonly parts: { readonly log: ExecutionLog };
  readonly task: { readonly executionId: string };
}

/** Makes a second attempt when the first ended in a `SandboxError` that may pass, unless the signal is aborted. */
export async function withOneRetry<T>(
  { parts, task }: Owner,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof SandboxError) || !error.retryable || signal.aborted) throw error;
    const details = { err: error, execution_id: task.executionId };
    parts.log.warn(
      details,
      `${error.busy ? 'the machine is too busy' : 'the sandbox failed'}, trying once more`,
    );
    return attempt();
  }
}
