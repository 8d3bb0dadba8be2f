// The parts of the service that depend on its role: whether it belongs to a fleet, where programs run, and where requests
// that wait are queued.

import { openRedisBuilds, type RedisBuilds } from '../builds/redis-builds.ts';
import type { Execute } from '../execution/record.ts';
import type { Log } from '../log.ts';
import { createFleetQueue } from '../queue/fleet-queue.ts';
import { createInProcessQueue } from '../queue/in-process-queue.ts';
import type { ExecutionQueue } from '../queue/queue.ts';
import type { RedisConnection } from '../redis/redis-connection.ts';
import type { Config } from '../settings/config.ts';
import { MIB } from '../units.ts';
import { type Fleet, isFleet, kindOf, openFleet } from './fleet.ts';
import type { StoredExecutions } from './open-executions.ts';
import { createRemoteSandbox } from './remote-sandbox.ts';
import { type ChosenSandbox, chooseSandbox } from './sandbox-choice.ts';

export interface Shared {
  readonly fleet: Fleet;
  readonly redis: RedisConnection;
  /** Absent where builds are not shared. */
  readonly builds?: RedisBuilds;
}

/** `null` for a service by itself. */
export async function openShared(
  config: Config,
  log: Log,
  redis: RedisConnection | null,
  started: AsyncDisposableStack,
): Promise<Shared | null> {
  if (redis === null || !isFleet(config)) return null;
  const fleet = await openFleet(config, redis, started);
  if (config.role === 'api' || config.sharedBuildsMb === 0) return { redis, fleet };
  if (config.fleetSecret === null) {
    log.info('Builds are not shared with other workers: FLEET_SECRET is not set');
    return { redis, fleet };
  }
  const builds = await openRedisBuilds(redis, {
    prefix: config.redisPrefix,
    secret: config.fleetSecret,
    capacityBytes: config.sharedBuildsMb * MIB,
    log,
  });
  return { redis, fleet, builds };
}

export function chooseSandboxFor(
  config: Config,
  log: Log,
  shared: Shared | null,
  started: AsyncDisposableStack,
): Promise<ChosenSandbox> | ChosenSandbox {
  if (config.role === 'api' && shared !== null) return createRemoteSandbox(shared.fleet);
  return chooseSandbox({ config, log, sharedBuilds: shared?.builds }, started);
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
