// The HTTP server: what holds for every request (bounds, headers, key, errors, one log line) and which routes there
// are. It is given functions, and knows nothing of sandboxes or toolchains.

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { ulid } from 'ulid';
import type { Config } from '../config.ts';
import { ServiceError } from '../errors.ts';
import { ExecutionResult, executeRequestSchema } from '../execution/execution.ts';
import { createAuthentication } from './authentication.ts';
import { requestIdOf, setCommonHeaders } from './headers.ts';
import { HealthReport } from './health-report.ts';
import { acceptJsonBodies } from './json-body.ts';
import { answerWithProblem, Problem, problemOf } from './problem.ts';
import { addDocumentationRoutes, collectDocumentation } from './routes/documentation.ts';
import { type AnswerExecuteRequest, addExecuteRoute } from './routes/execute.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addLanguagesRoute, LanguageDescription } from './routes/languages.ts';
import { createValidatorCompiler } from './validator.ts';

const MAX_CONNECTIONS = 2048;
const MAX_HEADER_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 15_000;
/** For a whole request to arrive: 16 MB at 2 Mbit/s. */
const REQUEST_TIMEOUT_MS = 64_000;
/** Above the 60 s after which common proxies close, so that they and not we close an idle connection. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** A client that reads nothing of its answer for this long is let go. */
const STALLED_ANSWER_MS = 30_000;

export interface ServerParts {
  readonly config: Pick<Config, 'apiKeys' | 'maxCodeLength' | 'maxTestCases' | 'maxBodyBytes'>;
  readonly version: string;
  readonly log: FastifyBaseLogger;
  readonly execute: AnswerExecuteRequest;
  readonly languages: () => LanguageDescription[];
  readonly health: () => Promise<HealthReport>;
  readonly isReady: () => boolean;
}

/** Creates the server; it listens when told to. Errors that `execute` throws as `ServiceError` reach the client. */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const { config } = parts;
  const app = Fastify({
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    bodyLimit: config.maxBodyBytes,
    genReqId: requestIdOf,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, maxHeaderSize: MAX_HEADER_BYTES },
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => {
      setCommonHeaders(reply);
      answerWithProblem(error, request, reply);
    },
    clientErrorHandler: answerBrokenRequest,
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  acceptJsonBodies(app);
  addSchemas(app, config);
  addHooks(app, config);
  app.setErrorHandler(answerWithProblem);
  app.setNotFoundHandler((request) => {
    throw notFound(app, request);
  });
  await collectDocumentation(app, { version: parts.version, hasKeys: config.apiKeys.length > 0 });
  addExecuteRoute(app, parts.execute);
  addLanguagesRoute(app, parts.languages);
  addHealthRoutes(app, parts);
  addDocumentationRoutes(app);
  return app;
}

function addSchemas(app: FastifyInstance, config: ServerParts['config']): void {
  const schemas = [executeRequestSchema(config), ExecutionResult, LanguageDescription, HealthReport, Problem];
  for (const schema of schemas) app.addSchema(schema);
  app.setValidatorCompiler(createValidatorCompiler(schemas));
  // Fastify's own serializer silently drops what a schema does not name; the tests hold answers to their schemas.
  app.setSerializerCompiler(() => JSON.stringify);
}

function addHooks(app: FastifyInstance, config: ServerParts['config']): void {
  const authenticate = createAuthentication(config.apiKeys);
  app.addHook('onRequest', async (request, reply) => {
    setCommonHeaders(reply);
    authenticate(request);
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.raw.setTimeout(STALLED_ANSWER_MS, () => reply.raw.destroy());
  });
  app.addHook('onResponse', async (request, reply) => {
    const { url: route } = request.routeOptions;
    const line = {
      request_id: request.id,
      method: request.method,
      route: route ?? request.url.slice(0, 100),
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      request_bytes: Number(request.headers['content-length'] ?? 0),
      response_bytes: Number(reply.getHeader('content-length') ?? 0),
    };
    const isProbe = request.routeOptions.config.open && reply.statusCode < 400;
    request.server.log[isProbe ? 'debug' : 'info'](line, 'request');
  });
}

function notFound(app: FastifyInstance, request: FastifyRequest): ServiceError {
  const path = request.url.split('?', 1)[0]?.slice(0, 100) ?? '';
  const methods = app.supportedMethods.filter((method) => app.findRoute({ method, url: path }) !== null);
  const hint = methods.length > 0 ? `, it answers ${methods.join(', ')}` : '';
  return new ServiceError('not_found', `There is no ${request.method} ${path}${hint}`);
}

/** Answers what is not even HTTP, or came too slowly, for which there is no request. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const detail =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? `The headers are larger than ${MAX_HEADER_BYTES} bytes`
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'The request did not arrive in time'
        : 'The request is not valid HTTP';
  const requestId = ulid();
  const problem = problemOf(new ServiceError('invalid_request', detail), requestId);
  const body = JSON.stringify(problem);
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
