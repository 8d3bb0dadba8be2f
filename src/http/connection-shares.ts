// Bounds the number of connections, and how many one address may have. If all are taken, a new connection replaces one of
// the address that has most. Trusted proxies hold connections for others; for those, requests in progress are counted.

import type { Server } from 'node:http';
import { BlockList, isIPv6, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { networkOf } from '../access/client.ts';
import { ServiceError } from '../errors.ts';
import type { Config } from '../settings/config.ts';

const RETRY_AFTER_SECONDS = 1;
/** The networks that Fastify's names for proxies mean. */
const NAMED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.1/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

export type ConnectionSettings = Pick<
  Config,
  'maxConnections' | 'maxConnectionsPerAddress' | 'trustedProxies'
>;

export function shareConnections(app: FastifyInstance, settings: ConnectionSettings): void {
  const isProxy = proxies(settings.trustedProxies);
  countConnections(app.server, settings, isProxy);
  countProxiedRequests(app, settings.maxConnectionsPerAddress, isProxy);
}

function countConnections(
  server: Server,
  { maxConnections, maxConnectionsPerAddress }: ConnectionSettings,
  isProxy: (address: string) => boolean,
): void {
  const sockets = new Map<string, Set<Socket>>();
  const busy = new WeakSet<Socket>();
  let total = 0;
  server.on('request', ({ socket }, answer) => {
    busy.add(socket);
    answer.once('close', () => busy.delete(socket));
  });
  server.on('upgrade', (_request, socket: Socket) => void busy.add(socket));
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const network = isProxy(address) ? `proxy ${address}` : networkOf(address);
    const own = sockets.get(network) ?? new Set();
    if (!isProxy(address) && own.size >= maxConnectionsPerAddress) return socket.destroy();
    if (total >= maxConnections) {
      const [most = own] = [...sockets.values()].toSorted((one, other) => other.size - one.size);
      if (most.size <= own.size + 1) return socket.destroy();
      const victim = [...most].find((each) => !busy.has(each)) ?? [...most].at(-1);
      // Destroying it frees its place; the close event counts it as free.
      victim?.destroy();
    }
    total += 1;
    sockets.set(network, own.add(socket));
    socket.once('close', () => {
      total -= 1;
      own.delete(socket);
      if (own.size === 0) sockets.delete(network);
    });
    return undefined;
  });
}

/** Behind a proxy, the address of a client is known only with its request. */
function countProxiedRequests(
  app: FastifyInstance,
  maxRequests: number,
  isProxy: (address: string) => boolean,
): void {
  const underWay = new Map<string, number>();
  app.addHook('onRequest', async (request, reply) => {
    if (!isProxy(request.raw.socket.remoteAddress ?? '')) return;
    const network = networkOf(request.ip);
    const count = underWay.get(network) ?? 0;
    if (count >= maxRequests) {
      const message = `At most ${maxRequests} requests may be in progress from one address`;
      throw new ServiceError('rate_limited', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    underWay.set(network, count + 1);
    reply.raw.once('close', () => {
      const left = (underWay.get(network) ?? 1) - 1;
      if (left === 0) underWay.delete(network);
      else underWay.set(network, left);
    });
  });
}

function proxies(written: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of written.flatMap((name) => NAMED_NETWORKS[name] ?? [name])) {
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => address !== '' && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
