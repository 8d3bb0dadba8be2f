// The native driver: boxes that the supervisor makes on this machine. Keeps one supervisor alive, tests its isolation at
// the start, and replaces it if it dies.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../log.ts';
import { MIB } from '../../units.ts';
import { type BoxFile, type RootFileSystem, type Sandbox, SandboxError, type Workspace } from '../sandbox.ts';
import { BARE_ROOT, runSelfTest, timeProbe } from '../self-test.ts';
import { openWorkspace } from './native-workspace.ts';
import { startSupervisor } from './supervisor.ts';
import { createSupervisorState, type SupervisorState } from './supervisor-state.ts';

export interface NativeSandboxOptions {
  /** Boxes that may run a program at the same time. */
  readonly slots: number;
  /** Boxes for sessions beside them. */
  readonly sessions?: number;
  readonly dataDirectory: string;
  /** Bytes of builds that are kept for later identical builds. */
  readonly artifactCacheBytes: number;
  readonly log: Log;
  /** `strict`: each box has its own network namespace instead of its slot's. */
  readonly isolation?: 'default' | 'strict';
  /** Another build of the supervisor, for tests. */
  readonly program?: string;
  /** False skips the self-test at the start, for tests of a supervisor that lacks some protections. */
  readonly selfTest?: boolean;
}

const SUPERVISOR = join(import.meta.dirname, '../../../supervisor/build/supervisor');
const FIRST_UID = 60_000;
/** Sources and builds in use may exceed the cache's bound by this much. */
const STORE_SLACK_BYTES = 512 * MIB;
const RESTART_DELAY_MS = 1000;

/**
 * Starts the native sandbox and tests its isolation. Throws an Error that names what is missing (root, control groups, a
 * kernel feature) or an escape that worked.
 */
export async function createNativeSandbox(options: NativeSandboxOptions): Promise<Sandbox> {
  const runDirectory = join(options.dataDirectory, 'run');
  await mkdir(runDirectory, { recursive: true, mode: 0o700 });
  let closed = false;
  let state: Promise<SupervisorState> | null = null;
  let startedAt = Number.NEGATIVE_INFINITY;

  async function start(): Promise<SupervisorState> {
    const sinceLast = performance.now() - startedAt;
    if (sinceLast < RESTART_DELAY_MS)
      await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MS - sinceLast));
    startedAt = performance.now();
    const supervisor = await startSupervisor({
      program: options.program ?? SUPERVISOR,
      slots: options.slots + (options.sessions ?? 0),
      firstUid: FIRST_UID,
      runDirectory,
      isolation: options.isolation ?? 'default',
      storeBytes: 2 * options.artifactCacheBytes + STORE_SLACK_BYTES,
      log: (line) => options.log.warn(`supervisor: ${line}`),
    });
    const { pid, cgroupVersion } = supervisor;
    options.log.info({ pid, cgroup: `v${cgroupVersion}` }, 'the native sandbox is ready');
    return createSupervisorState(supervisor, options.artifactCacheBytes);
  }

  /** The living supervisor. A dead one is replaced once, however many callers ask. */
  async function currentState(): Promise<SupervisorState> {
    if (closed) throw new SandboxError('the sandbox is closed', { retryable: false });
    const asked = state;
    const known = await asked?.catch(() => null);
    if (known?.supervisor.isAlive()) return known;
    if (closed) return currentState();
    // Never two at once: the new one removes what the dead one left.
    if (state === asked) state = known ? known.supervisor.close().then(start) : start();
    return state as Promise<SupervisorState>;
  }

  const open = (root: RootFileSystem, files: readonly BoxFile[]): Promise<Workspace> =>
    openWorkspace(currentState, root, files);

  const sandbox: Sandbox = {
    name: 'native',
    slots: options.slots,
    slotsOfWorkspace: options.slots,
    hasTerminals: true,
    open,
    probe: () => timeProbe(open, BARE_ROOT),
    async cleanUp() {
      const { builds } = await currentState();
      return { containers: 0, workspaces: 0, ...builds.clear() };
    },
    async close() {
      closed = true;
      const known = await state?.catch(() => null);
      await known?.supervisor.close();
    },
  };
  await currentState();
  if (options.selfTest ?? true)
    await runSelfTest(open, BARE_ROOT).catch((error) => sandbox.close().then(() => Promise.reject(error)));
  return sandbox;
}
