// The server of a process that only runs what others accepted: its health and its figures, and no other route.

import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { authenticate } from './authentication.ts';
import { answerWithError, ErrorAnswer } from './error-answer.ts';
import { HealthReport } from './health-report.ts';
import { addProbeRoutes } from './probes.ts';
import { addPrometheusRoute } from './prometheus.ts';
import type { ServerParts } from './server.ts';
import { addHealthRoute } from './v1/health.ts';

const MAX_BODY_BYTES = 1024;
const REQUEST_TIMEOUT_MS = 10_000;

export async function createWorkerServer(
  parts: Pick<ServerParts, 'keys' | 'metrics' | 'health' | 'readiness' | 'log'>,
): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true }),
  });
  app.decorateRequest('apiKey', null);
  app.decorateReply('errorCode', null);
  app.setErrorHandler(answerWithError);
  app.addSchema(HealthReport);
  app.addSchema(ErrorAnswer);
  app.setSerializerCompiler(() => JSON.stringify);
  await app.register(async (open) => {
    addHealthRoute(open, parts.health);
    addProbeRoutes(open, parts.readiness);
  });
  await app.register(async (guarded) => {
    authenticate(guarded, parts.keys);
    addPrometheusRoute(guarded, parts.metrics);
  });
  return app;
}
