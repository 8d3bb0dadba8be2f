// The probes of orchestrators: is the process alive, and does it take requests? They need no key.

import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { READINESS, type Readiness } from './health-report.ts';

/** `isHidden` leaves the routes out of the OpenAPI document. */
export function addProbeRoutes(
  app: FastifyInstance,
  readiness: () => Promise<Readiness>,
  { isHidden = false } = {},
): void {
  const config = { open: true };
  const live = { ...probeSchema('live', 'Is the process alive?', ['alive']), hide: isHidden };
  const ready = { ...probeSchema('ready', 'Does it take requests?', READINESS), hide: isHidden };
  app.get('/health/live', { config, schema: live }, async () => ({ status: 'alive' }));
  app.get('/health/ready', { config, schema: ready }, async (_request, reply) => {
    const status = await readiness();
    return reply.code(status === 'ready' ? 200 : 503).send({ status });
  });
}

function probeSchema(operationId: string, summary: string, states: readonly string[]) {
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
}
