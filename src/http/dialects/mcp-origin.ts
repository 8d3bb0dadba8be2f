// Protects a service on loopback from pages of other sites: a browser sends whose page calls and which host it was asked
// for, and a page that rebinds its name to this machine still sends its own.

import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../../errors.ts';
import type { Config } from '../../settings/config.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/i;

/** Rejects origins that are not allowed and, if the service listens on loopback, other hosts. */
export function checkOrigin(
  app: FastifyInstance,
  { host, mcpAllowedOrigins }: Pick<Config, 'host' | 'mcpAllowedOrigins'>,
) {
  const allowedHosts = mcpAllowedOrigins.map((origin) => URL.parse(origin)?.hostname ?? '');
  const isAllowedHost = (name: string) => LOOPBACK.test(name) || allowedHosts.includes(name);
  app.addHook('onRequest', async ({ headers }) => {
    const { origin, host: asked } = headers;
    if (origin !== undefined && !mcpAllowedOrigins.includes(origin) && !isLoopbackOrigin(origin)) {
      throw new ServiceError('forbidden', 'Pages of this origin may not call');
    }
    const name = URL.parse(`http://${asked}`)?.hostname ?? '';
    if (LOOPBACK.test(host) && !isAllowedHost(name)) {
      throw new ServiceError('forbidden', 'The Host header must name this machine');
    }
  });
}

function isLoopbackOrigin(origin: string): boolean {
  return LOOPBACK.test(URL.parse(origin)?.hostname ?? '');
}
