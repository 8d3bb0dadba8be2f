// POST /api/v1/execute: runs a program, waits for it, and answers with the result.

import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { clientIdOf } from '../../access/client.ts';
import type { ExecuteRequest, ExecutionResult } from '../../api/execution.ts';
import type { OutputEncoding } from '../../execution/output.ts';
import type { ExecutionEvent } from '../../execution/record.ts';
import { USER_ID_PATTERN } from '../../limits.ts';
import type { ServiceMetrics } from '../../metrics/service-metrics.ts';
import type { Config } from '../../settings/config.ts';
import type { View } from '../../submissions/executions.ts';
import type { ResultPart, SubmissionContext } from '../../submissions/submission.ts';
import { errorAnswers } from '../error-answer.ts';
import { wantsEvents } from '../event-stream.ts';
import { LIMIT_HEADERS } from '../rate-limits.ts';
import { countRejections, type SubmissionParts, sendAnswer, submitRequest } from '../submit-request.ts';
import { streamExecution } from './execute-events.ts';

/** How an answer shows an execution. */
export const EXECUTE_QUERY = {
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
};
/** Whether events have output. */
export const OUTPUT_QUERY = {
  output: Type.Optional(
    Type.Unsafe<'true' | 'false'>({
      type: 'string',
      enum: ['true', 'false'],
      description: '`true` adds `output` events, with what the program writes while it runs.',
    }),
  ),
};
const ExecuteQuery = Type.Object({ ...EXECUTE_QUERY, ...OUTPUT_QUERY }, { additionalProperties: false });

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
      description:
        'The program was run, or did not compile: `status` says how it went. With `Accept: text/event-stream`, events ' +
        'as of a stored execution, of which `done` has the result.',
      content: {
        'application/json': { schema: Type.Ref('ExecutionResult') },
        'text/event-stream': { schema: Type.Unknown() },
      },
      headers: LIMIT_HEADERS,
    },
    ...errorAnswers([400, 404, 413, 415, 422, 500]),
  },
};

export interface ExecuteRouteParts extends SubmissionParts {
  readonly config: Pick<Config, 'answerTimeoutSeconds'>;
  /** Counts requests that are rejected before they are submitted. */
  readonly metrics: Pick<ServiceMetrics, 'rejected'> | null;
}

export function addExecuteRoute(app: FastifyInstance, parts: ExecuteRouteParts): void {
  app.post<{ Body: ExecuteRequest; Querystring: Static<typeof ExecuteQuery> }>(
    '/execute',
    { schema, onSend: countRejections(parts.metrics, userIdIn) },
    async (request, reply) => {
      const view = viewOf(request.query);
      const run = (
        onEvent?: (event: ExecutionEvent) => void,
        onLiveOutput?: SubmissionContext['onLiveOutput'],
      ) =>
        submitRequest(parts, { request, reply }, request.body, {
          api: 'v1',
          ...view,
          ...(onEvent && { onEvent }),
          onLiveOutput,
        });
      if (wantsEvents(request.headers.accept)) {
        const patienceMs = parts.config.answerTimeoutSeconds * 1000;
        const hasOutput = request.query.output === 'true';
        const onBytes = (bytes: number) => parts.shares.charge(clientIdOf(request), bytes);
        return streamExecution({ request, reply }, { view, patienceMs, onBytes, hasOutput }, run);
      }
      const result = await run();
      return sendAnswer(reply, result, parts.shares, bytesOfInputs(result));
    },
  );
}

/** What a query says of how an execution is shown. */
export function viewOf({
  encoding = 'utf8',
  include,
}: {
  encoding?: OutputEncoding;
  include?: string;
}): View {
  return { encoding, include: (include?.split(',') ?? []) as ResultPart[] };
}

function bytesOfInputs({ results }: ExecutionResult): number {
  return results.reduce(
    (sum, { input, expected_output: expected }) => sum + (input?.length ?? 0) + (expected?.length ?? 0),
    0,
  );
}

/** Of a body that may be anything. */
export function userIdIn(body: unknown): string | null {
  const userId = (body as { user_id?: unknown } | null | undefined)?.user_id;
  return typeof userId === 'string' && new RegExp(USER_ID_PATTERN).test(userId) ? userId : null;
}
