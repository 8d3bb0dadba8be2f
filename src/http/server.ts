// The HTTP server: what holds for every request, whichever API it is for: bounds of connections and load, request ids,
// headers, the log, traces. APIs are plugins beside each other. It knows nothing of sandboxes or toolchains.

import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { RateCounters } from '../access/rate-counters.ts';
import type { Config } from '../settings/config.ts';
import type { Traces } from '../traces/traces.ts';
import { createAnswerBudget } from './answer-budget.ts';
import { authenticate } from './authentication.ts';
import { createBodyBudget } from './body-budget.ts';
import { boundStalledAnswer, type ConnectionBounds, connectionOptions } from './connection.ts';
import { type ConnectionSettings, shareConnections } from './connection-shares.ts';
import { allowOrigins } from './cross-origin.ts';
import type { DialectParts } from './dialects/dialect.ts';
import { addDialects } from './dialects/dialects.ts';
import { addDocumentationRoutes, collectDocumentation } from './documentation.ts';
import { answerWithError } from './error-answer.ts';
import { readHeaders, requestIdOf, type SetHeaders } from './headers.ts';
import { shedLoad } from './load-shedding.ts';
import { answerOptions, rejectOtherPaths } from './other-paths.ts';
import { pages } from './pages/pages.ts';
import { addProbeRoutes } from './probes.ts';
import { addPrometheusRoute } from './prometheus.ts';
import { countRequests, createRateLimits, type LimitSettings } from './rate-limits.ts';
import { logWhenAnswered, SWITCHING_PROTOCOLS } from './request-log.ts';
import { traceUntilAnswered } from './request-trace.ts';
import type { InteractiveRouteParts } from './v1/interactive.ts';
import { type V1Parts, v1 } from './v1/v1.ts';
import { acceptWebSockets } from './web-sockets.ts';

/** Longer than any valid one, so that a route can say what is wrong with it. */
const MAX_PARAMETER_LENGTH = 512;

export interface ServerParts extends V1Parts, Pick<DialectParts, 'sourceFileOf' | 'queue'> {
  readonly config: V1Parts['config'] &
    LimitSettings &
    ConnectionBounds &
    ConnectionSettings &
    DialectParts['config'] &
    Pick<Config, 'corsOrigins' | 'maxAnswersBytes' | 'maxEventLoopDelayMs'>;
  readonly interactions: InteractiveRouteParts['interactions'];
  readonly version: string;
  readonly counters: RateCounters;
  readonly isStopping: () => boolean;
  readonly log: FastifyBaseLogger;
  readonly traces: Traces | null;
}

/** Creates the server without listening yet. A `ServiceError` that `submit` throws reaches the client. */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const { config, keys } = parts;
  const setHeaders = await readHeaders();
  const app = createApp(parts, setHeaders);
  addHooks(app, parts, setHeaders);
  answerOptions(app, config.corsOrigins);
  rejectOtherPaths(app);
  await allowOrigins(app, config.corsOrigins);
  shareConnections(app, config);
  const shares = await shedLoad(app, config.maxEventLoopDelayMs);
  await acceptWebSockets(app);
  await collectDocumentation(app, { version: parts.version, needsKey: keys.isRequired() });

  const limits = createRateLimits(config, parts.counters);
  const answers = createAnswerBudget(config.maxAnswersBytes);
  const shared = { ...parts, limits, shares, answers, boundBodies: createBodyBudget(config) };
  await app.register(v1, { ...shared, prefix: '/api/v1' });
  await addDialects(app, shared);
  await app.register(async (guarded) => {
    authenticate(guarded, keys);
    countRequests(guarded, limits);
    addPrometheusRoute(guarded, parts.metrics);
  });
  addProbeRoutes(app, parts.readiness, { isHidden: true });
  addDocumentationRoutes(app);
  await app.register(pages);
  return app;
}

/** The app before its hooks. Each API brings its own parsers and validator; none inherits Fastify's. */
function createApp(parts: ServerParts, setHeaders: SetHeaders): FastifyInstance {
  const app = Fastify({
    ...connectionOptions(parts.config, parts.log),
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    bodyLimit: parts.config.maxBodyBytes,
    trustProxy: [...parts.config.trustedProxies],
    genReqId: requestIdOf,
    // Fastify's own serializer silently drops what a schema does not name; tests validate answers against their schemas. As a
    // factory it also holds in plugins that have schemas of their own.
    schemaController: { compilersFactory: { buildSerializer: () => () => JSON.stringify } },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAMETER_LENGTH },
    frameworkErrors: (error, request, reply) => {
      setHeaders(reply);
      logWhenAnswered(request, reply);
      countWhenAnswered(request, reply, parts.metrics);
      answerWithError(error, request, reply);
    },
  });
  app.decorateRequest('apiKey', null);
  app.decorateRequest('limits', null);
  app.decorateRequest('chunkedBytes', 0);
  app.decorateRequest('trace', null);
  app.decorateRequest('executionEntry', null);
  app.decorateReply('streamedBytes', 0);
  app.decorateReply('errorCode', null);
  app.decorateReply('isUpgraded', false);
  app.removeAllContentTypeParsers();
  app.setErrorHandler(answerWithError);
  return app;
}

/** Parts that wait for the end of one answer, and the stream that writes it. */
const MAX_LISTENERS = 32;

function addHooks(
  app: FastifyInstance,
  { config, isStopping, metrics, traces }: Pick<ServerParts, 'config' | 'isStopping' | 'metrics' | 'traces'>,
  setHeaders: SetHeaders,
): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.raw.setMaxListeners(MAX_LISTENERS);
    traceUntilAnswered(request, reply, traces);
    logWhenAnswered(request, reply);
    countWhenAnswered(request, reply, metrics);
    setHeaders(reply);
  });
  app.addHook('onSend', async (_request, reply) => {
    boundStalledAnswer(reply, config);
    // Clients that keep connections move to a service that stays.
    if (isStopping()) reply.header('connection', 'close');
  });
}

/** Counts each request once, when the answer is written or the connection is closed. */
function countWhenAnswered(request: FastifyRequest, reply: FastifyReply, metrics: ServerParts['metrics']) {
  reply.raw.once('close', () => {
    metrics?.answered({
      method: request.method,
      route: request.routeOptions.url ?? null,
      api: request.routeOptions.config?.api ?? null,
      status: reply.isUpgraded ? SWITCHING_PROTOCOLS : reply.raw.headersSent ? reply.statusCode : null,
      durationMs: reply.elapsedTime,
    });
  });
}
