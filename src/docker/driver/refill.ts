// Starts containers in the background, a few at a time, and pauses after a failure. It does not know who takes them.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../log.ts';
import type { ContainerSpec } from '../container-config.ts';
import type { Container } from './container.ts';

export interface Refill {
  /** Starts one of this kind, soon. */
  want(spec: ContainerSpec): void;
  isWanted(spec: ContainerSpec): boolean;
  /** A start of this kind that is under way, for a caller who needs it at once. */
  claim(spec: ContainerSpec): Promise<Container> | null;
  /** Starts nothing any more; resolves when nothing is under way. */
  close(): Promise<void>;
}

export interface RefillOptions {
  /** Starts that may wait; of more, the oldest are forgotten. */
  readonly limit: number;
  start(spec: ContainerSpec): Promise<Container>;
  /** Takes each container that nobody claimed. */
  onStarted(container: Container): void;
  readonly log: Log;
}

interface Start {
  readonly spec: ContainerSpec;
  readonly container: Promise<Container>;
}

/** More at once take longer each, for little more in all. */
const STARTS_AT_ONCE = 2;
/** The submission that took a container has the machine for itself this long: most are over by then. */
const DELAY_MS = 40;
/** After a start that failed, nothing is started for this long. */
const PAUSE_MS = 1000;

export function createRefill(options: RefillOptions): Refill {
  const waiting: ContainerSpec[] = [];
  const starts = new Set<Start>(); // those that nobody claimed
  const working = new Set<Promise<void>>();
  const stop = new AbortController();

  async function startNext(): Promise<void> {
    const spec = waiting.shift();
    if (spec === undefined) return;
    const start = { spec, container: options.start(spec) };
    starts.add(start);
    try {
      const container = await start.container;
      if (starts.delete(start)) options.onStarted(container);
    } catch (error) {
      starts.delete(start);
      options.log.warn({ err: error, image: spec.image }, 'a container could not be made ready');
      await pause(PAUSE_MS);
    }
  }

  async function work(): Promise<void> {
    await pause(DELAY_MS);
    while (waiting.length > 0 && !stop.signal.aborted) await startNext();
  }

  function addWorker(): void {
    if (waiting.length === 0 || working.size >= STARTS_AT_ONCE || stop.signal.aborted) return;
    const worker = work().finally(() => {
      working.delete(worker);
      addWorker(); // for what came when this one had already looked
    });
    working.add(worker);
  }

  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined);
  }

  return {
    want(spec) {
      if (stop.signal.aborted || options.limit === 0) return;
      waiting.push(spec);
      if (waiting.length > options.limit) waiting.shift();
      addWorker();
    },
    isWanted: (spec) => [...starts, ...waiting.map((each) => ({ spec: each }))].some(isOf(spec)),
    claim(spec) {
      const start = [...starts].find(isOf(spec));
      if (start === undefined) return null;
      starts.delete(start);
      return start.container;
    },
    async close() {
      stop.abort();
      waiting.length = 0;
      await Promise.allSettled(working);
    },
  };
}

function isOf(spec: ContainerSpec): (start: { readonly spec: ContainerSpec }) => boolean {
  const key = JSON.stringify(spec);
  return (start) => JSON.stringify(start.spec) === key;
}
