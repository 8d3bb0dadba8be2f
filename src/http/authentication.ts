// Who may use a route: a client with a key that has the route's scope, or anyone if no keys are required. An API with keys
// of its own authenticates by itself, and sets `request.apiKey`.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiKey, Scope } from '../access/key.ts';
import type { KeyRing } from '../access/key-ring.ts';
import { ServiceError } from '../errors.ts';
import { keyInProtocols } from './web-sockets.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers without a key. */
    open?: boolean;
    /** A request of this route may be without a body, though it may have one. */
    mayBeEmpty?: boolean;
    /** What a key must allow for this route; `execute` by default. */
    scope?: Scope;
  }
  interface FastifyRequest {
    /** The key of the request; `null` if it has none and none is required. */
    apiKey: ApiKey | null;
  }
}

/**
 * The option of a route that only keys with this scope may use: `app.post(url, { ...requireScope('admin'), schema },
 * handler)`. If there is no admin key, such a route answers 403 to everyone.
 */
export function requireScope(scope: Scope) {
  return { config: { scope } };
}

/** Requires a key for the routes of `app`, before bodies are read; `offeredBy` finds it in a request. Throws `unauthorized` or `forbidden`. */
export function authenticate(
  app: FastifyInstance,
  keys: KeyRing,
  offeredBy: (request: FastifyRequest) => readonly string[] = offeredKeys,
): void {
  app.addHook('onRequest', async (request) => {
    const { open, scope = 'execute' } = request.routeOptions.config;
    if (!request.is404 && !open) request.apiKey = keyFor(offeredBy(request), scope, keys);
  });
}

function keyFor(offered: readonly string[], scope: Scope, keys: KeyRing): ApiKey | null {
  if (scope === 'admin' && !keys.hasScope(scope)) {
    throw new ServiceError('forbidden', 'The admin routes are disabled');
  }
  const key = keys.find(offered);
  if (key === null) {
    if (scope !== 'admin' && !keys.isRequired()) return null;
    const missing = 'An API key is required: send Authorization: Bearer KEY or X-API-Key: KEY';
    throw new ServiceError('unauthorized', offered.length === 0 ? missing : 'The API key is not valid');
  }
  if (key.expiresAtMs !== null && key.expiresAtMs <= Date.now()) {
    throw new ServiceError('unauthorized', 'The API key has expired');
  }
  if (!key.scopes.includes(scope)) {
    const message = `The API key allows ${key.scopes.join(', ')}; this route requires ${scope}`;
    throw new ServiceError('forbidden', message);
  }
  return key;
}

function offeredKeys(request: FastifyRequest): string[] {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const plain = request.headers['x-api-key'];
  return [bearer, plain, keyInProtocols(request)].filter((key) => typeof key === 'string');
}
