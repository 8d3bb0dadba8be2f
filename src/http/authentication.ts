// Who may use the API: whoever has one of the keys, or anyone when there are none. Keys are compared by their digests
// and in constant time, so that neither their length nor their beginning can be measured.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { ServiceError } from '../errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers without a key. */
    open?: boolean;
  }
}

/** Creates the check that runs before a request's body is read. It throws `unauthorized`. */
export function createAuthentication(apiKeys: readonly string[]): (request: FastifyRequest) => void {
  const digests = apiKeys.map(digestOf);
  return (request) => {
    if (digests.length === 0 || request.is404 || request.routeOptions.config.open) return;
    const offered = offeredKeys(request).map(digestOf);
    if (offered.length === 0) {
      throw new ServiceError(
        'unauthorized',
        'An API key is required, as Authorization: Bearer KEY or X-API-Key: KEY',
      );
    }
    // Every pair is compared, whichever matches.
    const matches = offered.flatMap((key) => digests.filter((digest) => timingSafeEqual(digest, key)));
    if (matches.length === 0) throw new ServiceError('unauthorized', 'The API key is not known');
  };
}

function offeredKeys(request: FastifyRequest): string[] {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const plain = request.headers['x-api-key'];
  return [bearer, plain].filter((key) => typeof key === 'string');
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
