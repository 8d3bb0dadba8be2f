// The Docker driver: boxes are containers of a local or remote engine, each for one submission. It makes them ahead,
// tries their isolation at the start, and removes what an earlier service left.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DockerEngine } from '../../docker/engine.ts';
import { createBuildCache } from '../build-cache.ts';
import type { BoxLimits } from '../sandbox.ts';
import { type BoxFile, type ImageRoot, type RootFileSystem, type Sandbox, SandboxError } from '../sandbox.ts';
import { runSelfTest, timeProbe } from '../self-test.ts';
import { startContainer } from './container.ts';
import { type ContainerPool, createContainerPool } from './container-pool.ts';
import { type Artifact, openWorkspace, type WorkspaceParts } from './docker-workspace.ts';
import { boxLabels } from './leftovers.ts';
import { specOf } from './submission-container.ts';
import { createTurns } from './turns.ts';
import { createUsers, type Users } from './users.ts';

export interface DockerSandboxOptions {
  readonly engine: DockerEngine;
  /** Boxes that may run a program at the same time. */
  readonly slots: number;
  /** Containers that are kept ready, of all kinds together. */
  readonly poolSize: number;
  /** Bytes of builds that are kept for identical builds to come. */
  readonly artifactCacheBytes: number;
  /** The engine's name of another runtime, such as `runsc`. */
  readonly runtime?: string | undefined;
  /** Tells the services apart that share an engine: what another process of the same home left is removed. */
  readonly home: string;
  /** The image that health checks and the trial at the start use. */
  readonly probeRoot: ImageRoot;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, details?: object) => void;
  /** False leaves out the trial of the isolation at the start. */
  readonly selfTest?: boolean;
}

export interface DockerSandbox extends Sandbox {
  /** Has a container ready for programs with these limits. */
  warm(root: ImageRoot, limits: BoxLimits): void;
  pool(): ReturnType<ContainerPool['state']>;
}

const SUPERVISOR = join(import.meta.dirname, '../../../supervisor/build/supervisor');

/** Starts the Docker sandbox. Throws an Error that names what the engine lacks, or an escape that worked. */
export async function createDockerSandbox(options: DockerSandboxOptions): Promise<DockerSandbox> {
  const { slots, log } = options;
  const pool = await createPool(options);
  const builds = createBuildCache<Artifact>({
    capacityBytes: options.artifactCacheBytes,
    worthKeeping: ({ outcome, artifact }) =>
      outcome.limitReached === null &&
      !outcome.outOfMemory &&
      !outcome.cancelled &&
      (artifact !== null || outcome.exitCode !== 0),
    forget: () => undefined,
  });
  const parts: WorkspaceParts = { pool, builds, slots: createTurns(slots) };
  let closed = false;

  const sandbox: DockerSandbox = {
    name: 'docker',
    slots,
    slotsOfWorkspace: 1,
    async open(root: RootFileSystem, files: readonly BoxFile[]) {
      if (closed) throw new SandboxError('the sandbox is closed', { retryable: false });
      if (!('image' in root))
        throw new SandboxError('the Docker sandbox shows images, not directories', { retryable: false });
      return openWorkspace(parts, { root, files });
    },
    probe: () => timeProbe(sandbox, options.probeRoot),
    warm: (root, limits) => pool.warm(specOf(root, limits)),
    pool: pool.state,
    async close() {
      closed = true;
      await pool.close();
    },
  };
  if (options.selfTest ?? true)
    await runSelfTest(sandbox, options.probeRoot).catch((error) =>
      sandbox.close().then(() => Promise.reject(error)),
    );
  log('info', 'the Docker sandbox is ready', { engine: options.engine.address, runtime: options.runtime });
  return sandbox;
}

async function createPool(options: DockerSandboxOptions): Promise<ContainerPool> {
  const { engine, runtime, log } = options;
  const users = createUsers();
  const labels = boxLabels(options.home, randomUUID());
  const settings = { seccompProfile: await readSeccompProfile(), runtime };
  return createContainerPool({
    size: options.poolSize,
    log,
    start: (spec) =>
      withUser(users, (uid) => startContainer({ engine, settings, identity: { uid, labels }, log }, spec)),
  });
}

/** A container has a user of its own for as long as it is there. */
async function withUser<T extends { remove(): Promise<void> }>(
  users: Users,
  start: (uid: number) => Promise<T>,
): Promise<T> {
  const uid = users.take();
  try {
    const container = await start(uid);
    let removal: Promise<void> | null = null;
    const remove = () => {
      removal ??= container.remove().finally(() => users.giveBack(uid));
      return removal;
    };
    return { ...container, remove };
  } catch (error) {
    users.giveBack(uid);
    throw error;
  }
}

/** The engine knows system calls by name only: the supervisor makes the profile from its own table. */
async function readSeccompProfile(): Promise<string> {
  const { stdout } = await promisify(execFile)(SUPERVISOR, ['seccomp-profile']);
  return JSON.stringify(JSON.parse(stdout));
}
