// Opens connections to the Redis that an address names: one server, the one that sentinels name, or a cluster. There are
// two kinds: `commands` fail at once and at the latest after a time, `patient` ones wait for Redis to come back.

import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisAddress } from '../settings/redis-url.ts';

const CONNECT_TIMEOUT_MS = 2000;
/** A command that takes longer is rejected, whether or not Redis ran it, so that a hanging Redis blocks nothing. */
const COMMAND_TIMEOUT_MS = 2000;
/** A patient connection that says nothing for this long is replaced; whoever has one hears something every few seconds. */
const SILENCE_MS = 15_000;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2000;

/** `commands`: requests wait for them. `patient`: subscriptions and commands that block. */
type Kind = 'commands' | 'patient';

/** A client of a cluster has the same commands, as long as all keys of one command are in one slot. */
export function openClient(address: RedisAddress, kind: Kind): Redis {
  const options = optionsOf(address, kind);
  const { nodes, name } = address;
  if (address.kind === 'cluster') return openCluster(address, kind, options);
  if (address.kind === 'single') return new Redis({ ...nodes[0], ...options });
  return new Redis({
    ...options,
    sentinels: [...nodes],
    name: name ?? '',
    sentinelRetryStrategy: retryDelayMs,
    ...(address.isEncrypted && { sentinelTLS: {}, enableTLSForSentinelMode: true }),
  });
}

function openCluster(address: RedisAddress, kind: Kind, redisOptions: ReturnType<typeof optionsOf>): Redis {
  const cluster = new Cluster([...address.nodes], {
    redisOptions,
    enableOfflineQueue: kind === 'patient',
    clusterRetryStrategy: retryDelayMs,
    // Certificates are for names, which must not be replaced by addresses.
    ...(address.isEncrypted && { dnsLookup: (host, callback) => callback(null, host) }),
  });
  return cluster as unknown as Redis;
}

function retryDelayMs(attempt: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempt, 10), LONGEST_RETRY_MS);
}

function optionsOf({ username, password, database, isEncrypted }: RedisAddress, kind: Kind) {
  const isPatient = kind === 'patient';
  return {
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    ...(database !== 0 && { db: database }),
    ...(isEncrypted && { tls: {} }),
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(isPatient ? { socketTimeout: SILENCE_MS } : { commandTimeout: COMMAND_TIMEOUT_MS }),
    retryStrategy: retryDelayMs,
    // After a failover the address may belong to another server, while this connection is still to the one before.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    enableOfflineQueue: isPatient,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: isPatient ? null : 0,
  } satisfies RedisOptions;
}
