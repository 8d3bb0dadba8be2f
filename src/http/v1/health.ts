// GET /api/v1/health: whether every part of the service works.

import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { errorAnswers } from '../error-answer.ts';
import type { HealthReport } from '../health-report.ts';

const report = { 'application/json': { schema: Type.Ref('HealthReport') } };

const schema = {
  operationId: 'health',
  summary: 'Check every part of the service',
  tags: ['health'],
  response: {
    200: {
      description: 'The service works; `degraded` says that a part does not work fully.',
      content: report,
    },
    503: { description: 'Programs cannot be run.', content: report },
    ...errorAnswers([500]),
  },
};

export function addHealthRoute(app: FastifyInstance, health: () => Promise<HealthReport>): void {
  app.get('/health', { config: { open: true }, schema }, async (_request, reply) => {
    const report = await health();
    return reply.code(report.status === 'unhealthy' ? 503 : 200).send(report);
  });
}
