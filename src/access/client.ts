// Who sent a request, as far as limits and fairness go: the one who holds a key, or without keys an address.

import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** Of each request, which is asked for many times: the key that it had then, and the id. */
const known = new WeakMap<object, { readonly apiKey: FastifyRequest['apiKey']; readonly id: string }>();

/** The name of the key, so that a new key of the same name is the same client; else the address. */
export function clientIdOf(request: Pick<FastifyRequest, 'apiKey' | 'ip'>): string {
  const { apiKey } = request;
  const before = known.get(request);
  if (before !== undefined && before.apiKey === apiKey) return before.id;
  const id = apiKey === null ? `address:${networkOf(request.ip)}` : `key:${apiKey.name}`;
  known.set(request, { apiKey, id });
  return id;
}

/** An IPv4 address, or the first half of an IPv6 address: the other half is its owner's to choose. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0');
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(':')}::/64`;
}
