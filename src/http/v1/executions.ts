// Executions that outlive their request: POST /api/v1/executions submits one, GET shows it or lists them, DELETE cancels.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { clientIdOf } from '../../access/client.ts';
import { EXECUTION_STATUSES } from '../../api/execution.ts';
import { MAX_WAIT_SECONDS, PAGE, type SubmitRequest } from '../../api/stored-execution.ts';
import { ServiceError } from '../../errors.ts';
import { PAGE_CURSOR_PATTERN, USER_ID_PATTERN } from '../../limits.ts';
import {
  ANYONE,
  type Caller,
  type Executions,
  type Idempotency,
  type SubmittedBy,
} from '../../submissions/executions.ts';
import { errorAnswers } from '../error-answer.ts';
import type { LoadShares } from '../load-shares.ts';
import { LIMIT_HEADERS, type RateLimits } from '../rate-limits.ts';
import { countRejections, type SubmissionParts, sendStored } from '../submit-request.ts';
import { EXECUTE_QUERY, type ExecuteRouteParts, userIdIn, viewOf } from './execute.ts';
import { readNumbers } from './numeric-query.ts';

const MAX_KEY_LENGTH = 255;

export interface ExecutionsRouteParts extends Pick<ExecuteRouteParts, 'metrics'> {
  readonly executions: Executions;
  readonly limits: RateLimits;
  readonly shares: LoadShares;
  readonly answers: SubmissionParts['answers'];
}

const IdParams = Type.Object({ id: Type.String() });

const GetQuery = Type.Object(
  {
    ...EXECUTE_QUERY,
    wait: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: MAX_WAIT_SECONDS,
        description: `Seconds to wait for the end, at most ${MAX_WAIT_SECONDS}; the answer comes as soon as it has ended.`,
      }),
    ),
  },
  { additionalProperties: false },
);

const ListQuery = Type.Object(
  {
    user_id: Type.Optional(Type.String({ pattern: USER_ID_PATTERN })),
    batch_id: Type.Optional(Type.String({ maxLength: 64 })),
    status: Type.Optional(Type.String({ enum: [...EXECUTION_STATUSES] })),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: PAGE.maximum,
        description: `Executions on a page; ${PAGE.default} if it is not given.`,
      }),
    ),
    cursor: Type.Optional(
      Type.String({
        pattern: PAGE_CURSOR_PATTERN,
        description: 'The `next_cursor` of a page, for the one after it.',
      }),
    ),
  },
  { additionalProperties: false },
);

const tags = ['execution'];
const ofExecution = (description: string) => ({
  description,
  content: { 'application/json': { schema: Type.Ref('Execution') } },
});

export const IDEMPOTENCY_HEADER = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[!-~]{1,255}$',
      description:
        'The same key with the same body means the same execution, however often it is sent within 24 hours; with another body it is a 409.',
    }),
  ),
});

export const SubmitQuery = Type.Object({
  output: Type.Optional(
    Type.Unsafe<'true' | 'false'>({
      type: 'string',
      enum: ['true', 'false'],
      description:
        '`true` keeps what the program writes while it runs, for those who follow its events with `output=true`.',
    }),
  ),
});

const submitSchema = {
  operationId: 'submit',
  summary: 'Submit a program, and fetch the result later',
  description:
    'The execution is kept before this answers, and runs when its turn has come, also if the service is restarted ' +
    'meanwhile. Look at it, wait for it, follow its events, or name a `webhook_url`.',
  tags,
  headers: IDEMPOTENCY_HEADER,
  querystring: SubmitQuery,
  body: Type.Ref('SubmitRequest'),
  response: {
    202: {
      ...ofExecution('It was accepted; `Location` leads to it.'),
      headers: { ...LIMIT_HEADERS, Location: Type.String({ description: 'Where the execution is.' }) },
    },
    ...errorAnswers([400, 404, 409, 413, 415, 422, 500]),
  },
};

const getSchema = {
  operationId: 'getExecution',
  summary: 'Show an execution at whatever stage it is, or wait for its end',
  tags,
  params: IdParams,
  querystring: GetQuery,
  response: { 200: ofExecution('The execution.'), ...errorAnswers([400, 404, 500]) },
};

