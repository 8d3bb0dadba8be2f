// Which methods a path answers: 405 with `Allow` for another one, and the answer to OPTIONS, which browsers ask before a
// page of another origin may call.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError } from '../errors.ts';

const SHOWN_PATH_LENGTH = 100;

interface KnownRoute {
  readonly path: RegExp;
  readonly methods: readonly string[];
}

/** Answers what no route is for; `origins` are those whose pages may call. Routes must be added afterwards. */
export function answerOtherMethods(app: FastifyInstance, origins: readonly string[]): void {
  const routes: KnownRoute[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    if (!url.includes('*')) routes.push({ path: patternOf(url), methods: [method].flat() });
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'OPTIONS' && !request.is404) return;
    const path = pathOf(request);
    const known = routes.filter((route) => route.path.test(path)).flatMap(({ methods }) => methods);
    if (known.length === 0) throw new ServiceError('not_found', `There is no ${shownPath(request)}`);
    const allowed = [...new Set(known), 'OPTIONS'];
    reply.header('allow', allowed.join(', '));
    if (request.method === 'OPTIONS') return answerOptions(request, reply, origins);
    throw new ServiceError('method_not_allowed', refusalOf(request, allowed));
  });
}

/** A preflight of an origin that may call is answered by the plugin for that. */
function answerOptions(request: FastifyRequest, reply: FastifyReply, origins: readonly string[]) {
  const { origin, 'access-control-request-method': method } = request.headers;
  if (origin === undefined || method === undefined) return reply.code(204).send();
  if (origins.includes('*') || origins.includes(origin)) return;
  const message = `Pages of ${JSON.stringify(origin.slice(0, SHOWN_PATH_LENGTH))} may not call this service: CORS_ORIGINS does not name it`;
  throw new ServiceError('forbidden', message);
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

function shownPath(request: FastifyRequest): string {
  return `${request.method} ${pathOf(request).slice(0, SHOWN_PATH_LENGTH)}`;
}

function refusalOf(request: FastifyRequest, allowed: readonly string[]): string {
  const useful = allowed.filter((method) => method !== 'HEAD' && method !== 'OPTIONS');
  const path = pathOf(request).slice(0, SHOWN_PATH_LENGTH);
  return `The method ${request.method} is not allowed for ${path}; use ${useful.join(' or ')}`;
}
