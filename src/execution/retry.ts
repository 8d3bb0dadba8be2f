// A second try for what the sandbox itself failed at. A program never sees it: what fails twice is our error.

import { SandboxError } from '../sandbox/sandbox.ts';

/** The part of the log that executions use; pino's logger is one. */
export interface ExecutionLog {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Makes a second attempt when the first ended in a `SandboxError` that may pass, unless the signal is aborted. */
export async function withOneRetry<T>(
  log: ExecutionLog,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof SandboxError) || !error.retryable || signal.aborted) throw error;
    log.warn({ err: error }, 'the sandbox failed, trying once more');
    return attempt();
  }
}
