// Requests that no route answers: 404 for an unknown path, 405 with `Allow` for another method, and OPTIONS, which
// browsers send before a page of another origin may call.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError } from '../errors.ts';

const MAX_SHOWN_LENGTH = 100;

interface KnownRoute {
  readonly path: RegExp;
  /** No part of the path is a parameter. */
  readonly isNamed: boolean;
  readonly methods: readonly string[];
}

/** Rejects what no route below the prefix of `app` answers. Call it before the routes are added. */
export function rejectOtherPaths(app: FastifyInstance): void {
  const methodsOf = collectMethods(app);
  const reject = (request: FastifyRequest, reply: FastifyReply) => {
    const methods = methodsOf(request);
    if (methods.length === 0) throw notFound(request);
    reply.header('allow', methods.join(', '));
    throw new ServiceError('method_not_allowed', otherMethod(request, methods));
  };
  // Before the body is read. A plugin with a handler for its own unknown paths is another server here.
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404 && request.server === app && request.method !== 'OPTIONS') reject(request, reply);
  });
  app.setNotFoundHandler(reject);
}

/** Answers OPTIONS for all routes of the server; pages of `origins` may call. Call it before the routes are added. */
export function answerOptions(app: FastifyInstance, origins: readonly string[]): void {
  const methodsOf = collectMethods(app);
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'OPTIONS' || hasOwnRoute(request)) return;
    const methods = methodsOf(request);
    if (methods.length === 0) throw notFound(request);
    reply.header('allow', methods.join(', '));
    const { origin, 'access-control-request-method': method } = request.headers;
    if (origin === undefined || method === undefined) return reply.code(204).send();
    // The plugin for cross-origin requests answers a preflight of these.
    if (origins.includes('*') || origins.includes(origin)) return;
    const page = JSON.stringify(origin.slice(0, MAX_SHOWN_LENGTH));
    throw new ServiceError('forbidden', `Pages of ${page} may not call this service`);
  });
}

/** The plugin for cross-origin requests has a route for OPTIONS of every path. */
function hasOwnRoute({ is404, routeOptions }: FastifyRequest): boolean {
  return !is404 && routeOptions.url !== '*';
}

/** Returns a function that lists the methods of a request's path, OPTIONS included; none for an unknown path. */
function collectMethods(app: FastifyInstance): (request: FastifyRequest) => readonly string[] {
  const routes: KnownRoute[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    routes.push({ path: patternOf(url), isNamed: !url.includes(':'), methods: [method].flat() });
  });
  return (request) => {
    const path = pathOf(request);
    const matching = routes.filter((route) => route.path.test(path));
    // `/executions/batch` is no execution whose id is `batch`.
    const named = matching.filter(({ isNamed }) => isNamed);
    const known = (named.length > 0 ? named : matching).flatMap(({ methods }) => methods);
    return known.length === 0 ? [] : [...new Set(known), 'OPTIONS'];
  };
}

/** A route's path with `:name` for one part, with or without a slash at its end. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').filter((part) => part !== '');
  const patterns = parts.map((part) => (part.startsWith(':') ? '[^/]+' : part.replaceAll('.', '\\.')));
  return new RegExp(`^/${patterns.join('/')}/?$`);
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? '';
}

function notFound(request: FastifyRequest): ServiceError {
  return new ServiceError(
    'not_found',
    `There is no ${request.method} ${pathOf(request).slice(0, MAX_SHOWN_LENGTH)}`,
  );
}

function otherMethod({ method }: FastifyRequest, allowed: readonly string[]): string {
  const useful = allowed.filter((each) => each !== 'HEAD' && each !== 'OPTIONS');
  return `Method ${method} is not allowed; use ${useful.join(' or ')}`;
}
