// POST /api/v1/executions/batch: submits many programs at once, each of which succeeds or fails alone.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { MAX_BATCH, type SubmitRequest } from '../../api/stored-execution.ts';
import { ServiceError } from '../../errors.ts';
import type { Submitted } from '../../submissions/executions.ts';
import { errorAnswerOf, errorAnswers } from '../error-answer.ts';
import { LIMIT_HEADERS } from '../rate-limits.ts';
import { countRejections } from '../submit-request.ts';
import {
  type ExecutionsRouteParts,
  IDEMPOTENCY_HEADER,
  idempotencyOf,
  SubmitQuery,
  submitterOf,
} from './executions.ts';

const schema = {
  operationId: 'submitBatch',
  summary: `Submit up to ${MAX_BATCH} programs at once`,
  description:
    'Each is an execution of its own, which succeeds or fails alone. Rate limits count each; if not all are within the ' +
    'limits, none is submitted. An `Idempotency-Key` is for the batch as a whole.',
  tags: ['execution'],
  headers: IDEMPOTENCY_HEADER,
  querystring: SubmitQuery,
  body: Type.Ref('BatchRequest'),
  response: {
    202: {
      description: 'Those with an id were accepted.',
      content: { 'application/json': { schema: Type.Ref('BatchAnswer') } },
      headers: LIMIT_HEADERS,
    },
    ...errorAnswers([400, 409, 413, 415, 500]),
  },
};

/** The batch without its requests, which are validated one by one. */
const Envelope = Type.Object(
  { executions: Type.Array(Type.Unknown(), { minItems: 1, maxItems: MAX_BATCH }) },
  { additionalProperties: false },
);

type Validate = (request: unknown) => SubmitRequest | ServiceError;

export function addBatchRoute(
  app: FastifyInstance,
  { executions, limits, metrics }: ExecutionsRouteParts,
): void {
  const validate = requestValidator(app);
  app.post<{ Body: { executions: unknown[] }; Querystring: Static<typeof SubmitQuery> }>(
    '/executions/batch',
    {
      schema,
      config: { isBatch: true },
      onSend: countRejections(metrics),
      validatorCompiler: (route) =>
        compiled(app, route.httpPart === 'body' ? { ...route, schema: Envelope } : route),
    },
    async (request, reply) => {
      const idempotency = await idempotencyOf(request);
      const requests = request.body.executions.map(validate);
      const users = requests.flatMap((each) => (each instanceof ServiceError ? [] : [each.user_id ?? null]));
      if (users.length > 0) await limits.takeExecutions(request, reply, users);
      const by = { ...submitterOf(request), liveOutput: request.query.output === 'true' };
      const { batchId, executions: submitted } = await executions
        .submitAll(requests, by, idempotency)
        .catch(async (error: unknown) => {
          await limits.giveBackExecutions(request);
          throw error;
        });
      const unused = submitted.flatMap((each, index) => {
        const sent = requests[index] as SubmitRequest | ServiceError;
        const isUsed = !(each instanceof ServiceError) && !each.isRepeated;
        return isUsed || sent instanceof ServiceError ? [] : [sent.user_id ?? null];
      });
      if (unused.length > 0) await limits.giveBackExecutions(request, unused);
      reply.code(202);
      return { batch_id: batchId, executions: submitted.map((each) => entryOf(each, request)) };
    },
  );
}

function compiled(
  app: FastifyInstance,
  route: Parameters<NonNullable<FastifyInstance['validatorCompiler']>>[0],
) {
  const compile = app.validatorCompiler;
  if (compile === undefined) throw new Error('routes need a validator');
  return compile(route);
}

function requestValidator(app: FastifyInstance): Validate {
  const validate = compiled(app, {
    schema: Type.Ref('SubmitRequest'),
    method: 'POST',
    url: '/executions/batch',
    httpPart: 'body',
  }) as (value: unknown) => { error?: ServiceError; value?: unknown };
  return (request) => validate(request).error ?? (request as SubmitRequest);
}

function entryOf(submitted: Submitted | ServiceError, { id: requestId }: FastifyRequest) {
  if (submitted instanceof ServiceError) return { error: errorAnswerOf(submitted, requestId) };
  const { execution_id, status } = submitted.execution;
  return { execution_id, status };
}
