// What builds left, kept for identical builds to come: bounded in bytes, the longest unused goes first, and what a
// workspace uses stays. Identical builds at the same time become one. Knows nothing of how a build is done.

import { createHash } from 'node:crypto';
import type { BoxCommand, BoxFile, BoxOutcome, BuildOutcome, RootFileSystem } from './sandbox.ts';

/** A build that ended by itself. `artifact` is what it left, in the driver's own terms. */
export interface Build<Artifact = number> {
  readonly outcome: BuildOutcome;
  readonly artifact: Artifact;
  readonly bytes: number;
}

/** How compilers report that the machine, not the source, was in their way. A later attempt may find it otherwise. */
const PASSING_FAILURES = [
  ...['No space left on device', 'Resource temporarily unavailable', 'Cannot allocate memory'],
  ...['ENOSPC', 'EAGAIN', 'ENOMEM', 'Killed', 'out of memory'],
];
/** Bytes of each stream that are searched for them, from its end. */
const SEARCHED_BYTES = 4096;

/** Whether an identical build would end like this one: nothing but the sources decided it. */
export function isRepeatable(outcome: BoxOutcome): boolean {
  if (outcome.limitReached !== null || outcome.outOfMemory || outcome.cancelled) return false;
  if (outcome.exitCode === 0) return true;
  const words = [outcome.stdout, outcome.stderr].map((stream) =>
    Buffer.from(stream.subarray(-SEARCHED_BYTES)).toString('latin1'),
  );
  return (
    outcome.signal === null &&
    !PASSING_FAILURES.some((failure) => words.some((text) => text.includes(failure)))
  );
}

/** Equal for builds that are identical. */
export function buildKey(root: RootFileSystem, files: readonly BoxFile[], command: BoxCommand): string {
  const hash = createHash('sha256').update(
    JSON.stringify([root.fingerprint, command.argv, command.environment]),
  );
  for (const file of files) hash.update(`\0${file.path}\0${file.content.length}\0`).update(file.content);
  return hash.digest('base64');
}

/** A build that stays until its holder releases it. */
export interface HeldBuild<Artifact = number> {
  readonly build: Build<Artifact>;
  readonly cached: boolean;
  release(): void;
}

export interface BuildCache<Artifact = number> {
  /**
   * The build under `key`, made by `make` when it is not there. The caller holds it until it calls `release`.
   * A build that is not `worthKeeping` is given to its own caller only. Who waits for another's identical build
   * waits no longer when `signal` is aborted, and calls `make`, which is to find out the same.
   */
  use(key: string, make: () => Promise<Build<Artifact>>, signal: AbortSignal): Promise<HeldBuild<Artifact>>;
  /** Forgets all that nobody holds. */
  clear(): { readonly builds: number; readonly bytes: number };
}

interface Entry<Artifact> {
  readonly build: Build<Artifact>;
  users: number;
}

export interface BuildCacheOptions<Artifact> {
  readonly capacityBytes: number;
  readonly worthKeeping: (build: Build<Artifact>) => boolean;
  /** Called when a build is forgotten. */
  readonly forget: (build: Build<Artifact>) => void;
}

async function settledOrAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const stop = () => aborted.resolve();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  await Promise.race([promise.catch(() => undefined), aborted.promise]);
  signal.removeEventListener('abort', stop);
}

export function createBuildCache<Artifact>(options: BuildCacheOptions<Artifact>): BuildCache<Artifact> {
  const entries = new Map<string, Entry<Artifact>>(); // in order of use, the longest unused first
  const making = new Map<string, Promise<Build<Artifact>>>();
  let bytes = 0;

  /** The longest unused first, as long as there are more than `capacityBytes`. */
  function evict(capacityBytes = options.capacityBytes): void {
    for (const [key, entry] of entries) {
      if (bytes <= capacityBytes) return;
      if (entry.users > 0) continue;
      entries.delete(key);
      bytes -= entry.build.bytes;
      options.forget(entry.build);
    }
  }

  function hold(key: string, entry: Entry<Artifact>, cached: boolean): HeldBuild<Artifact> {
    entry.users++;
    entries.delete(key);
    entries.set(key, entry);
    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      entry.users--;
      evict();
    };
    return { build: entry.build, cached, release };
  }

  async function makeAndKeep(
    key: string,
    make: () => Promise<Build<Artifact>>,
  ): Promise<HeldBuild<Artifact>> {
    const promise = make();
    making.set(key, promise);
    try {
      const build = await promise;
      if (!options.worthKeeping(build)) return lend(build, options.forget);
      const entry = { build, users: 0 };
      bytes += build.bytes;
      entries.set(key, entry);
      const held = hold(key, entry, false);
      evict();
      return held;
    } finally {
      making.delete(key);
    }
  }

  return {
    clear() {
      const [buildsBefore, bytesBefore] = [entries.size, bytes];
      evict(-1);
      return { builds: buildsBefore - entries.size, bytes: bytesBefore - bytes };
    },
    async use(key, make, signal) {
      for (;;) {
        const entry = entries.get(key);
        if (entry) return hold(key, entry, true);
        const other = making.get(key);
        if (!other) return makeAndKeep(key, make);
        // The other one's failure or cancellation is its own: then this one builds for itself.
        await settledOrAborted(other, signal);
        if (signal.aborted) return lend(await make(), options.forget);
      }
    },
  };
}

/** What the holder lets go of is gone. */
function lend<Artifact>(
  build: Build<Artifact>,
  forget: (build: Build<Artifact>) => void,
): HeldBuild<Artifact> {
  let held = true;
  const release = () => {
    if (held) forget(build);
    held = false;
  };
  return { build, cached: false, release };
}
