// POST /api/v1/execute: runs a program, waits for it, and answers with the result.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { clientIdOf } from '../../access/client.ts';
import type { ExecuteRequest, ExecutionResult } from '../../api/execution.ts';
import { type ErrorCode, ServiceError } from '../../errors.ts';
import type { OutputEncoding } from '../../execution/output.ts';
import type { ExecutionEvent } from '../../execution/record.ts';
import { USER_ID_PATTERN } from '../../limits.ts';
import type { ServiceMetrics } from '../../metrics/service-metrics.ts';
import type { ResultPart, Submit } from '../../submissions/submission.ts';
import { KIB } from '../../units.ts';
import { type AnswerBudget, bytesHeldBy } from '../answer-budget.ts';
import { errorAnswers } from '../error-answer.ts';
import { jsonStream } from '../json-stream.ts';
import type { LoadShares } from '../load-shares.ts';
import { LIMIT_HEADERS, type RateLimits } from '../rate-limits.ts';

const ExecuteQuery = Type.Object(
  {
    encoding: Type.Optional(
      Type.Unsafe<OutputEncoding>({
        type: 'string',
        enum: ['utf8', 'base64'],
        description:
          'How the answer writes what the program and the compiler wrote; `utf8` when it is not given.',
      }),
    ),
    include: Type.Optional(
      Type.Unsafe<string>({
        type: 'string',
        enum: ['analysis', 'input', 'analysis,input', 'input,analysis'],
        description:
          '`analysis` adds what was seen in the code: findings and figures of its complexity. `input` shows all of ' +
          "each test's input, which is cut otherwise.",
      }),
    ),
  },
  { additionalProperties: false },
);

const schema = {
  operationId: 'execute',
  summary: 'Run a program and wait for the result',
  description:
    'Compiles the program once, runs it for each test case in a sandbox of its own, and compares the outputs. ' +
    'A program that fails is not an error: it is a 200 with a `status`. Disconnecting cancels the execution.',
  tags: ['execution'],
  querystring: ExecuteQuery,
  body: Type.Ref('ExecuteRequest'),
  response: {
    200: {
      description: 'The program was run, or did not compile: `status` says how it went.',
      content: { 'application/json': { schema: Type.Ref('ExecutionResult') } },
      headers: LIMIT_HEADERS,
    },
    ...errorAnswers([400, 413, 415, 422, 500]),
  },
};

/** Bytes of text in a result that is sent as a whole: a larger one is written in pieces. */
const MAX_WHOLE_BYTES = 256 * KIB;
const RETRY_AFTER_SECONDS = 1;

/** Requests rejected with these codes do not come from users. */
const STRANGERS: readonly ErrorCode[] = ['unauthorized', 'forbidden'];

export interface ExecuteRouteParts {
  readonly limits: RateLimits;
  readonly answers: AnswerBudget;
  readonly shares: LoadShares;
  /** Counts requests that are rejected before they are submitted. */
  readonly metrics: Pick<ServiceMetrics, 'rejected'> | null;
}

export function addExecuteRoute(
  app: FastifyInstance,
  submit: Submit,
  { limits, metrics, answers, shares }: ExecuteRouteParts,
): void {
  const passedOn = new WeakSet<FastifyRequest>();
  const countRejection = async (request: FastifyRequest, reply: FastifyReply) => {
    const code = reply.errorCode;
    if (code === null || passedOn.has(request) || STRANGERS.includes(code)) return;
    metrics?.rejected({ userId: userIdIn(request.body), language: null, code });
  };
  app.post<{ Body: ExecuteRequest; Querystring: Static<typeof ExecuteQuery> }>(
    '/execute',
    { schema, onSend: countRejection },
    async (request, reply) => {
      await limits.takeExecutions(request, reply, [request.body.user_id ?? null]);
      const clientId = clientIdOf(request);
      const held = answers.hold(clientId);
      const disconnected = disconnectSignal(reply);
      reply.raw.once('close', held.release);
      const context = {
        signal: AbortSignal.any([disconnected, held.evicted]),
        onEvent: (event: ExecutionEvent) => {
          if (event.type !== 'status') held.add(bytesHeldBy(event));
        },
        encoding: request.query.encoding ?? 'utf8',
        requestId: request.id,
        clientId,
        include: (request.query.include?.split(',') ?? []) as ResultPart[],
        keyName: request.apiKey?.name ?? null,
        trace: request.trace,
      };
      passedOn.add(request);
      const result = await submit(request.body, context).catch(async (error: unknown) => {
        await limits.giveBackExecutions(request);
        throw error;
      });
      if (held.evicted.aborted) throw tooMuchHeld();
      held.evicted.addEventListener('abort', () => reply.raw.destroy());
      return sendResult(reply, result, (bytes) => shares.charge(clientId, bytes));
    },
  );
}

function tooMuchHeld(): ServiceError {
  const message =
    'The outputs of this client take too much memory: send fewer requests at a time, and read answers faster';
  return new ServiceError('unavailable', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}

/** A small result at once, a large one in pieces as they are read. */
function sendResult(reply: FastifyReply, result: ExecutionResult, onPiece: (bytes: number) => void) {
  if (bytesHeldBy(result) + bytesOfInputs(result) <= MAX_WHOLE_BYTES) return result;
  reply.type('application/json; charset=utf-8');
  const stream = jsonStream(result, (bytes) => {
    reply.streamedBytes += bytes;
    onPiece(bytes);
  });
  return reply.send(stream);
}

function bytesOfInputs({ results }: ExecutionResult): number {
  return results.reduce(
    (sum, { input, expected_output: expected }) => sum + (input?.length ?? 0) + (expected?.length ?? 0),
    0,
  );
}

/** Of a body that may be anything. */
function userIdIn(body: unknown): string | null {
  const userId = (body as { user_id?: unknown } | null | undefined)?.user_id;
  return typeof userId === 'string' && new RegExp(USER_ID_PATTERN).test(userId) ? userId : null;
}

/** Aborted when the connection closes before the answer was written. */
function disconnectSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort(new Error('the client disconnected'));
  if (reply.raw.destroyed) abort();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) abort();
  });
  return controller.signal;
}
