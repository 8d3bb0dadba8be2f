// Cleans up containers that no service uses any more: at the start, by age in the background, and on demand.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../log.ts';
import type { DockerEngine } from '../engine.ts';
import { BOX_FILTERS, HOME, INSTANCE, NAMELESS_FILTERS } from '../labels.ts';
import { removeContainer } from './container.ts';

const CLEAN_UP_INTERVAL_MS = 10 * 60 * 1000;
/** What the engine was still making for a process that was killed is there by then. */
const SECOND_CLEAN_UP_MS = 5000;
/** Older than any execution. A pooled container of another service this old is simply recreated when needed. */
const MAX_AGE_SECONDS = 6 * 3600;
/** A new container may not have started yet, and the end of one may still be being read. */
const ENDED_FOR_SECONDS = 60;
const LIST_TIMEOUT_MS = 30_000;
const IMAGES_TIMEOUT_MS = 120_000;
/** While the process stops, which has a bound of its own. */
const LAST_LIST_TIMEOUT_MS = 5000;
const LAST_ROUNDS = 3;
const LAST_PAUSE_MS = 200;

interface Listed {
  readonly Id: string;
  readonly State: string;
  /** Seconds since 1970. */
  readonly Created: number;
  readonly Labels: Readonly<Record<string, string>>;
}

export interface CleanUpOptions {
  readonly home: string;
  /** Identifies this process, whose containers are removed only after they have ended. */
  readonly instance: string;
  readonly log: Log;
}

/** Clean-ups of what no service uses any more, from now on. */
export interface Cleaning {
  /** Resolves with the number of containers removed. Throws an `EngineError`. */
  now(): Promise<number>;
  /** Ends the clean-ups and removes what is left of this process. */
  close(): Promise<void>;
}

/** Cleans up, and goes on doing so in the background. Throws an `EngineError` if the engine does not respond. */
export async function keepClean(engine: DockerEngine, options: CleanUpOptions): Promise<Cleaning> {
  const now = () => removeStaleContainers(engine, options);
  await now();
  const again = () =>
    void now().catch((error) => options.log.warn({ err: error }, 'left containers could not be removed'));
  const timers = [
    setTimeout(again, SECOND_CLEAN_UP_MS).unref(),
    setInterval(again, CLEAN_UP_INTERVAL_MS).unref(),
  ];
  return {
    now,
    async close() {
      for (const timer of timers) clearInterval(timer);
      await removeOwnContainers(engine, options);
    },
  };
}

/**
 * Removes containers whose first process has ended, those of earlier processes of the same home, and those that are too
 * old. Returns their number. One that cannot be removed is left to the next clean-up. Throws an `EngineError` if the
 * engine does not respond.
 */
export async function removeStaleContainers(engine: DockerEngine, options: CleanUpOptions): Promise<number> {
  let now: number | null = null; // of the engine's clock, which made the times of creation
  const listed = await engine.request<Listed[]>('GET', '/containers/json', {
    query: { all: true, filters: BOX_FILTERS },
    timeoutMs: LIST_TIMEOUT_MS,
    onClock: (seconds) => {
      now = seconds;
    },
  });
  const stale = listed.filter((container) => isStale(container, options, now));
  const removals = stale.map(async ({ Id }) => {
    try {
      await removeContainer(engine, Id);
      return 1;
    } catch (error) {
      options.log.warn({ err: error, container: Id.slice(0, 12) }, 'a left container could not be removed');
      return 0;
    }
  });
  return (await Promise.all(removals)).reduce<number>((sum, removed) => sum + removed, 0);
}

/**
 * Removes what is left of a process that stops: containers whose creation the engine confirmed too late, and those that
 * it could not remove before. What it cannot remove now either is left to the next process of the home.
 */
async function removeOwnContainers(
  engine: DockerEngine,
  { instance, log }: Pick<CleanUpOptions, 'instance' | 'log'>,
): Promise<void> {
  const options = { query: { all: true, filters: BOX_FILTERS }, timeoutMs: LAST_LIST_TIMEOUT_MS };
  try {
    for (let round = 0; round < LAST_ROUNDS; round += 1) {
      const listed = await engine.request<Listed[]>('GET', '/containers/json', options);
      const left = listed.filter(({ Labels }) => Labels[INSTANCE] === instance);
      if (left.length === 0) return;
      await Promise.all(left.map(({ Id }) => removeContainer(engine, Id)));
      await sleep(LAST_PAUSE_MS);
    }
  } catch (error) {
    log.warn({ err: error }, 'containers may be left to the next clean-up');
  }
}

/** `now` is the time of the engine's clock, in seconds since 1970; without it no container is too old. */
export function isStale(
  { State, Created, Labels }: Listed,
  { home, instance }: Pick<CleanUpOptions, 'home' | 'instance'>,
  now: number | null,
): boolean {
  const age = now === null ? 0 : now - Created;
  if (Labels[INSTANCE] === instance && State === 'running') return false;
  if (age > MAX_AGE_SECONDS) return true;
  if (Labels[HOME] === home && Labels[INSTANCE] !== instance) return true;
  return State !== 'running' && age > ENDED_FOR_SECONDS;
}

/** Removes this project's images that have lost their names. Resolves with the bytes freed. */
export async function removeNamelessImages(engine: DockerEngine): Promise<number> {
  const options = { query: { filters: NAMELESS_FILTERS }, timeoutMs: IMAGES_TIMEOUT_MS };
  const pruned = await engine.request<{ SpaceReclaimed: number }>('POST', '/images/prune', options);
  return pruned.SpaceReclaimed;
}
