// The HTTP server: what holds for every request, whatever its route: bounds, headers, key, errors, one log line. It
// is given functions, and knows nothing of sandboxes or toolchains.

import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { ServiceError } from '../errors.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { authenticate } from './authentication.ts';
import { boundStalledAnswer, CONNECTION_OPTIONS, MAX_CONNECTIONS } from './connection.ts';
import { requestIdOf, setCommonHeaders } from './headers.ts';
import { acceptJsonBodies } from './json-body.ts';
import { answerWithProblem } from './problem.ts';
import { addRoutes, type RouteParts } from './routes.ts';

export interface ServerParts extends RouteParts {
  readonly keys: KeyRing;
  readonly log: FastifyBaseLogger;
}

/** Creates the server; it listens when told to. Errors that `execute` throws as `ServiceError` reach the client. */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const app = Fastify({
    ...CONNECTION_OPTIONS,
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    bodyLimit: parts.config.maxBodyBytes,
    genReqId: requestIdOf,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => {
      setCommonHeaders(reply);
      answerWithProblem(error, request, reply);
    },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  app.setErrorHandler(answerWithProblem);
  app.setNotFoundHandler((request) => {
    throw notFound(app, request);
  });
  acceptJsonBodies(app);
  addHooks(app);
  authenticate(app, parts.keys);
  await addRoutes(app, { ...parts, needsKey: parts.keys.isRequired() });
  return app;
}

function addHooks(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    setCommonHeaders(reply);
  });
  app.addHook('onSend', async (_request, reply) => {
    boundStalledAnswer(reply);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { url, config } = request.routeOptions;
    const isProbe = config.open && reply.statusCode < 400;
    request.log[isProbe ? 'debug' : 'info'](
      {
        method: request.method,
        route: url ?? request.url.slice(0, 100),
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime * 10) / 10,
        request_bytes: Number(request.headers['content-length'] ?? 0),
        response_bytes: Number(reply.getHeader('content-length') ?? 0),
      },
      'request',
    );
  });
}

/** Says which methods a path answers, when it is only the method that is wrong. */
function notFound(app: FastifyInstance, request: FastifyRequest): ServiceError {
  const path = request.url.split('?', 1)[0]?.slice(0, 100) ?? '';
  const methods = app.supportedMethods.filter((method) => app.findRoute({ method, url: path }) !== null);
  const hint = methods.length > 0 ? `, it answers ${methods.join(', ')}` : '';
  return new ServiceError('not_found', `There is no ${request.method} ${path}${hint}`);
}
