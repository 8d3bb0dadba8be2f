// The Docker driver: boxes are containers of a local or remote engine, each for one submission. It makes them ahead,
// tries their isolation at the start, and removes what an earlier service left.

import { randomUUID } from 'node:crypto';
import type { Log } from '../../log.ts';
import { boxesFor } from '../../sandbox/bounds.ts';
import {
  type BuildCache,
  createBuildCache,
  isRepeatable,
  type Sharing,
  sizeOfBuild,
} from '../../sandbox/build-cache.ts';
import type { BoxLimits } from '../../sandbox/sandbox.ts';
import {
  type BoxFile,
  type ImageRoot,
  type RootFileSystem,
  type Sandbox,
  SandboxError,
} from '../../sandbox/sandbox.ts';
import { runSelfTest, timeProbe } from '../../sandbox/self-test.ts';
import type { SharedBuilds } from '../../sandbox/shared-builds.ts';
import type { DockerEngine } from '../engine.ts';
import { boxLabels } from '../labels.ts';
import { readSeccompProfile, readSupervisorSources } from '../supervisor-output.ts';
import { keepClean, removeNamelessImages } from './clean-up.ts';
import { startContainer } from './container.ts';
import { type ContainerPool, createContainerPool } from './container-pool.ts';
import { specOf } from './container-size.ts';
import { type Artifact, NO_ARTIFACT, openWorkspace, type WorkspaceParts } from './docker-workspace.ts';
import { createImageTests } from './image-tests.ts';
import { createKeptContainers } from './kept-containers.ts';
import { waysAnsweredBy } from './runtimes.ts';
import { createSemaphore } from './semaphore.ts';
import { createUidAllocator, type UidAllocator } from './uid-allocator.ts';

export interface DockerSandboxOptions {
  readonly engine: DockerEngine;
  /** Boxes that may run a program at the same time. */
  readonly slots: number;
  /** Boxes for sessions beside them. */
  readonly sessions?: number;
  /** Containers that are kept ready, of all kinds together. */
  readonly poolSize: number;
  /** Containers of open workspaces, of those that run nothing now too. More give theirs up until they go on. */
  readonly keptContainers?: number;
  /** Bytes of builds that are kept for identical builds to come. */
  readonly artifactCacheBytes: number;
  /** Builds that other workers made too. */
  readonly sharedBuilds?: SharedBuilds | undefined;
  /** The engine's name of another runtime, such as `runsc`. */
  readonly runtime?: string | undefined;
  /** Tells the services apart that share an engine: what another process of the same home left is removed. */
  readonly home: string;
  readonly log: Log;
}

/** A sandbox whose roots are images. */
export interface ImageSandbox extends Sandbox {
  /** Tries the isolation of programs in an image, once. Throws an Error that names the escapes that worked. */
  selfTest(root: ImageRoot): Promise<void>;
  /** Has a container ready for programs with these limits. */
  warm(root: ImageRoot, limits: BoxLimits): void;
}

export interface DockerSandbox extends ImageSandbox {
  pool(): ReturnType<ContainerPool['state']>;
}

/** Containers of open workspaces: each takes some 20 MB of this machine's memory, and to make another takes time. */
const MIN_KEPT = 64;

/**
 * Starts the Docker sandbox and removes what an earlier process left. Throws an Error when the engine does not answer.
 * Its own probe needs an image that passed its self-test.
 */
export async function createDockerSandbox(options: DockerSandboxOptions): Promise<DockerSandbox> {
  const { engine, home, slots, sessions, log } = options;
  const instance = randomUUID();
  const cleaning = await keepClean(engine, { home, instance, log });
  const pool = await createPool(options, instance);
  const builds = createBuilds(options);
  const keptContainers = createKeptContainers(options.keptContainers ?? Math.max(MIN_KEPT, slots));
  const parts = { pool, builds, slots: createSemaphore(boxesFor(slots, sessions)), keptContainers };
  // What only the service itself runs is not kept ready.
  const withoutRefill = { ...parts, pool: { ...pool, take: pool.takeOnce } };
  let closed = false;

  const openWith = (own: WorkspaceParts): Sandbox['open'] => {
    return async (root: RootFileSystem, files: readonly BoxFile[]) => {
      if (closed) throw new SandboxError('the sandbox is closed', { retryable: false });
      if (!('image' in root))
        throw new SandboxError('the Docker sandbox shows images, not directories', { retryable: false });
      return openWorkspace(own, { root, files });
    };
  };
  const openOnce = openWith(withoutRefill);

  const tests = createImageTests((root) => runSelfTest(openOnce, root, waysAnsweredBy(options.runtime)));

  return {
    ...{ name: 'docker', slots, slotsOfWorkspace: 1, hasTerminals: false },
    open: openWith(parts),
    probe: () => timeProbe(openOnce, tests.proven()),
    selfTest: tests.test,
    warm: (root, limits) => pool.warm(specOf(root, limits)),
    pool: pool.state,
    async cleanUp() {
      const containers = await cleaning.now();
      const imageBytes = await removeNamelessImages(engine);
      const forgotten = builds.clear();
      return { containers, workspaces: 0, builds: forgotten.builds, bytes: forgotten.bytes + imageBytes };
    },
    async close() {
      closed = true;
      await pool.close();
      await cleaning.close();
    },
  };
}

function createBuilds({ artifactCacheBytes, sharedBuilds }: DockerSandboxOptions): BuildCache<Artifact> {
  return createBuildCache<Artifact>({
    capacityBytes: artifactCacheBytes,
    sharing: sharedBuilds && shareBuilds(sharedBuilds),
    worthKeeping: ({ outcome, artifact }) =>
      isRepeatable(outcome) && (artifact.content !== null || outcome.exitCode !== 0),
    remove: () => undefined,
  });
}

/** The service has the bytes of builds itself. */
function shareBuilds(builds: SharedBuilds): Sharing<Artifact> {
  return {
    builds,
    export: async ({ outcome, artifact, bytes }) =>
      bytes > builds.maxFileBytes ? null : { outcome, files: artifact.content ?? new Uint8Array() },
    import: async ({ outcome, files }) => ({
      outcome: { ...outcome, cached: true },
      artifact: files.length === 0 ? NO_ARTIFACT : { content: Buffer.from(files), bytes: files.length },
      bytes: sizeOfBuild(outcome, files.length),
    }),
  };
}

async function createPool(options: DockerSandboxOptions, instance: string): Promise<ContainerPool> {
  const { engine, runtime, log } = options;
  const uids = createUidAllocator();
  const labels = boxLabels(options.home, instance);
  const seccompProfile = await readSeccompProfile();
  const settings = { seccompProfile, sources: await readSupervisorSources(), runtime };
  return createContainerPool({
    size: options.poolSize,
    log,
    start: (spec) =>
      withUser(uids, (uid) => startContainer({ engine, settings, identity: { uid, labels }, log }, spec)),
  });
}

/** A container has a user of its own for as long as it is there. */
async function withUser<T extends { remove(): Promise<void> }>(
  uids: UidAllocator,
  start: (uid: number) => Promise<T>,
): Promise<T> {
  const uid = uids.take();
  try {
    const container = await start(uid);
    let removal: Promise<void> | null = null;
    const remove = () => {
      removal ??= container.remove().finally(() => uids.giveBack(uid));
      return removal;
    };
    return { ...container, remove };
  } catch (error) {
    uids.giveBack(uid);
    throw error;
  }
}
