// The Docker driver with boxes in containers: a container of each image is the outer wall, and the supervisor in it makes
// a box for each run. No request waits for the engine. A container is renewed after a number of submissions, after some
// hours, and when it has failed.

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../log.ts';
import { boxesFor } from '../../sandbox/bounds.ts';
import { openWorkspace } from '../../sandbox/native/native-workspace.ts';
import { createSupervisorState, type SupervisorState } from '../../sandbox/native/supervisor-state.ts';
import { type Sandbox, SandboxError } from '../../sandbox/sandbox.ts';
import { runSelfTest, timeProbe } from '../../sandbox/self-test.ts';
import type { SharedBuilds } from '../../sandbox/shared-builds.ts';
import { MIB } from '../../units.ts';
import type { DockerEngine } from '../engine.ts';
import { BOX_UIDS, FIRST_BOX_UID } from '../image-layout.ts';
import { boxLabels } from '../labels.ts';
import { readSupervisorSources } from '../supervisor-output.ts';
import { keepClean, removeNamelessImages } from './clean-up.ts';
import type { ImageSandbox } from './docker-sandbox.ts';
import { createImageTests } from './image-tests.ts';
import { startNestedSupervisor } from './nested-supervisor.ts';
import { createWalls } from './walls.ts';

export interface NestedSandboxOptions {
  readonly engine: DockerEngine;
  /** Boxes that may run a program at the same time. */
  readonly slots: number;
  /** Boxes for sessions beside them. */
  readonly sessions?: number;
  /** Bytes of builds that are kept in each container. */
  readonly artifactCacheBytes: number;
  /** Builds that other workers made too. */
  readonly sharedBuilds?: SharedBuilds | undefined;
  readonly isolation?: 'default' | 'strict';
  /** The engine's name of another runtime. */
  readonly runtime?: string | undefined;
  /** JSON of another filter of system calls, for tests. */
  readonly seccompProfile?: string;
  /** Submissions after which a container is renewed. */
  readonly renewAfter?: number;
  /** Tells the services apart that share an engine: what another process of the same home left is removed. */
  readonly home: string;
  readonly log: Log;
}

const SECCOMP_PROFILE = join(import.meta.dirname, '../../../deploy/seccomp/code-execution-service.json');
const RENEW_AFTER = 5000;
/** Sources and builds in use may exceed the cache's bound by this much. */
const STORE_SLACK_BYTES = 512 * MIB;

/** Starts the driver and removes what an earlier process left. Throws an Error if the engine does not answer. */
export async function createNestedSandbox(options: NestedSandboxOptions): Promise<ImageSandbox> {
  const { engine, slots, log } = options;
  const instance = randomUUID();
  const cleaning = await keepClean(engine, { home: options.home, instance, log });
  const walls = createWalls({
    start: await createStart(options, instance),
    renewAfter: options.renewAfter ?? RENEW_AFTER,
    log,
  });
  let closed = false;

  const open: Sandbox['open'] = async (root, files) => {
    if (closed) throw new SandboxError('the sandbox is closed', { retryable: false });
    if (!('image' in root))
      throw new SandboxError('the Docker sandbox shows images, not directories', { retryable: false });
    return walls.use(root.image, (current) => openWorkspace(current, root, files));
  };
  const tests = createImageTests((root) => runSelfTest(open, root));

  return {
    ...{ name: 'docker', slots, slotsOfWorkspace: slots, hasTerminals: true },
    open,
    probe: () => timeProbe(open, tests.proven()),
    selfTest: tests.test,
    warm: (root) => walls.warm(root.image),
    async cleanUp() {
      const containers = await cleaning.now();
      const imageBytes = await removeNamelessImages(engine);
      const forgotten = await walls.clearBuilds();
      return { containers, workspaces: 0, builds: forgotten.builds, bytes: forgotten.bytes + imageBytes };
    },
    async close() {
      closed = true;
      await walls.close();
      await cleaning.close();
    },
  };
}

type Start = (image: string) => Promise<SupervisorState>;

async function createStart(options: NestedSandboxOptions, instance: string): Promise<Start> {
  const { engine, log, artifactCacheBytes } = options;
  const slots = boxesFor(options.slots, options.sessions);
  const parts = { engine, log, sources: await readSupervisorSources() };
  const seccompProfile =
    options.seccompProfile ?? JSON.stringify(JSON.parse(await readFile(SECCOMP_PROFILE, 'utf8')));
  const ranges = Math.max(1, Math.floor(BOX_UIDS / slots));
  let started = 0;
  return async (image) => {
    const firstUid = FIRST_BOX_UID + (started++ % ranges) * slots;
    const supervisor = await startNestedSupervisor(parts, {
      ...{ image, slots, firstUid, seccompProfile, isolation: options.isolation ?? 'default' },
      storeBytes: 2 * artifactCacheBytes + STORE_SLACK_BYTES,
      labels: boxLabels(options.home, instance),
      runtime: options.runtime,
    });
    return createSupervisorState(supervisor, {
      capacityBytes: artifactCacheBytes,
      sharedBuilds: options.sharedBuilds,
    });
  };
}
