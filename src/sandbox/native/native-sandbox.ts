// The native driver: boxes made by the supervisor on this machine. Keeps one supervisor alive, remembers which roots
// and builds the living one has, and replaces it when it dies.

import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BoxCommand,
  type BoxFile,
  type BoxLimits,
  type BoxOutcome,
  type BuildOutcome,
  type RootFileSystem,
  type Sandbox,
  SandboxError,
  type Workspace,
} from '../sandbox.ts';
import { type Build, type BuildCache, createBuildCache } from './build-cache.ts';
import { BARE_ROOT, PROBE_LIMITS, probeCommand, probeFiles, runSelfTest } from './self-test.ts';
import { type Supervisor, startSupervisor } from './supervisor.ts';

export interface NativeSandboxOptions {
  /** Boxes that may run a program at the same time. */
  readonly slots: number;
  readonly dataDirectory: string;
  /** Bytes of builds that are kept for identical builds to come. */
  readonly artifactCacheBytes: number;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, details?: object) => void;
  /** `strict`: each box has a network namespace of its own instead of its slot's. */
  readonly isolation?: 'default' | 'strict';
  /** Another build of the supervisor, for tests. */
  readonly program?: string;
  /** False leaves out the trial of the isolation at the start, for tests of a supervisor that lacks some. */
  readonly selfTest?: boolean;
}

const SUPERVISOR = join(import.meta.dirname, '../../../supervisor/build/supervisor');
const FIRST_UID = 60_000;
/** Sources and builds in use may be this much over the cache's bound. */
const STORE_SLACK_BYTES = 256 * 1024 * 1024;
const RESTART_DELAY_MS = 1000;

/** What lives and dies with one supervisor process. */
interface Epoch {
  readonly supervisor: Supervisor;
  readonly roots: Map<string, Promise<number>>;
  readonly builds: BuildCache;
  nextArtifact: number;
}

function createEpoch(supervisor: Supervisor, capacityBytes: number): Epoch {
  const builds = createBuildCache({
    capacityBytes,
    worthKeeping: ({ outcome }) =>
      outcome.limitReached === null && !outcome.outOfMemory && !outcome.cancelled,
    forget: (build) => build.artifact !== 0 && supervisor.drop(build.artifact),
  });
  return { supervisor, roots: new Map(), builds, nextArtifact: 1 };
}

function rootNumber(epoch: Epoch, root: RootFileSystem): Promise<number> {
  if (root.mounts.length === 0) return Promise.resolve(0);
  const known = epoch.roots.get(root.fingerprint);
  if (known) return known;
  const number = epoch.roots.size + 1;
  const added = epoch.supervisor.addRoot(number, root).then(() => number);
  epoch.roots.set(root.fingerprint, added);
  return added;
}

const CANCELLED: BoxOutcome = {
  exitCode: null,
  signal: null,
  limitReached: null,
  outOfMemory: false,
  forbiddenSystemCall: false,
  cancelled: true,
  stdout: new Uint8Array(),
  stderr: new Uint8Array(),
  stdoutTruncated: false,
  stderrTruncated: false,
  cpuTimeMs: 0,
  cpuUserMs: 0,
  cpuSystemMs: 0,
  wallTimeMs: 0,
  memoryBytes: 0,
};

function buildKey(root: RootFileSystem, files: readonly BoxFile[], command: BoxCommand): string {
  const hash = createHash('sha256').update(
    JSON.stringify([root.fingerprint, command.argv, command.environment]),
  );
  for (const file of files) hash.update(`\0${file.path}\0${file.content.length}\0`).update(file.content);
  return hash.digest('base64');
}

/** What a workspace has put into one supervisor; made anew when the supervisor was replaced. */
interface Placement {
  readonly epoch: Epoch;
  readonly root: number;
  readonly code: number;
  build: Awaited<ReturnType<BuildCache['use']>> | null;
}

