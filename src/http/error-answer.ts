// The error answer: RFC 9457 problem details, made in one place from any thrown value. It decides between
// what a client may know and what only the log may.

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { ERROR_CATALOG, type ErrorCode, type Finding, ServiceError } from '../errors.ts';

const DEFAULT_RETRY_AFTER_SECONDS = 1;
/** Rejections that pass by themselves. */
const RETRY_STATUSES: readonly number[] = [429, 503];
const RETRY_HEADERS = {
  'Retry-After': Type.Integer({ minimum: 1, description: 'Seconds until another try makes sense.' }),
};

export const ErrorAnswer = Type.Object(
  {
    type: Type.String({ description: 'Identifies the kind of problem.' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: 'What is wrong: the field, the value and what is allowed.' }),
    code: Type.Unsafe<ErrorCode>({ type: 'string', enum: Object.keys(ERROR_CATALOG) }),
    request_id: Type.String({ description: 'Also in the header `X-Request-Id`.' }),
    errors: Type.Optional(
      Type.Array(Type.Object({ path: Type.String(), message: Type.String() }), {
        description: 'Each field that is wrong.',
      }),
    ),
    findings: Type.Optional(
      Type.Array(
        Type.Object({
          rule: Type.String(),
          severity: Type.Unsafe<Finding['severity']>({ type: 'string', enum: ['error', 'warning'] }),
          message: Type.String(),
          file: Type.String(),
          line: Type.Integer({ minimum: 1 }),
          column: Type.Integer({ minimum: 1 }),
          snippet: Type.String(),
        }),
        { description: 'With `code_rejected`: each place in the code that a rule is about.' },
      ),
    ),
  },
  {
    $id: 'Problem',
    description: 'Problem details as in RFC 9457.',
    examples: [
      {
        type: errorType('invalid_request'),
        title: ERROR_CATALOG.invalid_request.title,
        status: 400,
        detail: 'time_limit must be between 1 and 30 seconds, got 0',
        code: 'invalid_request',
        request_id: '01JDCQ3V5W8K2T4N6P8R0S2T4V',
        errors: [{ path: 'time_limit', message: 'time_limit must be between 1 and 30 seconds, got 0' }],
      },
    ],
  },
);
export type ErrorAnswer = Static<typeof ErrorAnswer>;

/** Fastify's own errors for which there is a better message than "the request is not valid". */
const FRAMEWORK_ERRORS: Readonly<Record<string, { code: ErrorCode; detail: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'too_large', detail: 'The body is larger than this service accepts' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported_media_type',
    detail: 'The body must be JSON, with the header Content-Type: application/json',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'invalid_request', detail: 'The body is empty, it must be JSON' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'invalid_request',
    detail: 'The body is not as long as Content-Length says',
  },
  FST_ERR_BAD_URL: { code: 'invalid_request', detail: 'The path is not a valid URL' },
};

/** Answers a request with the error answer for `error`, and logs it if the fault is the service's. */
export function answerWithError(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const refusal = reportError(error, request, reply);
  const answer = errorAnswerOf(refusal, request.id);
  return reply.code(answer.status).type('application/problem+json').send(answer);
}

/** Logs `error` and sets the headers that go with it, for an answer of any shape. Returns what the client may know. */
export function reportError(error: unknown, request: FastifyRequest, reply: FastifyReply): ServiceError {
  const refusal = refusalOf(error);
  const { status } = ERROR_CATALOG[refusal.code];
  reply.errorCode = refusal.code;
  const isOurFault = refusal.code === 'internal_error' || refusal.cause !== undefined;
  if (isOurFault && !reply.raw.destroyed) {
    request.log.error({ code: refusal.code, err: error }, 'request failed');
  }
  // Fastify would close the connection at once, and many clients would then lose this answer while still sending.
  // Node reads and drops the rest of the body instead, for no longer than a request may take.
  if (status === 413) reply.removeHeader('connection');
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (RETRY_STATUSES.includes(status)) {
    reply.header('retry-after', Math.ceil(refusal.retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS));
  }
  return refusal;
}

/** The body of an error answer. */
export function errorAnswerOf(refusal: ServiceError, requestId: string): ErrorAnswer {
  const { status, title } = ERROR_CATALOG[refusal.code];
  return {
    type: errorType(refusal.code),
    title,
    status,
    detail: refusal.code === 'internal_error' ? 'An internal error occurred' : refusal.message,
    code: refusal.code,
    request_id: requestId,
    ...(refusal.errors ? { errors: [...refusal.errors] } : {}),
    ...(refusal.findings ? { findings: [...refusal.findings] } : {}),
  };
}

/** The part of a route's response schema that documents its error answers. */
export function errorAnswers(statuses: readonly number[]) {
  const answer = (status: number) => ({
    description: Object.entries(ERROR_CATALOG)
      .filter(([, entry]) => entry.status === status)
      .map(([code, { title }]) => `\`${code}\`: ${title}.`)
      .join(' '),
    content: { 'application/problem+json': { schema: Type.Ref('Problem') } },
    ...(RETRY_STATUSES.includes(status) && { headers: RETRY_HEADERS }),
  });
  return Object.fromEntries(statuses.map((status) => [status, answer(status)]));
}

function errorType(code: ErrorCode): string {
  return `urn:code-execution-service:problem:${code}`;
}

/** Every error that the client did not cause is the service's fault. */
export function refusalOf(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const { code = '', statusCode = 500 } = (error ?? {}) as Partial<FastifyError>;
  const known = FRAMEWORK_ERRORS[code];
  if (known) return new ServiceError(known.code, known.detail);
  if (code.startsWith('FST_') && statusCode >= 400 && statusCode < 500) {
    return new ServiceError('invalid_request', 'The request is not valid');
  }
  return new ServiceError('internal_error', 'internal error', { cause: error });
}
