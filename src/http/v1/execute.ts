// POST /api/v1/execute: runs a program, waits for it, and answers with the result.

import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import type { ExecuteRequest, ExecutionResult } from '../../api/execution.ts';
import type { OutputEncoding } from '../../execution/output.ts';
import { USER_ID_PATTERN } from '../../limits.ts';
import type { ServiceMetrics } from '../../metrics/service-metrics.ts';
import type { ResultPart } from '../../submissions/submission.ts';
import { errorAnswers } from '../error-answer.ts';
import { LIMIT_HEADERS } from '../rate-limits.ts';
import { countRejections, type SubmissionParts, sendAnswer, submitRequest } from '../submit-request.ts';

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

export interface ExecuteRouteParts extends SubmissionParts {
  /** Counts requests that are rejected before they are submitted. */
  readonly metrics: Pick<ServiceMetrics, 'rejected'> | null;
}

export function addExecuteRoute(app: FastifyInstance, parts: ExecuteRouteParts): void {
  app.post<{ Body: ExecuteRequest; Querystring: Static<typeof ExecuteQuery> }>(
    '/execute',
    { schema, onSend: countRejections(parts.metrics, userIdIn) },
    async (request, reply) => {
      const result = await submitRequest(parts, { request, reply }, request.body, {
        api: 'v1',
        encoding: request.query.encoding ?? 'utf8',
        include: (request.query.include?.split(',') ?? []) as ResultPart[],
      });
      return sendAnswer(reply, result, parts.shares, bytesOfInputs(result));
    },
  );
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
