// Headers of every answer: the id of its request, and the security headers of Helmet.

import type { IncomingMessage } from 'node:http';
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { createIdentifier } from '../identifier.ts';

/** Stricter than Helmet's defaults: an API is no page, and nothing may frame it. */
const OPTIONS: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  frameguard: { action: 'deny' },
  // Only the proxy in front knows whether there is TLS, and for which names.
  hsts: false,
};

/** The caller's own id if it is short and plain, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9._:-]{1,128}$/.test(given) ? given : createIdentifier();
}

/** Sets the headers of every request's answer, before anything else can answer. */
export async function addHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, OPTIONS);
  app.addHook('onRequest', async (_request, reply) => setRequestHeaders(reply));
}

/** Returns a function that sets the same headers for a request that is refused before any hook runs. */
export async function readHeaders(): Promise<(reply: FastifyReply) => void> {
  await using other = Fastify();
  await other.register(helmet, OPTIONS);
  other.get('/', async (_request, reply) => reply.raw.getHeaders());
  const headers = (await other.inject('/')).json();
  return (reply) => setRequestHeaders(reply.headers(headers));
}

function setRequestHeaders(reply: FastifyReply): void {
  reply.headers({ 'cache-control': 'no-store', 'x-request-id': reply.request.id });
}
