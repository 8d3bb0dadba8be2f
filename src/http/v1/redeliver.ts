// POST /api/v1/admin/executions/{id}/redeliver: has the webhook of an execution delivered again, whatever became of it.

import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { ServiceError } from '../../errors.ts';
import { requireScope } from '../authentication.ts';
import { errorAnswers } from '../error-answer.ts';

export const Redelivery = Type.Object(
  {
    execution_id: Type.String(),
    status: Type.Unsafe<'pending'>({
      type: 'string',
      enum: ['pending'],
      description: 'That of `webhook` in the execution, which shows what comes of it.',
    }),
  },
  { $id: 'Redelivery' },
);

const Parameters = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });

/** Resolves with whether the execution has ended and has a webhook. */
export type Redeliver = (executionId: string) => Promise<boolean>;

export function addRedeliverRoute(app: FastifyInstance, redeliver: Redeliver): void {
  app.post<{ Params: Static<typeof Parameters> }>(
    '/admin/executions/:id/redeliver',
    { config: { ...requireScope('admin').config, mayBeEmpty: true }, schema },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await redeliver(id)))
        throw new ServiceError('not_found', `There is no execution ${id} that has ended and has a webhook`);
      reply.code(202);
      return { execution_id: id, status: 'pending' };
    },
  );
}

const schema = {
  operationId: 'redeliverWebhook',
  summary: "Deliver an execution's webhook again",
  description:
    'Makes one attempt at once, whatever became of the earlier ones. Receivers see the same `webhook-id`.',
  tags: ['administration'],
  params: Parameters,
  response: {
    202: {
      description: 'The webhook will be delivered.',
      content: { 'application/json': { schema: Type.Ref('Redelivery') } },
    },
    ...errorAnswers([401, 403, 404, 500, 503]),
  },
};
