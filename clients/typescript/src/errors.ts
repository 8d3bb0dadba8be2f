// The errors of the client: what the service rejected, and what did not reach it.

import type { components } from './schema.ts';

type Problem = components['schemas']['Problem'];

/** The service's own codes, and those of the client for what never became an answer. */
export type ErrorCode = Problem['code'] | 'connection_failed' | 'timeout' | 'invalid_answer';

/** Thrown for every failure but an abort of the caller's own signal. A program that fails is a result, not an error. */
export class CodeExecutionError extends Error {
  override readonly name = 'CodeExecutionError';
  readonly code: ErrorCode;
  /** The HTTP status; `null` if there was no answer. */
  readonly status: number | null;
  readonly requestId: string | null;
  /** Each field that is wrong. */
  readonly errors: NonNullable<Problem['errors']>;
  /** With `code_rejected`: the places in the code. */
  readonly findings: NonNullable<Problem['findings']>;
  /** Seconds until another try makes sense; `null` if the service does not say. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: ErrorCode,
    message: string,
    details: {
      problem?: Partial<Problem>;
      status?: number;
      retryAfterSeconds?: number | null;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.status = details.status ?? null;
    this.requestId = details.problem?.request_id ?? null;
    this.errors = details.problem?.errors ?? [];
    this.findings = details.problem?.findings ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
  }
}

/** The error in an answer that is none of success. */
export async function errorOf(answer: Response): Promise<CodeExecutionError> {
  const text = await answer.text().catch(() => '');
  const header = answer.headers.get('retry-after');
  const retryAfterSeconds = header !== null && /^\d+$/.test(header) ? Number(header) : null;
  const problem = problemIn(text);
  const { status } = answer;
  if (problem?.code === undefined) {
    const code = status === 429 ? 'rate_limited' : status === 503 ? 'unavailable' : 'invalid_answer';
    return new CodeExecutionError(code, `The service answered with status ${status}`, {
      status,
      retryAfterSeconds,
    });
  }
  return new CodeExecutionError(problem.code, problem.detail ?? '', { problem, status, retryAfterSeconds });
}

function problemIn(text: string): Partial<Problem> | null {
  try {
    return JSON.parse(text) as Partial<Problem>;
  } catch {
    return null;
  }
}
