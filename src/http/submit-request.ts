// Submits a request and waits for its result, for any API: counts it against the limits, bounds what its answer may hold
// in memory, cancels it if the client disconnects, and writes a long answer in pieces.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientIdOf } from '../access/client.ts';
import type { ExecuteRequest, ExecutionResult } from '../api/execution.ts';
import type { ErrorCode } from '../errors.ts';
import type { ExecutionEvent } from '../execution/record.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import type { ExecutionEntry } from '../submissions/log-entry.ts';
import type { SubmissionContext, Submit } from '../submissions/submission.ts';
import { KIB } from '../units.ts';
import {
  type AnswerBudget,
  bytesHeldBy,
  bytesOfStored,
  holdUntilRead,
  tooMuchHeld,
} from './answer-budget.ts';
import { jsonStream } from './json-stream.ts';
import type { LoadShares } from './load-shares.ts';
import type { RateLimits } from './rate-limits.ts';
import { logWithRequest } from './request-log.ts';

/** Bytes of text in a result that is sent as a whole: a larger one is written in pieces. */
const MAX_WHOLE_BYTES = 256 * KIB;

export interface SubmissionParts {
  readonly submit: Submit;
  readonly limits: RateLimits;
  readonly answers: AnswerBudget;
  readonly shares: LoadShares;
}

/** What an API chooses for its submissions. */
export type SubmissionChoices = Pick<
  SubmissionContext,
  | 'encoding'
  | 'include'
  | 'api'
  | 'onLiveOutput'
  | 'codeValidation'
  | 'waitForRoomMs'
  | 'wallTimeLimitSeconds'
  | 'runChoices'
> & {
  /** Aborted when the client no longer wants the result, beside a connection that closes. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ExecutionEvent) => void;
};

/** Requests that were submitted: the application counts how they ended. */
const submitted = new WeakSet<FastifyRequest>();

/** Requests rejected with these codes do not come from users. */
const STRANGERS: readonly ErrorCode[] = ['unauthorized', 'forbidden'];

/** The hook `onSend` of a route that submits: counts requests that are rejected before they are submitted. */
export function countRejections(
  metrics: Pick<ServiceMetrics, 'rejected'> | null,
  userIdOf: (body: unknown) => string | null = () => null,
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const code = reply.errorCode;
    if (code === null || submitted.has(request) || STRANGERS.includes(code)) return;
    metrics?.rejected({ userId: userIdOf(request.body), language: null, code });
  };
}

/** Resolves with the result. Rejects with a `ServiceError`. */
export async function submitRequest(
  { submit, limits, answers }: SubmissionParts,
  exchange: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  submission: ExecuteRequest,
  { signal, onEvent, ...choices }: SubmissionChoices,
): Promise<ExecutionResult> {
  const { request, reply } = exchange;
  await limits.takeExecutions(request, reply, [submission.user_id ?? null]);
  const clientId = clientIdOf(request);
  const controller = new AbortController();
  let hasResult = false;
  const held = answers.hold(clientId, () => {
    if (hasResult) reply.raw.destroy();
    else controller.abort(new Error('the answers of the client take too much memory'));
  });
  reply.raw.once('close', held.release);
  abortWhenDisconnected(controller, reply);
  if (signal) abortWith(controller, signal);
  const context = {
    ...choices,
    signal: controller.signal,
    onEvent: (event: ExecutionEvent) => {
      if (event.type !== 'status') held.add(bytesHeldBy(event));
      onEvent?.(event);
    },
    requestId: request.id,
    clientId,
    keyName: request.apiKey?.name ?? null,
    onLogEntry: (entry: ExecutionEntry) => logWithRequest(request, entry),
    trace: request.trace,
  };
  submitted.add(request);
  const result = await submit(submission, context).catch(async (error: unknown) => {
    await limits.giveBackExecutions(request);
    throw error;
  });
  if (held.isEvicted()) throw tooMuchHeld();
  hasResult = true;
  return result;
}

/** Aborted when the connection closes before the answer was written. */
export function disconnectSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  abortWhenDisconnected(controller, reply);
  return controller.signal;
}

function abortWhenDisconnected(controller: AbortController, { raw }: FastifyReply): void {
  const abort = () => controller.abort(new Error('the client disconnected'));
  if (raw.destroyed) abort();
  raw.once('close', () => {
    if (!raw.writableFinished) abort();
  });
}

/** `AbortSignal.any` does the same for any number of signals, and takes longer than the rest of a submission's set-up. */
function abortWith(controller: AbortController, signal: AbortSignal): void {
  const abort = () => controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
}

/** Sends an execution from the store, which counts among what answers hold until it is read. */
export function sendStored(
  reply: FastifyReply,
  execution: object,
  { answers, shares }: Pick<SubmissionParts, 'answers' | 'shares'>,
) {
  const bytes = bytesOfStored(execution);
  if (bytes > MAX_WHOLE_BYTES) {
    holdUntilRead(answers, reply, bytes);
  }
  return sendAnswer(reply, execution, shares, bytes - bytesHeldBy(execution));
}

/** Sends JSON: small at once, large in pieces as they are read. `extraBytes` are of texts that repeat the request. */
export function sendAnswer(reply: FastifyReply, answer: object, shares: LoadShares, extraBytes = 0) {
  if (bytesHeldBy(answer) + extraBytes <= MAX_WHOLE_BYTES) return reply.send(answer);
  const clientId = clientIdOf(reply.request);
  reply.type('application/json; charset=utf-8');
  const stream = jsonStream(answer, (bytes) => {
    reply.streamedBytes += bytes;
    shares.charge(clientId, bytes);
  });
  return reply.send(stream);
}
