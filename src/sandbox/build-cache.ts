// The output of builds, kept for later identical builds: bounded in bytes, the least recently used goes first, and what a
// workspace uses stays. Identical builds at the same time become one, and those of other workers are used where they are
// shared. Knows nothing of how a build is made.

import { createHash } from 'node:crypto';
import type { BoxCommand, BoxOutcome, BuildOutcome, RootFileSystem } from './sandbox.ts';
import type { PortableBuild, SharedBuilds } from './shared-builds.ts';

/** A build that ended by itself. `artifact` is its output, in the driver's terms. */
export interface Build<Artifact = number> {
  readonly outcome: BuildOutcome;
  readonly artifact: Artifact;
  readonly bytes: number;
}

/** How compilers report that the machine, not the source, made them fail. A later attempt may succeed. */
const PASSING_FAILURES = [
  ...['No space left on device', 'Resource temporarily unavailable', 'Cannot allocate memory'],
  ...['ENOSPC', 'EAGAIN', 'ENOMEM', 'Killed', 'out of memory'],
];
/** The last bytes of each stream, which are searched for these reports. */
const SEARCHED_BYTES = 4096;

/** Whether an identical build would end like this one, because only the sources decided how. */
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

/** What a kept build costs besides its files and output. */
const ENTRY_BYTES = 4096;

/** Its size in a cache. */
export function sizeOfBuild({ stdout, stderr }: BoxOutcome, fileBytes: number): number {
  return ENTRY_BYTES + fileBytes + stdout.length + stderr.length;
}

/** Equal for identical builds. `files` is the key of the files. */
export function buildKey(root: RootFileSystem, files: string, command: BoxCommand): string {
  const parts = JSON.stringify([files, root.fingerprint, command.argv, command.environment]);
  return createHash('sha256').update(parts).digest('base64');
}

/** A build that is kept until its holder releases it. */
export interface HeldBuild<Artifact = number> {
  readonly build: Build<Artifact>;
  readonly cached: boolean;
  release(): void;
}

export interface BuildCache<Artifact = number> {
  /**
   * The build under `key`, made by `make` if there is none. The caller holds it until it calls `release`. A build that
   * is not `worthKeeping` is returned to its own caller only. A caller whose `signal` is aborted while it waits for an
   * identical build stops waiting and calls `make`, which then observes the abort itself. One that `isLocal` is not
   * another worker's.
   */
  use(
    key: string,
    make: () => Promise<Build<Artifact>>,
    signal: AbortSignal,
    isLocal?: boolean,
  ): Promise<HeldBuild<Artifact>>;
  /** The build under `key` if it is there, which the caller holds then. */
  find(key: string): HeldBuild<Artifact> | null;
  /** Removes all builds without a holder. */
  clear(): { readonly builds: number; readonly bytes: number };
}

interface Entry<Artifact> {
  readonly build: Build<Artifact>;
  users: number;
}

export interface Sharing<Artifact> {
  readonly builds: SharedBuilds;
  /** A build as others can use it; `null` if they cannot. The build may be removed once this was called. */
  export(build: Build<Artifact>): Promise<PortableBuild | null>;
  import(build: PortableBuild): Promise<Build<Artifact>>;
}

export interface BuildCacheOptions<Artifact> {
  readonly capacityBytes: number;
  readonly worthKeeping: (build: Build<Artifact>) => boolean;
  /** Called when a build is removed. */
  readonly remove: (build: Build<Artifact>) => void;
  /** Builds of other workers, and how they become one of this driver's. Without it, there are none. */
  readonly sharing?: Sharing<Artifact> | undefined;
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
  const entries = new Map<string, Entry<Artifact>>(); // in order of use, the least recently used first
  const making = new Map<string, Promise<unknown>>();
  let bytes = 0;

  /** Removes the least recently used, as long as there are more than `capacityBytes`. */
  function evict(capacityBytes = options.capacityBytes): void {
    for (const [key, entry] of entries) {
      if (bytes <= capacityBytes) return;
      if (entry.users > 0) continue;
      entries.delete(key);
      bytes -= entry.build.bytes;
      options.remove(entry.build);
    }
  }

  function hold(key: string, entry: Entry<Artifact>, cached: boolean): HeldBuild<Artifact> {
    entry.users++;
    entries.delete(key);
    entries.set(key, entry);
    return {
      build: entry.build,
      cached,
      release: once(() => {
        entry.users--;
        evict();
      }),
    };
  }

  function find(key: string): HeldBuild<Artifact> | null {
    const entry = entries.get(key);
    return entry ? hold(key, entry, true) : null;
  }

  async function makeAndKeep(
    key: string,
    make: () => Promise<Build<Artifact>>,
    sharing: Sharing<Artifact> | undefined,
  ): Promise<HeldBuild<Artifact>> {
    const promise = takeOrMake(sharing, key, make);
    making.set(key, promise);
    try {
      const { build, isShared } = await promise;
      if (!options.worthKeeping(build)) return lend(build, options.remove);
      bytes += build.bytes;
      const held = hold(key, { build, users: 0 }, isShared);
      if (!isShared) void give(sharing, key, build);
      evict();
      return held;
    } finally {
      making.delete(key);
    }
  }

  return {
    clear() {
      const before = { builds: entries.size, bytes };
      evict(-1);
      return { builds: before.builds - entries.size, bytes: before.bytes - bytes };
    },
    find,
    async use(key, make, signal, isLocal = false) {
      for (;;) {
        const known = find(key);
        if (known) return known;
        const other = making.get(key);
        if (!other) return makeAndKeep(key, make, isLocal ? undefined : options.sharing);
        // The failure or cancellation of another caller is not this one's: it builds for itself.
        await settledOrAborted(other, signal);
        if (signal.aborted) return lend(await make(), options.remove);
      }
    },
  };
}

/** Another worker's build, or a new one. */
async function takeOrMake<Artifact>(
  sharing: Sharing<Artifact> | undefined,
  key: string,
  make: () => Promise<Build<Artifact>>,
): Promise<{ readonly build: Build<Artifact>; readonly isShared: boolean }> {
  const found = (await sharing?.builds.find(key)) ?? null;
  // One that cannot be taken in is made here.
  const taken = found && (await sharing?.import(found).catch(() => null));
  return taken ? { build: taken, isShared: true } : { build: await make(), isShared: false };
}

/** Nobody waits for it, and what fails is not shared. */
async function give<Artifact>(
  sharing: Sharing<Artifact> | undefined,
  key: string,
  build: Build<Artifact>,
): Promise<void> {
  const portable = await sharing?.export(build).catch(() => null);
  if (portable) await sharing?.builds.keep(key, portable);
}

/** A build that is removed once its holder releases it. */
function lend<Artifact>(
  build: Build<Artifact>,
  remove: (build: Build<Artifact>) => void,
): HeldBuild<Artifact> {
  return { build, cached: false, release: once(() => remove(build)) };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
