// Opens the store of executions: a file in DATA_DIR, or the Redis that a fleet shares, in which this process announces what
// it can run.

import { join } from 'node:path';
import type { Log } from '../log.ts';
import type { RedisConnection } from '../redis/redis-connection.ts';
import type { Config } from '../settings/config.ts';
import { openEmbeddedStore } from '../store/embedded/embedded-store.ts';
import { aboutThisHost } from '../store/redis/fleet-state.ts';
import { type Persistence, watchPersistence } from '../store/redis/persistence.ts';
import { openRedisStore } from '../store/redis/redis-store.ts';
import type { SharedOutput } from '../store/redis/shared-output.ts';
import type { ExecutionStore } from '../store/store.ts';
import { MIB } from '../units.ts';
import { type Fleet, kindOf } from './fleet.ts';
import type { ChosenSandbox } from './sandbox-choice.ts';

const HOUR_MS = 3_600_000;
/** Languages that have become ready are announced after this time. */
const ANNOUNCE_EVERY_MS = 1000;

export interface OpenStoreParts {
  readonly chosen: Pick<ChosenSandbox, 'sandbox' | 'toolchains'>;
  readonly languages: readonly { readonly id: string }[];
  readonly version: string;
  /** `null`: executions are kept in a file. */
  readonly shared: { readonly fleet: Fleet; readonly redis: RedisConnection } | null;
}

export interface OpenedStore {
  readonly store: ExecutionStore;
  /** See `StoredWorkParts`. */
  readonly nextTurn?: () => Promise<void>;
  readonly persistence?: Persistence;
  /** What running executions write, if a fleet shares it. */
  readonly sharedOutput?: SharedOutput;
}

/** `started` closes it. */
export async function openStore(
  config: Config,
  log: Log,
  parts: OpenStoreParts,
  started: AsyncDisposableStack,
): Promise<OpenedStore> {
  const limits = {
    maxExecutions: config.storeQueueSize,
    maxTaskBytes: config.storeQueueMb * MIB,
    maxStoredBytes: config.storeMb * MIB,
    resultTtlMs: config.resultTtlHours * HOUR_MS,
  };
  if (parts.shared === null) {
    const directory = join(config.dataDirectory, 'executions');
    const store = await openEmbeddedStore({ directory, sync: config.storeSync, ...limits, log });
    started.defer(() => store.close());
    return { store };
  }
  const { fleet, redis } = parts.shared;
  const persistence = await watchPersistence(redis.client, log);
  started.defer(() => persistence.close());
  const announce = () => (config.role === 'api' ? null : announcementOf(parts));
  const kinds = () => {
    const own = announce()?.kinds ?? [];
    return [...own, ...fleet.orphans(own)];
  };
  const store = await openRedisStore(redis, {
    ...limits,
    prefix: config.redisPrefix,
    leaseMs: config.leaseSeconds * 1000,
    promise: persistence.promise,
    announce,
    kinds,
    log,
  });
  started.defer(() => store.close());
  announceChanges(announce, store.announce, started);
  log.info({ process: store.processId }, `Executions are kept in Redis: ${store.promise}`);
  const { nextTurn, sharedOutput } = store;
  return { store, nextTurn, sharedOutput, persistence };
}

function announcementOf({ chosen, languages, version }: OpenStoreParts) {
  const { sandbox, toolchains } = chosen;
  const kinds = languages.flatMap(({ id }) =>
    toolchains.of(id).map((toolchain) => kindOf(id, toolchain.version)),
  );
  const installing = languages.map(({ id }) => id).filter((id) => toolchains.status(id) === 'installing');
  const about = aboutThisHost({ version, sandbox: sandbox.name, slots: sandbox.slots, kinds, installing });
  return { about: JSON.stringify(about), kinds };
}

function announceChanges(
  announce: () => { readonly about: string } | null,
  renew: () => Promise<void>,
  started: AsyncDisposableStack,
): void {
  let announced = announce()?.about;
  const timer = setInterval(() => {
    const about = announce()?.about;
    if (about === announced) return;
    // What could not be announced is said with the next sign of life.
    void renew().catch(() => {});
    announced = about;
  }, ANNOUNCE_EVERY_MS);
  started.defer(() => clearInterval(timer));
}
