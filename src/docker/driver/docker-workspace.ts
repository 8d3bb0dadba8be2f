// The workspaces of the Docker driver: a submission has one container for all its programs, which run in it one after
// the other. Builds are kept by the service, out of reach of any program.

import { assertFileNames, assertFiles, assertRun } from '../../sandbox/bounds.ts';
import {
  type Build,
  type BuildCache,
  buildKey,
  type HeldBuild,
  sizeOfBuild,
} from '../../sandbox/build-cache.ts';
import {
  type BoxCommand,
  type BoxFile,
  type BoxLimits,
  type BoxOutcome,
  type BuildOutcome,
  CANCELLED,
  type ImageRoot,
  SandboxError,
  type Session,
  type SessionOptions,
  type Workspace,
} from '../../sandbox/sandbox.ts';
import { endedSession, followSession, liveStreamsOf } from '../../sandbox/session.ts';
import { filesKey } from '../../sandbox/source-cache.ts';
import { MIB } from '../../units.ts';
import type { ContainerPool } from './container-pool.ts';
import type { KeptContainers } from './kept-containers.ts';
import { createSemaphore, type Semaphore } from './semaphore.ts';
import { createSubmissionContainer, type Order, type SubmissionContainer } from './submission-container.ts';

export interface Artifact {
  /** A build's files as the supervisor gives them; `null` when there are none, or too many to be moved. */
  readonly content: Buffer | null;
  readonly bytes: number;
}

export interface WorkspaceParts {
  readonly pool: ContainerPool;
  readonly builds: BuildCache<Artifact>;
  /** Programs that run at the same time, of all workspaces. */
  readonly slots: Semaphore;
  /** Containers of workspaces that run nothing now. */
  readonly keptContainers: KeptContainers;
}

interface Submission {
  readonly root: ImageRoot;
  readonly files: readonly BoxFile[];
}

const NOTHING = new Uint8Array();
/** In a container, a program could make as many as it has descriptors, which the kernel counts to nobody. */
const NO_TERMINALS = 'containers have no terminals';
/** A build without files, as the supervisor would give it. */
const NO_FILES = Buffer.alloc(2);
export const NO_ARTIFACT: Artifact = { content: null, bytes: 0 };
/** Larger builds are not moved: they stay in their own container. */
const MAX_MOVED_BYTES = 40 * MIB;

/** Opens a workspace; a container is taken when there is something to run. Throws a `SandboxError` for bad files. */
export function openWorkspace(parts: WorkspaceParts, submission: Submission): Workspace {
  const { root, files } = submission;
  assertFiles(files);
  assertFileNames(files);
  const container = createSubmissionContainer(parts.pool, root, files);
  const builder = createBuilder(parts.builds, submission, container);
  const turn = createSemaphore(1);
  let disposed = false;

  /** One program of the workspace at a time, and of all workspaces as many as there are slots. */
  async function inTurn<T>(order: Order, cancelled: T, run: () => Promise<T>): Promise<T> {
    assertRun({ ...order, streams: order.live?.streams });
    assertFiles(order.code ?? []);
    assertFileNames(order.code ?? []);
    const { signal } = order;
    using own = await turn.acquire(signal);
    using slot = own && (await parts.slots.acquire(signal));
    if (disposed) throw new SandboxError('the workspace is closed', { retryable: false });
    if (slot === null || signal.aborted) return cancelled;
    try {
      return await parts.keptContainers.use(container.leave, run);
    } finally {
      if (disposed) release(); // while it ran
    }
  }

  /** A session holds its turn and its slot until it has ended. */
  function start(
    command: BoxCommand,
    limits: BoxLimits,
    signal: AbortSignal,
    options: SessionOptions = {},
  ): Promise<Session> {
    if (options.terminal) return Promise.reject(new SandboxError(NO_TERMINALS, { retryable: false }));
    const { promise, resolve, reject } = Promise.withResolvers<Session>();
    const onStart = (session: Session) => resolve({ ...session, ended });
    const live = { streams: liveStreamsOf(options), onStart };
    const order = { command, stdin: options.input ?? NOTHING, limits, signal, live, code: options.code };
    const ended = inTurn(order, CANCELLED, () => builder.run(order));
    ended.then((outcome) => resolve(endedSession(outcome)), reject);
    return promise;
  }

  function release(): void {
    builder.release();
    parts.keptContainers.forget(container.leave);
    container.leave();
  }

  return {
    build(command, limits, signal): Promise<BuildOutcome> {
      const order = { command, stdin: NOTHING, limits, signal };
      return inTurn<BuildOutcome>(order, { ...CANCELLED, cached: false }, () => builder.build(order));
    },
    findBuild: async (command, limits) => builder.find(command, limits),
    async run(command, stdin, limits, signal, onOutput, code): Promise<BoxOutcome> {
      if (onOutput)
        return followSession(await start(command, limits, signal, { input: stdin, code }), onOutput);
      const order = { command, stdin, limits, signal, code };
      return inTurn(order, CANCELLED, () => builder.run(order));
    },
    start,
    async [Symbol.asyncDispose]() {
      disposed = true;
      release();
    },
  };
}

