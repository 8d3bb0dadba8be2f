// The connections to receivers of webhooks. Each goes to an address that the guard permitted: of a name, the very addresses
// that were judged are connected to, so a name that is answered differently a moment later changes nothing.

import { lookup, Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import type { Target, TargetGuard } from './target-guard.ts';

/** For the name, the connection and its handshake together, twice this at most. */
const CONNECT_TIMEOUT_MS = 5000;
const MAX_HEADER_BYTES = 16_384;
const KEEP_ALIVE_MS = 4000;
/** A query is repeated once; then the name counts as unknown. */
const QUERY = { timeout: 2000, tries: 2 };
/** More than any receiver needs; all of them are judged. */
const MAX_ADDRESSES = 32;

/** The code of the error for a name with more. */
export const TOO_MANY_ADDRESSES = 'TOO_MANY_ADDRESSES';

type ConnectOptions = buildConnector.Options;

/** The guard does not permit the receiver. Another attempt makes no sense. */
export class RefusedTarget extends Error {
  /** What was refused, for the log of the operator: the client must not learn what names of a private network mean. */
  readonly address: string;
  constructor(message: string, address: string) {
    super(message);
    this.name = 'RefusedTarget';
    this.address = address;
  }
}

/** `timeoutMs` bounds an answer; `perHost` the connections to one origin. */
export function createGuardedAgent(
  guard: TargetGuard,
  { timeoutMs, perHost }: { timeoutMs: number; perHost: number },
): Agent {
  return new Agent({
    connections: perHost,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    connect: (options, callback) => {
      connect(guard, options, callback).catch((error) => callback(error, null));
    },
  });
}

async function connect(
  guard: TargetGuard,
  options: ConnectOptions,
  callback: buildConnector.Callback,
): Promise<void> {
  const host = options.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
  const target = { host, port };
  const addresses = await permittedAddresses(guard, target);
  // A connector of its own for each connection, as its lookup must give these addresses. It is not asked about a
  // literal address.
  const connectTo = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    rejectUnauthorized: true,
    maxCachedSessions: 0,
    lookup: lookupOf(addresses),
  });
  connectTo({ ...options, hostname: host }, (error, socket) => {
    if (error) return callback(error, null);
    const reached = socket.remoteAddress ?? '';
    if (guard.permits(target, reached)) return callback(null, socket);
    socket.destroy();
    callback(refusal(target, reached), null);
  });
}

/** Rejects if any of the host's addresses is not permitted: an honest receiver has no such mixture. */
async function permittedAddresses(guard: TargetGuard, target: Target): Promise<readonly string[]> {
  const { host } = target;
  const addresses = isIP(host) === 0 ? await resolve(guard, target) : [host];
  const refused = addresses.find((address) => !guard.permits(target, address));
  if (refused !== undefined) throw refusal(target, refused);
  return addresses;
}

function refusal({ host, port }: Target, address: string): RefusedTarget {
  const message = `${host} is not a public address, or ${port} is not a port that webhooks are sent to`;
  return new RefusedTarget(message, address);
}

/** Strangers' names are only asked of the name servers, outside of the pool of threads that a slow one could occupy. */
async function resolve(guard: TargetGuard, target: Target): Promise<readonly string[]> {
  if (guard.isNamed(target)) {
    const found = await lookup(target.host, { all: true });
    return found.map(({ address }) => address).slice(0, MAX_ADDRESSES);
  }
  const resolver = new Resolver(QUERY);
  const deadline = setTimeout(() => resolver.cancel(), CONNECT_TIMEOUT_MS);
  try {
    const answers = await Promise.allSettled([
      resolver.resolve4(target.host),
      resolver.resolve6(target.host),
    ]);
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const [failure] = answers.filter((answer) => answer.status === 'rejected');
    if (found.length === 0 && failure) throw failure.reason;
    if (found.length > MAX_ADDRESSES) throw tooManyAddresses();
    return found;
  } finally {
    clearTimeout(deadline);
  }
}

function tooManyAddresses(): Error {
  const message = `the name has more than ${MAX_ADDRESSES} addresses`;
  return Object.assign(new Error(message), { code: TOO_MANY_ADDRESSES });
}

/** A lookup that always finds these addresses. */
function lookupOf(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (host, options, callback) => {
    const [first] = found;
    if (first === undefined) return callback(new Error(`${host} has no address`), '', 0);
    return options.all ? callback(null, found) : callback(null, first.address, first.family);
  };
}
