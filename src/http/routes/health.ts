// GET /api/v1/health and what orchestrators ask: is the process alive, and should it be sent requests.

import type { FastifyInstance, FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { type HealthReport, READINESS, type Readiness } from '../health-report.ts';
import { problemAnswers } from '../problem.ts';

const ROOTS = ['/api/v1/health', '/health'] as const;

const report = { 'application/json': { schema: Type.Ref('HealthReport') } };

const healthSchema = {
  operationId: 'health',
  summary: 'Check every part of the service',
  tags: ['health'],
  response: {
    200: {
      description: 'The service works; `degraded` says that a part does not work fully.',
      content: report,
    },
    503: { description: 'Programs cannot be run.', content: report },
    ...problemAnswers([500]),
  },
};

const stateSchema = (operationId: string, summary: string, states: readonly string[]) => {
  const state = Type.Object({ status: Type.Unsafe<string>({ type: 'string', enum: states }) });
  const content = { 'application/json': { schema: state } };
  return {
    operationId,
    summary,
    tags: ['health'],
    response: {
      200: { description: 'Yes.', content },
      ...(states.length > 1 ? { 503: { description: 'No.', content } } : {}),
    },
  };
};

export function addHealthRoutes(
  app: FastifyInstance,
  parts: { health: () => Promise<HealthReport>; readiness: () => Promise<Readiness> },
): void {
  const answerReady = async (_request: unknown, reply: FastifyReply) => {
    const status = await parts.readiness();
    return reply.code(status === 'ready' ? 200 : 503).send({ status });
  };
  const answerLive = async () => ({ status: 'alive' });
  const config = { open: true };

  app.get('/api/v1/health', { config, schema: healthSchema }, async (_request, reply) => {
    const health = await parts.health();
    return reply.code(health.status === 'unhealthy' ? 503 : 200).send(health);
  });
  for (const root of ROOTS) {
    const hide = root === '/health';
    const live = { ...stateSchema('live', 'Is the process alive?', ['alive']), hide };
    const ready = { ...stateSchema('ready', 'Does it take requests?', READINESS), hide };
    app.get(`${root}/live`, { config, schema: live }, answerLive);
    app.get(`${root}/ready`, { config, schema: ready }, answerReady);
  }
}