interface Builder {
  build(order: Order): Promise<BuildOutcome>;
  find(command: BoxCommand, limits: BoxLimits): BuildOutcome | null;
  /** Runs a program with the workspace's build. */
  run(order: Order): Promise<BoxOutcome>;
  release(): void;
}

function createBuilder(
  builds: BuildCache<Artifact>,
  { root, files }: Submission,
  container: SubmissionContainer,
): Builder {
  let held: HeldBuild<Artifact> | null = null;
  let kept: { command: BoxCommand; limits: BoxLimits } | null = null; // the build whose output is /build
  const key = filesKey(files);

  function take(made: HeldBuild<Artifact>, command: BoxCommand, limits: BoxLimits): BuildOutcome {
    held?.release();
    held = made;
    if (made.cached) container.forgetBuild();
    const { outcome } = made.build;
    kept = outcome.exitCode === 0 ? { command, limits } : null;
    return { ...outcome, cached: made.cached };
  }

  async function build(order: Order): Promise<BuildOutcome> {
    kept = null;
    const { command, limits, signal } = order;
    const make = () => makeBuild(container, order);
    const made = await builds.use(buildKey(root, key, command), make, signal, command.isLocal);
    return take(made, command, limits);
  }

  /** Has the build in the container that `order` is for. One too large to be moved is built again when it is lost. */
  async function putBuild(order: Order): Promise<void> {
    const { content, bytes } = held?.build.artifact ?? NO_ARTIFACT;
    if (content === null && !container.hasBuild() && kept) {
      container.leave(); // one that was taken for a program may have less room than the compiler needs
      const again = await build({ ...order, ...kept, stdin: NOTHING });
      if (order.signal.aborted) return;
      if (again.exitCode !== 0)
        throw new SandboxError('the build did not succeed a second time', { retryable: true });
    }
    await container.ready(order, bytes);
    if (container.hasBuild()) return;
    if (content !== null) return container.putBuild(content);
    container.leave();
    throw new SandboxError('the container ended with its build', { retryable: true });
  }

  return {
    build,
    find(command, limits) {
      const made = builds.find(buildKey(root, key, command));
      return made && take(made, command, limits);
    },
    async run(order) {
      if (kept) await putBuild(order);
      else await container.ready(order, 0);
      if (order.signal.aborted) return CANCELLED;
      return (await container.run(order, kept !== null)).outcome;
    },
    release() {
      held?.release();
      held = null;
    },
  };
}

async function makeBuild(container: SubmissionContainer, order: Order): Promise<Build<Artifact>> {
  if (order.signal.aborted)
    return {
      outcome: { ...CANCELLED, cached: false },
      artifact: NO_ARTIFACT,
      bytes: sizeOfBuild(CANCELLED, 0),
    };
  await container.ready(order, 0);
  const { outcome, collected, artifactBytes, problem } = await container.make(order);
  const leftNothing = outcome.exitCode === 0 && !collected && problem === ''; // not even the place for it
  const isMovable = collected && artifactBytes <= MAX_MOVED_BYTES;
  const content = isMovable ? await container.fetchBuild() : leftNothing ? NO_FILES : null;
  const answer = problem === '' ? outcome : { ...outcome, exitCode: 1, stderr: Buffer.from(problem) };
  const bytes = sizeOfBuild(outcome, content?.length ?? 0);
  const artifact = { content, bytes: content?.length ?? artifactBytes };
  return { outcome: { ...answer, cached: false }, artifact, bytes };
}
