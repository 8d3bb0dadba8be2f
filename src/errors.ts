// Every error that the service answers with: its code, HTTP status and title. The one catalogue that the HTTP layer
// and the OpenAPI document share.

export const ERROR_CATALOG = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  unauthorized: { status: 401, title: 'An API key is required' },
  forbidden: { status: 403, title: 'The API key does not allow this' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The method is not allowed' },
  conflict: { status: 409, title: 'Conflict with the present state' },
  too_large: { status: 413, title: 'The request is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  unsupported_language: { status: 422, title: 'The language is not supported' },
  unsupported_version: { status: 422, title: 'The version of the language is not supported' },
  code_rejected: { status: 422, title: 'The code was rejected' },
  rate_limited: { status: 429, title: 'Too many requests' },
  queue_full: { status: 429, title: 'The queue is full' },
  internal_error: { status: 500, title: 'Internal error' },
  unavailable: { status: 503, title: 'The service is unavailable' },
  shutting_down: { status: 503, title: 'The service is shutting down' },
} as const;

export type ErrorCode = keyof typeof ERROR_CATALOG;

export interface FieldReason {
  readonly path: string;
  readonly message: string;
}

/** A place in the code that a rule of the validation is about. Line and column count from 1. */
export interface Finding {
  /** The rule's name, such as `python/process`. */
  readonly rule: string;
  /** An `error` is what code is refused for. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line, shortened. It is returned to the client and never logged. */
  readonly snippet: string;
}

/** An error for the client. `message` names the field, the value and the range; `cause` is only logged. */
export class ServiceError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldReason[] | undefined;
  /** With `code_rejected`: what was found in the code. */
  readonly findings: readonly Finding[] | undefined;
  /** Seconds until another try makes sense; becomes the `Retry-After` header. */
  readonly retryAfterSeconds: number | undefined;
  constructor(
    code: ErrorCode,
    message: string,
    options: {
      errors?: readonly FieldReason[];
      findings?: readonly Finding[];
      retryAfterSeconds?: number;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ServiceError';
    this.code = code;
    this.errors = options.errors;
    this.findings = options.findings;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
