// What the processes of a fleet say of themselves in Redis, and which kinds of executions wait. It changes nothing.

import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { storeKeys } from './redis-store.ts';
import { asUnavailable } from './scripts.ts';

/** A process that runs programs, as it announces itself. */
export interface WorkerAbout {
  readonly host: string;
  readonly version: string;
  readonly sandbox: 'native' | 'docker';
  readonly slots: number;
  /** `LANGUAGE VERSION` of each that it can run. */
  readonly kinds: readonly string[];
  /** Languages that it will have soon. */
  readonly installing: readonly string[];
}

export interface FleetState {
  /** Those that live, with how much each runs. */
  readonly workers: readonly (WorkerAbout & { readonly running: number })[];
  /** Every kind that a worker ever offered. */
  readonly everOffered: readonly string[];
  /** How many executions of each kind wait. */
  readonly waiting: ReadonlyMap<string, number>;
  /** When the oldest of each kind that waits was accepted. */
  readonly oldestAtMs: ReadonlyMap<string, number>;
}

export function aboutThisHost(about: Omit<WorkerAbout, 'host'>): WorkerAbout {
  return { host: hostname(), ...about };
}

export async function readFleet(client: Redis, prefix: string): Promise<FleetState> {
  const keyOf = storeKeys(prefix);
  const [[seconds], leases, workers, offers, kinds] = await Promise.all([
    client.time(),
    client.zrange(keyOf('leases'), '0', '-1', 'WITHSCORES'),
    client.hgetall(keyOf('workers')),
    client.hkeys(keyOf('offers')),
    client.hgetall(keyOf('kinds')),
  ]).catch(asUnavailable);
  const alive = leases.filter(
    (id, index) => index % 2 === 0 && Number(leases[index + 1]) > Number(seconds) * 1000 && workers[id],
  );
  const running = await Promise.all(alive.map((id) => client.scard(keyOf('runs', id)))).catch(asUnavailable);
  const waiting = await Promise.all(
    Object.keys(kinds).map(async (kind) => {
      const [, at] = await client.zrange(keyOf('waiting', kind), '0', '0', 'WITHSCORES');
      return [kind, Number(at ?? Number.NaN)] as const;
    }),
  ).catch(asUnavailable);
  return {
    oldestAtMs: new Map(waiting.filter(([, at]) => !Number.isNaN(at))),
    workers: alive.map((id, index) => ({
      ...(JSON.parse(workers[id] ?? '{}') as WorkerAbout),
      running: running[index] ?? 0,
    })),
    everOffered: offers,
    waiting: new Map(Object.entries(kinds).map(([kind, count]) => [kind, Number(count)])),
  };
}
