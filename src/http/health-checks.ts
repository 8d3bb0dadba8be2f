// The checks of the health report, one for each part of the service. Each check is made from a function or a directory, so
// that it knows no part itself. A `detail` is public: it names no path of the host.

import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { MIB } from '../units.ts';
import type { HealthCheck } from './health-report.ts';
import type { LanguageDescription } from './v1/language-description.ts';

/** Below this there is no room for another toolchain. */
const LOW_DISK_MB = 512;
/** A check waits this long for a slot before it says that all are busy. */
const SLOT_WAIT_MS = 500;

export interface SandboxProbe {
  /** Waits for a slot as an execution does. */
  acquire(): Promise<Disposable>;
  /** Makes a real box and resolves with the milliseconds it took. */
  probe(): Promise<number>;
  /** No slot is held longer than this. */
  readonly longestMs: number;
  /** Runtimes that were started ahead; `null` if the sandbox starts none. */
  readonly warm: (() => Promise<{ readonly waiting: number }>) | null;
  /** Which driver it is, and why. */
  readonly choice: string;
}

/** A box that is made when there is a slot for it, be that after the check that wanted it. */
interface Attempt {
  readonly since: number;
  hasSlot: boolean;
  readonly end: Promise<number>;
}

/**
 * Runs a program in a box when there is a slot for it. A sandbox whose slots are all busy is well, unless none is freed
 * for longer than any program may run.
 */
export function checkSandbox(parts: SandboxProbe): HealthCheck {
  let underWay: Attempt | null = null;
  return async () => {
    underWay ??= attemptProbe(parts, () => {
      underWay = null;
    });
    const attempt = underWay;
    const soon = await Promise.race([attempt.end, delay(SLOT_WAIT_MS, null)]);
    const tookMs = soon ?? (attempt.hasSlot ? await attempt.end : null);
    if (tookMs !== null) {
      const ahead = parts.warm ? `${(await parts.warm()).waiting} runtimes wait; ` : '';
      return { status: 'healthy', detail: `a box ran in ${tookMs.toFixed(1)} ms; ${ahead}${parts.choice}` };
    }
    const waitedMs = performance.now() - attempt.since;
    return waitedMs < parts.longestMs
      ? { status: 'healthy', detail: `every slot runs a program; ${parts.choice}` }
      : { status: 'unhealthy', detail: `no slot was freed for ${Math.round(waitedMs / 1000)} s` };
  };
}

function attemptProbe({ acquire, probe }: SandboxProbe, whenEnded: () => void): Attempt {
  const end = Promise.withResolvers<number>();
  const attempt = { since: performance.now(), hasSlot: false, end: end.promise };
  const run = async () => {
    using _slot = await acquire();
    attempt.hasSlot = true;
    return await probe();
  };
  // The request may have ended by then; the next check reports its failure.
  attempt.end.catch(() => {}).finally(whenEnded);
  run().then(end.resolve, end.reject);
  return attempt;
}

/** `version` asks the engine that runs the containers. */
export function checkDocker(version: () => Promise<string>): HealthCheck {
  return async () => ({ status: 'healthy', detail: `engine ${await version()} answers` });
}

/** Of stored executions: `promise` says what an accepted one survives. */
export interface CheckedStore {
  readonly promise: string;
  state(): { isAvailable: boolean; waiting: number; running: number; capacity: number };
}

export function checkQueue(
  depth: () => { active: number; capacity: number },
  store: CheckedStore,
): HealthCheck {
  return async () => {
    const { active, capacity } = depth();
    const stored = store.state();
    const hasRoom = active < capacity && stored.waiting + stored.running < stored.capacity;
    const details = [
      `${active} of at most ${capacity} executions wait or run`,
      `${stored.waiting + stored.running} of at most ${stored.capacity} stored ones`,
      stored.isAvailable ? store.promise : 'the store is not available: no executions are accepted for later',
    ];
    return { status: hasRoom && stored.isAvailable ? 'healthy' : 'degraded', detail: details.join('; ') };
  };
}

export function checkDisk(directory: string): HealthCheck {
  return async () => {
    const { bavail, bsize } = await statfs(directory);
    const freeMb = Math.floor((bavail * bsize) / MIB);
    return { status: freeMb < LOW_DISK_MB ? 'degraded' : 'healthy', detail: `${freeMb} MB free` };
  };
}

/** `ping` rejects when Redis does not answer, which no execution needs. `null`: no Redis is used. */
export function checkRedis(ping: (() => Promise<void>) | null): HealthCheck {
  if (ping === null) return checkUnused;
  return () =>
    ping().then(
      () => ({ status: 'healthy', detail: 'it answers' }),
      () => ({ status: 'degraded', detail: 'it does not answer; executions go on, metrics wait for it' }),
    );
}

/** Attempts that wait for a place this long show that receivers are too slow for what ends. */
const LONG_OVERDUE_MS = 300_000;

/** `backlog` reads the store. */
export function checkWebhooks(
  backlog: () => Promise<{ readonly pending: number; readonly overdueMs: number }>,
): HealthCheck {
  return async () => {
    const { pending, overdueMs } = await backlog();
    const late = overdueMs >= 1000 ? `; the oldest attempt is due for ${Math.round(overdueMs / 1000)} s` : '';
    const status = overdueMs > LONG_OVERDUE_MS ? 'degraded' : 'healthy';
    return { status, detail: `${pending} wait to be delivered${late}` };
  };
}

/** Of a part that this service could use and does not: there is nothing that could fail. */
export async function checkUnused() {
  return { status: 'healthy', detail: 'not used' } as const;
}

/** Names missing languages; the service is healthy as long as it can run any. */
export function checkLanguages(languages: () => readonly LanguageDescription[]): HealthCheck {
  return async () => {
    const named = (status: string) => languages().filter((language) => language.status === status);
    const [ready, installing, missing] = [named('ready'), named('installing'), named('missing')];
    const parts = [
      `${ready.length} ready`,
      ...listed('installing', installing),
      ...listed('missing', missing),
    ];
    const withoutAny = installing.length > 0 ? 'degraded' : 'unhealthy';
    return { status: ready.length > 0 ? 'healthy' : withoutAny, detail: parts.join('; ') };
  };
}

function listed(state: string, languages: readonly LanguageDescription[]): string[] {
  return languages.length === 0 ? [] : [`${state}: ${languages.map(({ id }) => id).join(', ')}`];
}
