// Containers without an engine, for the tests of the pool and its refill: a test decides when and how each start ends.

import { setTimeout as sleep } from 'node:timers/promises';
import { MIB } from '../../units.ts';
import type { ContainerLimits, ContainerSpec } from '../container-config.ts';
import type { Container } from './container.ts';

export interface ScriptedContainer extends Container {
  /** It answers no more, as one does that is frozen from outside. */
  freeze(): void;
  /** It ends, as one does that is killed from outside. */
  end(): void;
  readonly wasRemoved: boolean;
}

export interface ScriptedStarts {
  start(spec: ContainerSpec): Promise<Container>;
  /** Those that were asked for and neither answered nor refused so far. */
  readonly pending: readonly { readonly spec: ContainerSpec; succeed(): ScriptedContainer; fail(): void }[];
  /** All containers that were started. */
  readonly started: readonly ScriptedContainer[];
  /** Names of all images that were asked for. */
  readonly asked: readonly string[];
}

export function spec(
  image: string,
  changes: Partial<ContainerLimits> = {},
  diskBytes = 8 * MIB,
): ContainerSpec {
  return { image, diskBytes, limits: { memoryBytes: 64 * MIB, processes: 17, cpuQuota: 0, ...changes } };
}

/** With `atOnce` a start needs no word of the test. */
export function createStarts({ atOnce = false } = {}): ScriptedStarts {
  const pending: { spec: ContainerSpec; succeed(): ScriptedContainer; fail(): void }[] = [];
  const started: ScriptedContainer[] = [];
  const asked: string[] = [];
  return {
    pending,
    started,
    asked,
    start(wanted) {
      asked.push(wanted.image);
      const { promise, resolve, reject } = Promise.withResolvers<Container>();
      const entry = {
        spec: wanted,
        succeed: () => {
          pending.splice(pending.indexOf(entry), 1);
          const container = createContainer(wanted, started.length);
          started.push(container);
          resolve(container);
          return container;
        },
        fail: () => {
          pending.splice(pending.indexOf(entry), 1);
          reject(new Error('the engine refused'));
        },
      };
      pending.push(entry);
      if (atOnce) entry.succeed();
      return promise;
    },
  };
}

function createContainer(made: ContainerSpec, number: number): ScriptedContainer {
  let limits = made.limits;
  let isOpen = true;
  let wasRemoved = false;
  let isFrozen = false;
  const connection = {
    isOpen: () => isOpen,
    break: () => {
      isOpen = false;
    },
  } as unknown as Container['connection'];
  return {
    id: `container-${number}`,
    spec: made,
    connection,
    canChangeLimits: true,
    limits: () => limits,
    async setLimits(wanted) {
      if (!isOpen) throw new Error('it has ended');
      limits = wanted;
    },
    answers: async () => isOpen && !isFrozen,
    hasFlooded: () => false,
    ranOutOfMemory: async () => false,
    async remove() {
      isOpen = false;
      wasRemoved = true;
    },
    freeze: () => {
      isFrozen = true;
    },
    end: () => connection.break(''),
    get wasRemoved() {
      return wasRemoved;
    },
  };
}

/** Waits until something that is on its way has come true. A test that waits in vain is ended by the runner. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}
