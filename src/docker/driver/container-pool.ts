// Keeps containers ready for the kinds in demand. A container that is taken is replaced in the background; the kinds not
// requested for longest give way. Each container serves once.

import type { Log } from '../../log.ts';
import { SandboxError } from '../../sandbox/sandbox.ts';
import { MIB } from '../../units.ts';
import type { ContainerLimits, ContainerSpec } from '../container-config.ts';
import type { Container } from './container.ts';
import { createRefill, type Refill } from './refill.ts';

export interface ContainerPool {
  /** A container for one submission, which gives it back with `release`. Throws a `SandboxError`. */
  take(spec: ContainerSpec): Promise<Container>;
  /** The same, but it is not replaced. */
  takeOnce(spec: ContainerSpec): Promise<Container>;
  /** Removes a container that was taken, in the background. */
  release(container: Container): void;
  /** Has one of this kind ready, when there is none. */
  warm(spec: ContainerSpec): void;
  /** Containers ready, and submissions that found one ready or did not. */
  state(): { readonly idle: number; readonly hits: number; readonly misses: number };
  /** Removes all of them, also those taken; nothing can be taken any more. */
  close(): Promise<void>;
}

export interface PoolOptions {
  /** Containers that are kept ready, of all kinds together. */
  readonly size: number;
  start(spec: ContainerSpec): Promise<Container>;
  readonly log: Log;
}

/** Containers that can take each other's place. */
interface Kind {
  readonly spec: ContainerSpec;
  readonly idle: Container[];
}

/** Containers that are being removed while others are taken, at least; an engine that removes them slowly has no more of them. */
const MIN_REMOVALS = 4;

/** A container may have this much more memory than requested without being changed. */
const MEMORY_SLACK_BYTES = 2 * MIB;

export function createContainerPool(options: PoolOptions): ContainerPool {
  const shelf = createShelf(options.size);
  const taken = new Set<Container>();
  const takings = new Set<Promise<Container>>(); // under way
  const removals = createRemovals(options.size);
  let [hits, misses] = [0, 0];
  let closed = false;

  function remove(container: Container): void {
    taken.delete(container);
    removals.begin(container);
  }

  const refill: Refill = createRefill({
    limit: options.size,
    start: options.start,
    log: options.log,
    onStarted: (container) => {
      if (closed) remove(container);
      else for (const surplus of shelf.put(container)) remove(surplus);
    },
  });

  async function find(spec: ContainerSpec): Promise<Container> {
    while (removals.areMany()) await removals.one();
    const first = shelf.find(spec);
    const { found, dead } = first.found ? await answering(shelf, spec, first, options.log) : first;
    for (const container of dead) remove(container);
    [hits, misses] = found ? [hits + 1, misses] : [hits, misses + 1];
    const container = found ?? (await (refill.claim(spec) ?? options.start(spec)));
    taken.add(container);
    return container;
  }

  async function findAndFit(spec: ContainerSpec): Promise<Container> {
    if (closed) throw new SandboxError('the sandbox is closed', { retryable: false });
    const container = await find(spec);
    try {
      if (closed) throw new SandboxError('the sandbox is closed', { retryable: false });
      await fit(container, spec.limits); // or it would not have been found
      return container;
    } catch (error) {
      remove(container);
      throw error;
    }
  }

  function takeOnce(spec: ContainerSpec): Promise<Container> {
    const taking = findAndFit(spec).finally(() => takings.delete(taking));
    takings.add(taking);
    return taking;
  }

  return {
    async take(spec) {
      const taking = takeOnce(spec); // what is under way is claimed before one more is asked for
      refill.want(spec);
      return await taking;
    },
    takeOnce,
    release: remove,
    warm(spec) {
      if (!shelf.has(spec) && !refill.isWanted(spec)) refill.want(spec);
    },
    state: () => ({ idle: shelf.count(), hits, misses }),
    async close() {
      closed = true;
      for (const container of [...shelf.clear(), ...taken]) remove(container);
      await refill.close();
      await Promise.allSettled(takings);
      await removals.all();
    },
  };
}

