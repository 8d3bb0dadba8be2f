// The HTTP server: what holds for every request, whatever its route: bounds, headers, key, errors, one log line. It
// is given functions, and knows nothing of sandboxes or toolchains.

import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { KeyRing } from '../access/key-ring.ts';
import type { RateCounters } from '../access/rate-counters.ts';
import type { Config } from '../settings/config.ts';
import type { Traces } from '../traces/traces.ts';
import { createAnswerBudget } from './answer-budget.ts';
import { authenticate } from './authentication.ts';
import { boundBodies } from './body-budget.ts';
import { boundStalledAnswer, type ConnectionBounds, connectionOptions } from './connection.ts';
import { type ConnectionSettings, shareConnections } from './connection-shares.ts';
import { allowOrigins } from './cross-origin.ts';
import { requestIdOf, setCommonHeaders } from './headers.ts';
import { acceptJsonBodies } from './json-body.ts';
import { shedLoad } from './load-shedding.ts';
import { answerOtherMethods } from './methods.ts';
import { answerWithProblem } from './problem.ts';
import { countRequests, createRateLimits, type LimitSettings } from './rate-limits.ts';
import { logWhenAnswered } from './request-log.ts';
import { traceUntilAnswered } from './request-trace.ts';
import { addRoutes, type RouteParts } from './routes.ts';

/** Longer than any that is valid, so that a route can say what is wrong with it. */
const MAX_PARAMETER_LENGTH = 512;

export interface ServerParts extends RouteParts {
  readonly config: RouteParts['config'] &
    LimitSettings &
    ConnectionBounds &
    ConnectionSettings &
    Pick<Config, 'corsOrigins' | 'maxBodiesBytes' | 'maxAnswersBytes' | 'maxEventLoopDelayMs'>;
  readonly keys: KeyRing;
  readonly counters: RateCounters;
  readonly isStopping: () => boolean;
  readonly log: FastifyBaseLogger;
  readonly traces: Traces | null;
}

/** Creates the server without listening yet. A `ServiceError` that `submit` throws reaches the client. */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const app = Fastify({
    ...connectionOptions(parts.config, parts.log),
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    bodyLimit: parts.config.maxBodyBytes,
    trustProxy: [...parts.config.trustedProxies],
    genReqId: requestIdOf,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAMETER_LENGTH },
    frameworkErrors: (error, request, reply) => {
      setCommonHeaders(reply);
      logWhenAnswered(request, reply);
      countWhenAnswered(request, reply, parts.metrics);
      answerWithProblem(error, request, reply);
    },
  });
  app.decorateRequest('chunkedBytes', 0);
  app.decorateRequest('trace', null);
  app.decorateReply('streamedBytes', 0);
  app.decorateReply('problemCode', null);
  app.setErrorHandler(answerWithProblem);
  acceptJsonBodies(app, parts.config);
  addHooks(app, parts);
  answerOtherMethods(app, parts.config.corsOrigins);
  await allowOrigins(app, parts.config.corsOrigins);
  shareConnections(app, parts.config);
  authenticate(app, parts.keys);
  const shares = await shedLoad(app, parts.config.maxEventLoopDelayMs);
  const limits = createRateLimits(parts.config, parts.counters);
  countRequests(app, limits);
  boundBodies(app, parts.config);
  const answers = createAnswerBudget(parts.config.maxAnswersBytes);
  await addRoutes(app, { ...parts, limits, shares, answers, needsKey: parts.keys.isRequired() });
  return app;
}

function addHooks(
  app: FastifyInstance,
  { config, isStopping, metrics, traces }: Pick<ServerParts, 'config' | 'isStopping' | 'metrics' | 'traces'>,
): void {
  app.addHook('onRequest', async (request, reply) => {
    setCommonHeaders(reply);
    traceUntilAnswered(request, reply, traces);
    logWhenAnswered(request, reply);
    countWhenAnswered(request, reply, metrics);
  });
  app.addHook('onSend', async (_request, reply) => {
    boundStalledAnswer(reply, config);
    // Whoever keeps connections is sent to a service that stays.
    if (isStopping()) reply.header('connection', 'close');
  });
}

/** Each request once, when the answer is written or the connection gone. */
function countWhenAnswered(request: FastifyRequest, reply: FastifyReply, metrics: ServerParts['metrics']) {
  reply.raw.once('close', () => {
    metrics?.answered({
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.raw.headersSent ? reply.statusCode : null,
      durationMs: reply.elapsedTime,
    });
  });
}