function createWorkspace(
  currentEpoch: () => Promise<Epoch>,
  root: RootFileSystem,
  files: readonly BoxFile[],
) {
  let placement: Promise<Placement> | null = null;
  let lastBuild: { command: BoxCommand; limits: BoxLimits } | null = null;

  async function place(): Promise<Placement> {
    const epoch = await currentEpoch();
    const code = epoch.nextArtifact++;
    const [number] = await Promise.all([rootNumber(epoch, root), epoch.supervisor.store(code, files)]);
    return { epoch, root: number, code, build: null };
  }

  async function placed(): Promise<Placement> {
    const known = await placement?.catch(() => null);
    if (known?.epoch.supervisor.isAlive()) return known;
    placement = place();
    return placement;
  }

  async function makeBuild(place: Placement, command: BoxCommand, limits: BoxLimits, signal: AbortSignal) {
    const collect = place.epoch.nextArtifact++;
    const frame = {
      root: place.root,
      code: place.code,
      build: 0,
      collect,
      command,
      stdin: new Uint8Array(),
      limits,
    };
    const { outcome, collected, artifactBytes, problem } = await place.epoch.supervisor.run(frame, signal);
    const told = problem === '' ? outcome : { ...outcome, exitCode: 1, stderr: Buffer.from(problem) };
    const bytes = artifactBytes + outcome.stdout.length + outcome.stderr.length;
    return { outcome: { ...told, cached: false }, artifact: collected ? collect : 0, bytes } satisfies Build;
  }

  async function buildIn(place: Placement, command: BoxCommand, limits: BoxLimits, signal: AbortSignal) {
    place.build?.release();
    place.build = null;
    const make = () => makeBuild(place, command, limits, signal);
    place.build = await place.epoch.builds.use(buildKey(root, files, command), make);
    return { ...place.build.build.outcome, cached: place.build.cached };
  }

  const workspace: Workspace = {
    async build(command, limits, signal): Promise<BuildOutcome> {
      if (signal.aborted) return { ...CANCELLED, cached: false };
      lastBuild = { command, limits };
      return buildIn(await placed(), command, limits, signal);
    },
    async run(command, stdin, limits, signal): Promise<BoxOutcome> {
      if (signal.aborted) return CANCELLED;
      const place = await placed();
      // The supervisor that had the build is gone: the same build again.
      if (lastBuild && !place.build) await buildIn(place, lastBuild.command, lastBuild.limits, signal);
      const build = place.build?.build.artifact ?? 0;
      const frame = { root: place.root, code: place.code, build, collect: 0, command, stdin, limits };
      return (await place.epoch.supervisor.run(frame, signal)).outcome;
    },
    async [Symbol.asyncDispose]() {
      const place = await placement?.catch(() => null);
      if (!place) return;
      place.build?.release();
      place.epoch.supervisor.drop(place.code);
    },
  };
  return { workspace, placed };
}

/**
 * Starts the native sandbox and tries its isolation. Throws an Error that names what is missing: root, control
 * groups, a kernel feature, or an escape that worked.
 */
export async function createNativeSandbox(options: NativeSandboxOptions): Promise<Sandbox> {
  const runDirectory = join(options.dataDirectory, 'run');
  await mkdir(runDirectory, { recursive: true, mode: 0o700 });
  let closed = false;
  let epoch: Promise<Epoch> | null = null;
  let startedAt = 0;

  async function start(): Promise<Epoch> {
    const sinceLast = Date.now() - startedAt;
    if (sinceLast < RESTART_DELAY_MS)
      await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MS - sinceLast));
    startedAt = Date.now();
    const supervisor = await startSupervisor({
      program: options.program ?? SUPERVISOR,
      slots: options.slots,
      firstUid: FIRST_UID,
      runDirectory,
      isolation: options.isolation ?? 'default',
      storeBytes: 2 * options.artifactCacheBytes + STORE_SLACK_BYTES,
      log: (line) => options.log('warn', `supervisor: ${line}`),
    });
    options.log('info', 'the native sandbox is ready', {
      pid: supervisor.pid,
      cgroup: `v${supervisor.cgroupVersion}`,
    });
    return createEpoch(supervisor, options.artifactCacheBytes);
  }

  /** The living supervisor; a dead one is replaced, once for all who ask. */
  async function currentEpoch(): Promise<Epoch> {
    if (closed) throw new SandboxError('the sandbox is closed', { retryable: false });
    const asked = epoch;
    const known = await asked?.catch(() => null);
    if (known?.supervisor.isAlive()) return known;
    if (epoch === asked) epoch = start();
    return epoch as Promise<Epoch>;
  }

  async function open(root: RootFileSystem, files: readonly BoxFile[]): Promise<Workspace> {
    const { workspace, placed } = createWorkspace(currentEpoch, root, files);
    await placed();
    return workspace;
  }

  const sandbox: Sandbox = {
    name: 'native',
    slots: options.slots,
    open,
    async probe() {
      const start = performance.now();
      await using workspace = await open(BARE_ROOT, await probeFiles());
      const { signal } = new AbortController();
      const outcome = await workspace.run(probeCommand('exit', '0'), new Uint8Array(), PROBE_LIMITS, signal);
      if (outcome.exitCode !== 0)
        throw new SandboxError('the probe did not run to its end', { retryable: true });
      return performance.now() - start;
    },
    async close() {
      closed = true;
      const known = await epoch?.catch(() => null);
      await known?.supervisor.close();
    },
  };
  await currentEpoch();
  if (options.selfTest ?? true)
    await runSelfTest(sandbox).catch((error) => sandbox.close().then(() => Promise.reject(error)));
  return sandbox;
}