/** Removals under way. An engine that makes containers faster than it removes them would otherwise fill the machine. */
function createRemovals(size: number) {
  const underWay = new Set<Promise<void>>();
  return {
    begin(container: Container): void {
      const removal = container.remove().finally(() => underWay.delete(removal));
      underWay.add(removal);
    },
    areMany: () => underWay.size >= Math.max(MIN_REMOVALS, size),
    one: () => Promise.race(underWay),
    async all(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** What was found, if it answers, or another that does; those that do not, as when they are frozen, are among the dead. */
async function answering(shelf: Shelf, spec: ContainerSpec, first: Found, log: Log): Promise<Found> {
  if (first.found === null || (await first.found.answers())) return first;
  const silent = [first.found, ...(await shelf.takeSilent())]; // whatever befell the one may have befallen others
  log.warn({ containers: silent.length }, 'containers that were ready did not answer');
  const { found, dead } = shelf.find(spec);
  return { found, dead: [...first.dead, ...silent, ...dead] };
}

/** `dead` are those met on the way. */
interface Found {
  readonly found: Container | null;
  readonly dead: readonly Container[];
}

interface Shelf {
  has(spec: ContainerSpec): boolean;
  count(): number;
  /** Takes one that serves, alive. */
  find(spec: ContainerSpec): Found;
  /** Returns those that have ended, and those for which there is no room: of the kinds longest not asked for. */
  put(container: Container): readonly Container[];
  /** Takes those that do not answer. */
  takeSilent(): Promise<readonly Container[]>;
  clear(): readonly Container[];
}

function createShelf(size: number): Shelf {
  const kinds = new Map<string, Kind>(); // the longest not asked for first

  function kindOf(spec: ContainerSpec): Kind {
    const key = JSON.stringify(spec);
    const kind = kinds.get(key) ?? { spec, idle: [] };
    kinds.set(key, kind);
    return kind;
  }

  /** The kind itself, then others whose limits can be changed to be the same. */
  function suitable(spec: ContainerSpec): Kind[] {
    const { image, diskBytes } = spec;
    const similar = [...kinds.values()].filter((kind) => kind.spec.image === image);
    return [kindOf(spec), ...similar.filter((kind) => kind.spec.diskBytes === diskBytes)];
  }

  /** Those that ended by themselves, or were ended from outside. */
  function takeDead(): Container[] {
    const dead: Container[] = [];
    for (const { idle } of kinds.values()) {
      const alive = idle.filter(isAlive);
      dead.push(...idle.filter((container) => !isAlive(container)));
      idle.splice(0, Number.POSITIVE_INFINITY, ...alive);
    }
    return dead;
  }

  /** False for one that was taken meanwhile. */
  function drop(container: Container): boolean {
    const holder = [...kinds.values()].find(({ idle }) => idle.includes(container));
    holder?.idle.splice(holder.idle.indexOf(container), 1);
    return holder !== undefined;
  }

  const count = () => [...kinds.values()].reduce((sum, { idle }) => sum + idle.filter(isAlive).length, 0);
  return {
    has: (spec) => kindOf(spec).idle.some(isAlive),
    count,
    find(spec) {
      const dead: Container[] = [];
      for (const { idle } of suitable(spec))
        for (let container = idle.shift(); container; container = idle.shift()) {
          const isRight = container.canChangeLimits || fits(container.limits(), spec.limits);
          if (isAlive(container) && isRight) return { found: container, dead };
          dead.push(container);
        }
      return { found: null, dead };
    },
    put(container) {
      const kind = kindOf(container.spec);
      kinds.delete(JSON.stringify(container.spec));
      kinds.set(JSON.stringify(container.spec), kind);
      kind.idle.push(container);
      const surplus = takeDead();
      for (const [key, { idle }] of kinds) {
        while (count() > size && idle.length > 0) surplus.push(idle.shift() as Container);
        if (idle.length === 0) kinds.delete(key);
      }
      return surplus;
    },
    async takeSilent() {
      const idle = [...kinds.values()].flatMap((kind) => kind.idle);
      const answers = await Promise.all(idle.map((container) => container.answers()));
      return idle.filter((container, index) => answers[index] === false && drop(container));
    },
    clear: () => [...kinds.values()].flatMap(({ idle }) => idle.splice(0)),
  };
}

function isAlive({ connection }: Container): boolean {
  return connection.isOpen();
}

/** Changes the limits where they are not near enough. False when they cannot be changed. Throws a `SandboxError`. */
export async function fit(container: Container, limits: ContainerLimits): Promise<boolean> {
  if (fits(container.limits(), limits)) return true;
  if (!container.canChangeLimits) return false;
  await container.setLimits(limits);
  return true;
}

function fits(has: ContainerLimits, wanted: ContainerLimits): boolean {
  const moreBytes = has.memoryBytes - wanted.memoryBytes;
  const isEnough = moreBytes >= 0 && moreBytes <= MEMORY_SLACK_BYTES;
  return isEnough && has.processes === wanted.processes && has.cpuQuota === wanted.cpuQuota;
}
