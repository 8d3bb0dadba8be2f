// The parts of the service that depend on its role: whether it belongs to a fleet, where programs run, and where requests
// that wait are queued.

import type { Execute } from '../execution/record.ts';
import type { Log } from '../log.ts';
import { createFleetQueue } from '../queue/fleet-queue.ts';
import { createInProcessQueue } from '../queue/in-process-queue.ts';
import type { ExecutionQueue } from '../queue/queue.ts';
import type { RedisConnection } from '../redis/redis-connection.ts';
import type { Config } from '../settings/config.ts';
import { type Fleet, isFleet, kindOf, openFleet } from './fleet.ts';
import type { StoredExecutions } from './open-executions.ts';
import { createRemoteSandbox } from './remote-sandbox.ts';
import { type ChosenSandbox, chooseSandbox } from './sandbox-choice.ts';

export interface Shared {
  readonly fleet: Fleet;
  readonly redis: RedisConnection;
}

/** `null` for a service by itself. */
export async function openShared(
  config: Config,
  redis: RedisConnection | null,
  started: AsyncDisposableStack,
): Promise<Shared | null> {
  if (redis === null || !isFleet(config)) return null;
  return { redis, fleet: await openFleet(config, redis, started) };
}

export function chooseSandboxFor(
  config: Config,
  log: Log,
  shared: Shared | null,
  started: AsyncDisposableStack,
): Promise<ChosenSandbox> | ChosenSandbox {
  const isRemote = config.role === 'api' && shared !== null;
  return isRemote ? createRemoteSandbox(shared.fleet) : chooseSandbox(config, log, started);
}

/** For executions that somebody waits for. */
export function openQueue(
  config: Config,
  { execute, slots }: { readonly execute: Execute; readonly slots: number },
  shared: Shared | null,
  { store, work }: Pick<StoredExecutions, 'store' | 'work'>,
): ExecutionQueue {
  if (config.role !== 'api' || shared === null) {
    return createInProcessQueue(execute, { slots, queueSize: config.queueSize });
  }
  const isOffered = ({ languageId, version }: { languageId: string; version: string }) =>
    shared.fleet.isOffered(kindOf(languageId, version));
  return createFleetQueue({ store, work, isOffered });
}
