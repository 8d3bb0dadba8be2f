// The connection to Redis that parts of the service share: whether there is one, how it is kept, and how its loss is
// reported. It knows nothing of what is stored there.

import type { Redis } from 'ioredis';
import type { Log } from '../log.ts';
import type { RedisAddress } from '../settings/redis-url.ts';
import { openClient } from './open-client.ts';

/** How long the service waits for Redis at its start. */
const WAIT_MS = 2000;

export interface RedisSettings {
  /** Instead of the others. */
  readonly redisUrl?: RedisAddress | null;
  /** `null` if not set: then a Redis on this machine is used if it answers. */
  readonly redisHost: string | null;
  readonly redisPort: number;
  readonly redisPassword: string | null;
}

export interface RedisConnection {
  /** For commands. While Redis is lost they are rejected at once, and none is sent twice. */
  readonly client: Redis;
  /** Another connection, for subscriptions and commands that block; the caller disconnects it. */
  openPatient(): Redis;
  /** Rejects if Redis does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects to the Redis that the settings name, and keeps trying while it does not answer. When they name none, one on
 * localhost is used if it answers now; `null` if not.
 */
export async function connectRedis(settings: RedisSettings, log: Log): Promise<RedisConnection | null> {
  const isConfigured = (settings.redisUrl ?? settings.redisHost) !== null;
  const address = settings.redisUrl ?? addressOf(settings);
  const connection = createConnection(address);
  const problem = await firstProblem(connection, isConfigured);
  const [node] = address.nodes;
  if (problem !== null && !isConfigured) {
    await connection.close();
    const details = { redis_port: node?.port, reason: problem.message };
    log.info(details, 'No Redis is used: REDIS_HOST is not set, and none answers on localhost');
    return null;
  }
  if (problem === null) log.info(node, isConfigured ? 'Redis is used' : 'Redis on localhost is used');
  else
    log.warn({ ...node, reason: problem.message }, 'Redis does not answer, the service goes on without it');
  logChanges(connection.client, log, problem === null);
  return connection;
}

function addressOf({ redisHost, redisPort: port, redisPassword: password }: RedisSettings): RedisAddress {
  const nodes = [{ host: redisHost ?? 'localhost', port }];
  return {
    kind: 'single',
    nodes,
    isEncrypted: false,
    username: null,
    password,
    name: null,
    database: 0,
  };
}

function createConnection(address: RedisAddress): RedisConnection {
  const client = openClient(address, 'commands');
  // Without a listener each failed attempt would be written to the console.
  client.on('error', () => {});
  return {
    client,
    openPatient: () => {
      const patient = openClient(address, 'patient');
      patient.on('error', () => {});
      return patient;
    },
    ping: async () => {
      await client.ping();
    },
    close: async () => {
      if (client.status === 'ready') await client.quit().catch(() => {});
      client.disconnect();
    },
  };
}

/** Resolves with `null` if Redis answers in time, otherwise with the reason. With patience, first failures are retried. */
async function firstProblem({ client, ping }: RedisConnection, isPatient: boolean): Promise<Error | null> {
  const { promise, resolve } = Promise.withResolvers<Error | null>();
  let latest = new Error(`no answer within ${WAIT_MS} ms`);
  const onError = (error: Error) => {
    latest = error;
    if (!isPatient) resolve(error);
  };
  const onReady = () => ping().then(() => resolve(null), resolve);
  const timer = setTimeout(() => resolve(latest), WAIT_MS);
  client.on('error', onError);
  client.once('ready', onReady);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    client.off('error', onError);
    client.off('ready', onReady);
  }
}

/**
 * Logs one line when Redis is lost and one when it is back, however many attempts are between. Only an error's message
 * is logged: the error carries the failed command, which may hold the password.
 */
function logChanges(client: Redis, log: Log, isConnected: boolean): void {
  let wasConnected = isConnected;
  let latest: Error | undefined;
  client.on('error', (error: Error) => {
    latest = error;
  });
  client.on('ready', () => {
    if (!wasConnected) log.info('Redis is back');
    wasConnected = true;
  });
  client.on('reconnecting', () => {
    if (wasConnected) log.warn({ reason: latest?.message }, 'Redis is lost, trying to reach it again');
    wasConnected = false;
  });
}