const listSchema = {
  operationId: 'listExecutions',
  summary: 'List the executions of the key, the newest first',
  description:
    'Without keys, those of the address. A page may have fewer than `limit` although `next_cursor` leads to another: ' +
    'with filters, each looks at a bounded number of executions.',
  tags,
  querystring: ListQuery,
  response: {
    200: {
      description: 'A page of executions.',
      content: { 'application/json': { schema: Type.Ref('ExecutionPage') } },
    },
    ...errorAnswers([400, 500]),
  },
};

const cancelSchema = {
  operationId: 'cancelExecution',
  summary: 'Cancel an execution that waits or runs',
  tags,
  params: IdParams,
  response: { 200: ofExecution('It is cancelled.'), ...errorAnswers([404, 409, 500]) },
};

export function addExecutionRoutes(app: FastifyInstance, parts: ExecutionsRouteParts): void {
  const { executions, limits, metrics } = parts;
  app.post<{ Body: SubmitRequest; Querystring: Static<typeof SubmitQuery> }>(
    '/executions',
    { schema: submitSchema, onSend: countRejections(metrics, userIdIn) },
    async (request, reply) => {
      const idempotency = await idempotencyOf(request);
      await limits.takeExecutions(request, reply, [request.body.user_id ?? null]);
      const submitted = await executions
        .submit(
          request.body,
          { ...submitterOf(request), liveOutput: request.query.output === 'true' },
          idempotency,
        )
        .catch(async (error: unknown) => {
          await limits.giveBackExecutions(request);
          throw error;
        });
      if (submitted.isRepeated) await limits.giveBackExecutions(request);
      reply.code(202).header('location', `${app.prefix}/executions/${submitted.execution.execution_id}`);
      return sendStored(reply, submitted.execution, parts);
    },
  );
  app.get<{ Params: Static<typeof IdParams>; Querystring: Static<typeof GetQuery> }>(
    '/executions/:id',
    { schema: getSchema, preValidation: readNumbers(['wait']) },
    async (request, reply) => {
      const { wait = 0, ...query } = request.query;
      const options = { ...viewOf(query), waitMs: Math.ceil(wait * 1000), signal: closedSignal(reply.raw) };
      const execution = await executions.get(request.params.id, callerOf(request), options);
      return sendStored(reply, execution, parts);
    },
  );
  app.get<{ Querystring: Static<typeof ListQuery> }>(
    '/executions',
    { schema: listSchema, preValidation: readNumbers(['limit']) },
    async (request) => {
      const { user_id: userId, batch_id: batchId, status, limit = PAGE.default, cursor } = request.query;
      const page = await executions.list(callerOf(request), { userId, batchId, status, limit, cursor });
      return { executions: page.executions, next_cursor: page.nextCursor };
    },
  );
  app.delete<{ Params: Static<typeof IdParams> }>(
    '/executions/:id',
    { schema: cancelSchema },
    async (request, reply) =>
      sendStored(reply, await executions.cancel(request.params.id, callerOf(request)), parts),
  );
}

export function callerOf(request: FastifyRequest): Caller {
  const { apiKey } = request;
  return { owner: apiKey === null ? ANYONE : `key:${apiKey.name}`, clientId: clientIdOf(request) };
}

export function submitterOf(request: FastifyRequest): SubmittedBy {
  return {
    ...callerOf(request),
    requestId: request.id,
    keyName: request.apiKey?.name ?? null,
    api: 'v1',
    traceparent: request.trace?.traceparent,
  };
}

/** The key of a request and the digest of its body. Rejects with `invalid_request` for what is no key. */
export async function idempotencyOf(request: FastifyRequest): Promise<Idempotency | undefined> {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key) || key.length > MAX_KEY_LENGTH) {
    const message = `Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} printable ASCII characters without spaces`;
    throw new ServiceError('invalid_request', message, { errors: [{ path: 'Idempotency-Key', message }] });
  }
  return { key, digest: (await request.bodyDigest) ?? '' };
}

/** Aborted when the connection closes. */
export function closedSignal(raw: NodeJS.EventEmitter & { readonly destroyed: boolean }): AbortSignal {
  const controller = new AbortController();
  if (raw.destroyed) controller.abort();
  raw.once('close', () => controller.abort());
  return controller.signal;
}
