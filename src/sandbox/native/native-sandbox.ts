// The native driver: boxes that the supervisor makes on this machine. Keeps one supervisor alive, tests its isolation at
// the start, and replaces it if it dies.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../log.ts';
import { MIB } from '../../units.ts';
import { boxesFor } from '../bounds.ts';
import type { BoxFile, RootFileSystem, Sandbox, Workspace } from '../sandbox.ts';
import { BARE_ROOT, runSelfTest, timeProbe } from '../self-test.ts';
import type { SharedBuilds } from '../shared-builds.ts';
import { keepSupervisor } from './kept-supervisor.ts';
import { openWorkspace } from './native-workspace.ts';
import { startSupervisor } from './supervisor.ts';
import { createSupervisorState } from './supervisor-state.ts';

export interface NativeSandboxOptions {
  /** Boxes that may run a program at the same time. */
  readonly slots: number;
  /** Boxes for sessions beside them. */
  readonly sessions?: number;
  readonly dataDirectory: string;
  /** Bytes of builds that are kept for later identical builds. */
  readonly artifactCacheBytes: number;
  /** Builds that other workers made too. */
  readonly sharedBuilds?: SharedBuilds | undefined;
  readonly log: Log;
  /** `strict`: each box has its own network namespace instead of its slot's. */
  readonly isolation?: 'default' | 'strict';
  /** Memory for runtimes that are started ahead of their runs. If absent, none are. */
  readonly warmBytes?: number;
  /** Boxes at once, for tests whose runs must follow each other in one place; usually what `boxesFor` says. */
  readonly boxes?: number;
  /** Another build of the supervisor, for tests. */
  readonly program?: string;
  /** False skips the self-test at the start, for tests of a supervisor that lacks some protections. */
  readonly selfTest?: boolean;
}

const SUPERVISOR = join(import.meta.dirname, '../../../supervisor/build/supervisor');
const FIRST_UID = 60_000;
/** Sources and builds in use may exceed the cache's bound by this much. */
const STORE_SLACK_BYTES = 512 * MIB;

/**
 * Starts the native sandbox and tests its isolation. Throws an Error that names what is missing (root, control groups, a
 * kernel feature) or an escape that worked.
 */
export async function createNativeSandbox(options: NativeSandboxOptions): Promise<Sandbox> {
  const runDirectory = join(options.dataDirectory, 'run');
  await mkdir(runDirectory, { recursive: true, mode: 0o700 });
  const kept = keepSupervisor(async () => {
    const supervisor = await startSupervisor({
      program: options.program ?? SUPERVISOR,
      slots: options.boxes ?? boxesFor(options.slots, options.sessions),
      firstUid: FIRST_UID,
      runDirectory,
      isolation: options.isolation ?? 'default',
      warmBytes: options.warmBytes ?? 0,
      storeBytes: 2 * options.artifactCacheBytes + STORE_SLACK_BYTES,
      log: (line) => options.log.warn(`supervisor: ${line}`),
    });
    const { pid, cgroupVersion } = supervisor;
    options.log.info({ pid, cgroup: `v${cgroupVersion}` }, 'the native sandbox is ready');
    return createSupervisorState(supervisor, {
      capacityBytes: options.artifactCacheBytes,
      sharedBuilds: options.sharedBuilds,
    });
  });

  const open = (root: RootFileSystem, files: readonly BoxFile[]): Promise<Workspace> =>
    openWorkspace(kept.current, root, files);

  const warmState = async () => (await kept.current()).supervisor.warmState();
  const sandbox: Sandbox = {
    name: 'native',
    slots: options.slots,
    slotsOfWorkspace: options.slots,
    hasTerminals: true,
    open,
    probe: () => timeProbe(open, BARE_ROOT),
    ...(options.warmBytes && { warmState }),
    async cleanUp() {
      return { containers: 0, workspaces: 0, ...(await kept.current()).clear() };
    },
    close: kept.close,
  };
  await kept.current();
  if (options.selfTest ?? true)
    await runSelfTest(open, BARE_ROOT).catch((error) => sandbox.close().then(() => Promise.reject(error)));
  return sandbox;
}
