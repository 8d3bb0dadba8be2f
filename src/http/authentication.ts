// Who may use a route: whoever has a key with the route's scope, or anyone when no keys are asked for. It knows no keys
// itself.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiKey, Scope } from '../access/key.ts';
import type { KeyRing } from '../access/key-ring.ts';
import { ServiceError } from '../errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers without a key. */
    open?: boolean;
    /** A request of this route may be without a body, though it may have one. */
    mayBeEmpty?: boolean;
    /** What a key must allow for this route; `execute` when nothing is said. */
    scope?: Scope;
  }
  interface FastifyRequest {
    /** The key that came with the request; `null` when there was none and none is asked for. */
    apiKey: ApiKey | null;
  }
}

/**
 * The option of a route that only keys with this scope may use: `app.post(url, { ...requireScope('admin'), schema },
 * handler)`. Without an admin key such a route answers 403 to everyone. Routes of administration are in
 * `routes/admin.ts`.
 */
export function requireScope(scope: Scope) {
  return { config: { scope } };
}

/** Checks each request before its body is read. It throws `unauthorized` or `forbidden`. */
export function authenticate(app: FastifyInstance, keys: KeyRing): void {
  app.decorateRequest('apiKey', null);
  app.addHook('onRequest', async (request) => {
    const { open, scope = 'execute' } = request.routeOptions.config;
    if (!request.is404 && !open) request.apiKey = keyFor(request, scope, keys);
  });
}

function keyFor(request: FastifyRequest, scope: Scope, keys: KeyRing): ApiKey | null {
  if (scope === 'admin' && !keys.hasScope(scope)) {
    throw new ServiceError('forbidden', 'Routes of administration are closed: ADMIN_API_KEY is not set');
  }
  const offered = offeredKeys(request);
  const key = keys.find(offered);
  if (key === null) {
    if (scope !== 'admin' && !keys.isRequired()) return null;
    const missing = 'An API key is required, as Authorization: Bearer KEY or X-API-Key: KEY';
    throw new ServiceError('unauthorized', offered.length === 0 ? missing : 'The API key is not known');
  }
  if (key.expiresAtMs !== null && key.expiresAtMs <= Date.now()) {
    throw new ServiceError('unauthorized', 'The API key has expired');
  }
  if (!key.scopes.includes(scope)) {
    const message = `The API key allows ${key.scopes.join(', ')}; this needs a key that allows ${scope}`;
    throw new ServiceError('forbidden', message);
  }
  return key;
}

function offeredKeys(request: FastifyRequest): string[] {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const plain = request.headers['x-api-key'];
  return [bearer, plain].filter((key) => typeof key === 'string');
}
