// Headers of every answer: the id of its request, and the security headers of Helmet.

import type { IncomingMessage } from 'node:http';
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import Fastify, { type FastifyReply } from 'fastify';
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

/** Sets the headers of an answer. Called before anything can answer, also for a request that no hook sees. */
export type SetHeaders = (reply: FastifyReply) => void;

/** Helmet's headers are the same for each answer, so it is asked once: for each request it takes longer than a route. */
export async function readHeaders(): Promise<SetHeaders> {
  await using other = Fastify();
  await other.register(helmet, OPTIONS);
  other.get('/', async (_request, reply) => reply.raw.getHeaders());
  const headers: Record<string, string> = (await other.inject('/')).json();
  const common = Object.entries({ ...headers, 'cache-control': 'no-store' });
  return (reply) => {
    for (const [name, value] of common) reply.header(name, value);
    reply.header('x-request-id', reply.request.id);
  };
}
