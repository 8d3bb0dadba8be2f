// The store that a fleet shares: executions in Redis. Each step is a script, so that a thousand processes see the same
// order; what a process runs is its own as long as it gives signs of life.

import { createIdentifier } from '../../identifier.ts';
import type { RedisConnection } from '../../redis/redis-connection.ts';
import { createKeys } from '../../redis/redis-keys.ts';
import type { ExecutionStore } from '../store.ts';
import { addAll, keyName } from './admission.ts';
import { createChanges } from './changes.ts';
import { createHeld } from './held.ts';
import { keepLease } from './lease.ts';
import { createLives } from './lives.ts';
import { createReading } from './reading.ts';
import { asUnavailable, createScripts, textOf } from './scripts.ts';
import { createSharedOutput, type SharedOutput } from './shared-output.ts';
import type { RedisStoreOptions, StoreParts } from './store-parts.ts';
import { createTurns } from './turns.ts';
import { createWebhookRows } from './webhook-rows.ts';

const REMOVED_AT_ONCE = 200;

/** A store, and what belongs to its place in a fleet. */
export interface RedisStore extends ExecutionStore {
  readonly processId: string;
  /** Gives a sign of life with a new announcement. */
  announce(): Promise<void>;
  /** Resolves when something may wait, and otherwise after a moment. One process learns of each. */
  nextTurn(): Promise<void>;
  /** What running executions write. */
  readonly sharedOutput: SharedOutput;
}

/** All keys have this tag. */
export function storeKeys(prefix: string) {
  return createKeys(prefix, 'executions');
}

export async function openRedisStore(
  connection: RedisConnection,
  options: RedisStoreOptions,
): Promise<RedisStore> {
  const processId = createIdentifier();
  const { client } = connection;
  const keyOf = storeKeys(options.prefix);
  const scripts = createScripts(client, { base: keyOf(), processId, log: options.log });
  const reading = createReading(client, keyOf);
  const held = createHeld();
  const own = new Set<string>();
  const changes = createChanges({
    subscriber: connection.openPatient(),
    processId,
    channels: { own: keyOf('p', processId), hooks: keyOf('hooks'), of: (id) => keyOf('c', id) },
    isOwn: (id) => own.has(id),
    versionsOf: reading.versionsOf,
  });
  const parts: StoreParts = { options, scripts, changes, held, own, find: reading.find };
  changes.watch(({ id, kind }) => {
    if (kind === 'ended') own.delete(id);
  });
  const lease = await keepLease({
    scripts,
    held,
    leaseMs: options.leaseMs,
    announce: options.announce ?? (() => null),
    onCancelling: (id) => changes.emit({ id, kind: 'cancelling' }),
    onLost: (id) => changes.emit({ id, kind: 'lost' }),
  });
  const turns = createTurns(connection, keyOf('turns'));
  return {
    processId,
    announce: lease.renew,
    nextTurn: turns.next,
    sharedOutput: createSharedOutput(scripts),
    get promise() {
      return options.promise();
    },
    ...reading,
    add: (executions) => addAll(parts, executions),
    findKey: async (owner, key) => {
      const known = client.hmget(keyOf('key', keyName(owner, key)), 'id', 'digest');
      const [id, digest] = await known.catch(asUnavailable);
      return id && digest ? { id, digest } : null;
    },
    ...createLives(parts),
    watch: changes.watch,
    state: () => {
      const { unfinished, ...counted } = scripts.counted();
      const waiting = unfinished - counted.running;
      return {
        isAvailable: scripts.isAvailable(),
        waiting,
        capacity: options.maxExecutions,
        maxTaskBytes: options.maxTaskBytes,
        ...counted,
      };
    },
    removeExpired: async () => {
      const [executions, bytes] = await scripts.run(
        'remove-expired',
        options.maxStoredBytes,
        REMOVED_AT_ONCE,
      );
      return { executions: Number(textOf(executions)), bytes: Number(textOf(bytes)) };
    },
    webhooks: createWebhookRows(client, keyOf, scripts),
    close: async () => {
      turns.close();
      await lease.close();
      changes.close();
    },
  };
}
