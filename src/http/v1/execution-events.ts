// GET /api/v1/executions/{id}/events: follows an execution as server-sent events, and goes on where a client was
// disconnected.

import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Config } from '../../settings/config.ts';
import { holdStored } from '../answer-budget.ts';
import { errorAnswers } from '../error-answer.ts';
import { lastEventId, sendEvents } from '../event-stream.ts';
import { EXECUTE_QUERY, OUTPUT_QUERY, viewOf } from './execute.ts';
import { callerOf, closedSignal, type ExecutionsRouteParts } from './executions.ts';

const Params = Type.Object({ id: Type.String() });
const Query = Type.Object({ ...EXECUTE_QUERY, ...OUTPUT_QUERY }, { additionalProperties: false });

const schema = {
  operationId: 'executionEvents',
  summary: 'Follow an execution as server-sent events',
  description:
    'Events are `status`, `compile`, `test` and at last `done` with the whole execution; `data` is JSON. Those of the past ' +
    'come first. Ids count up for each execution; a client that sends the last one as `Last-Event-ID` misses none and ' +
    'gets none twice. With `output=true`, `output` has what shown tests write while they run: `test_index`, `stream`, ' +
    '`data`, `encoding`, and `dropped_bytes`, which are missing before it. Such events have no id. After an interruption of the service the execution may begin again, with `status` `queued`.',
  tags: ['execution'],
  params: Params,
  querystring: Query,
  headers: Type.Object({ 'last-event-id': Type.Optional(Type.String()) }),
  response: {
    200: {
      description: 'Events, until the execution has ended.',
      content: { 'text/event-stream': { schema: Type.Unknown() } },
    },
    204: { description: 'It has ended, and no event follows the one of `Last-Event-ID`.' },
    ...errorAnswers([400, 404, 500]),
  },
};

export function addExecutionEventsRoute(
  app: FastifyInstance,
  {
    executions,
    shares,
    answers,
    config,
  }: ExecutionsRouteParts & { config: Pick<Config, 'answerTimeoutSeconds'> },
): void {
  app.get<{ Params: Static<typeof Params>; Querystring: Static<typeof Query> }>(
    '/executions/:id/events',
    { schema },
    async (request, reply) => {
      const caller = callerOf(request);
      const events = await executions.events(request.params.id, caller, {
        ...viewOf(request.query),
        output: request.query.output === 'true',
        after: lastEventId(request.headers['last-event-id']),
        signal: closedSignal(reply.raw),
      });
      // Clients of server-sent events come back after each end, until this says that there is no more.
      if (events === null) return reply.code(204).send();
      await sendEvents(reply, events, {
        patienceMs: config.answerTimeoutSeconds * 1000,
        onBytes: (bytes) => shares.charge(caller.clientId, bytes),
        hold: (bytes, onEvicted) => holdStored(answers, { clientId: caller.clientId, bytes, onEvicted }),
      });
    },
  );
}
