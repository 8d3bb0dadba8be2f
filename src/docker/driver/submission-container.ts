// The one container of a submission: taken when there is something to run, given its files, replaced when it is lost.
// It knows runs and artifacts, and nothing of what a build is remembered for.

import { longestRunMs } from '../../limits.ts';
import type { Connection } from '../../sandbox/connection.ts';
import { dropFrame, type RunAnswer, type RunFrame, restoreFrame, storeFrame } from '../../sandbox/frames.ts';
import {
  type BoxCommand,
  type BoxFile,
  type BoxLimits,
  type BoxOutcome,
  CANCELLED,
  type ImageRoot,
  type Session,
} from '../../sandbox/sandbox.ts';
import type { LiveStreams } from '../../sandbox/session-frames.ts';
import type { ContainerSpec } from '../container-config.ts';
import type { Container } from './container.ts';
import { type ContainerPool, fit } from './container-pool.ts';
import { specFor } from './container-size.ts';

/** A program to run, as the workspace received it. */
export interface Order {
  readonly command: BoxCommand;
  readonly stdin: Uint8Array;
  readonly limits: BoxLimits;
  readonly signal: AbortSignal;
  /** With live streams: which, and who gets the session as soon as the program is about to run. */
  readonly live?: { readonly streams: LiveStreams; onStart(session: Session): void };
  /** What `/code` holds in place of the submission's files. */
  readonly code?: readonly BoxFile[] | undefined;
}

export interface SubmissionContainer {
  /** Has a container with these limits. `buildBytes` is the size of the build that it has to have room for. */
  ready(order: Order, buildBytes: number): Promise<void>;
  /** True while the container that was last ready is alive and has the build that it made or was given. */
  hasBuild(): boolean;
  forgetBuild(): void;
  /** Gives it a build that was made elsewhere. */
  putBuild(artifact: Uint8Array): Promise<void>;
  /** Runs a program, with the build at /build if it is there and wanted. Throws a `SandboxError`. */
  run(order: Order, withBuild: boolean): Promise<RunAnswer>;
  /** Runs a compiler, whose output becomes the build when it ends well. */
  make(order: Order): Promise<RunAnswer>;
  /** The files of the build. */
  fetchBuild(): Promise<Buffer>;
  /** Lets go of the container. */
  leave(): void;
}

/** A container that says nothing for this long, or for this long after a run's time is up, is lost. */
const SILENCE_MS = 15_000;
const CODE = 1;
const BUILD = 2;
/** Files of one run alone get numbers from here on, each another: the supervisor may show those of the run before. */
const FIRST_OF_RUN = 3;
const MAX_NUMBER = 2 ** 31;
let lastOfRun = FIRST_OF_RUN;

export function createSubmissionContainer(
  pool: ContainerPool,
  root: ImageRoot,
  files: readonly BoxFile[],
): SubmissionContainer {
  const codeBytes = bytesOf(files);
  let container: Container | null = null;
  let builtIn: Container | null = null;
  let exhausted: Container | null = null; // one in which a program used up the memory

  function leave(): void {
    if (container) pool.release(container);
    container = null;
  }

  const current = (): Container => container ?? fail();

  /** A container in which something failed is left: a program may have made it so, and the next try is to be a fair one. */
  async function within<T>(use: (used: Container) => Promise<T>): Promise<T> {
    const used = current();
    try {
      const value = await use(used);
      if (!used.connection.isOpen()) leave();
      return value;
    } catch (error) {
      leave();
      throw error;
    }
  }

  function run(order: Order, numbers: { build: number; collect: number }): Promise<RunAnswer> {
    return within(async (used) => {
      const code = order.code ? await storeForRun(used, order.code) : CODE;
      const answer = await runIn(used, order, { code, ...numbers }, exhausted !== used);
      if (code !== CODE) used.connection.send(dropFrame(code));
      if (answer.outcome.outOfMemory) exhausted = used;
      return answer;
    });
  }

  const hasBuild = () => container !== null && container === builtIn && container.connection.isOpen();
  return {
    async ready({ limits, stdin, live, code = [] }, buildBytes) {
      const kept = live ? { ...limits, outputBytes: 0 } : limits; // what is live is passed on
      const sentBytes = codeBytes + bytesOf(code);
      const spec = specFor(root, kept, { codeBytes: sentBytes, buildBytes, stdinBytes: stdin.length });
      if (!container?.connection.isOpen() || !(await container.answers())) leave();
      try {
        if (container && !(await fit(container, spec.limits))) leave();
        container ??= await takeWithFiles(pool, spec, files);
      } catch (error) {
        leave();
        throw error;
      }
    },
    hasBuild,
    forgetBuild: () => {
      builtIn = null;
    },
    putBuild: (artifact) =>
      within(async (used) => {
        await inTime(
          used,
          used.connection.request((id) => restoreFrame(id, BUILD, artifact)),
        );
        builtIn = used;
      }),
    run: (order, withBuild) => run(order, { build: withBuild && hasBuild() ? BUILD : 0, collect: 0 }),
    async make(order) {
      const used = current();
      builtIn = null;
      const answer = await run(order, { build: 0, collect: BUILD });
      if (answer.collected) builtIn = used;
      return answer;
    },
    fetchBuild: () => within((used) => inTime(used, used.connection.fetch(BUILD))),
    leave,
  };
}

function fail(): never {
  throw new Error('there is no container yet');
}

/** Resolves with the number under which the container has the files. */
async function storeForRun(used: Container, files: readonly BoxFile[]): Promise<number> {
  lastOfRun = lastOfRun < MAX_NUMBER ? lastOfRun + 1 : FIRST_OF_RUN;
  const number = lastOfRun;
  await inTime(
    used,
    used.connection.request((id) => storeFrame(id, number, files)),
  );
  return number;
}

function bytesOf(files: readonly BoxFile[]): number {
  return files.reduce((sum, { content }) => sum + content.length, 0);
}

async function takeWithFiles(
  pool: ContainerPool,
  spec: ContainerSpec,
  files: readonly BoxFile[],
): Promise<Container> {
  const taken = await pool.take(spec);
  const { connection } = taken;
  try {
    await inTime(
      taken,
      connection.request((id) => storeFrame(id, CODE, files)),
    );
    return taken;
  } catch (error) {
    pool.release(taken);
    throw error;
  }
}

/**
 * For a container that ended, the engine reports whether the kernel ever killed one of its processes for memory, but not
 * which. Only in a first run, where `noneBefore` is true, is that this run's end.
 */
async function runIn(
  container: Container,
  order: Order,
  numbers: Pick<RunFrame, 'code' | 'build' | 'collect'>,
  noneBefore: boolean,
): Promise<RunAnswer> {
  const { connection, ranOutOfMemory, hasFlooded } = container;
  const waitMs = longestRunMs(order.limits) + SILENCE_MS;
  const answer = runOrder(connection, order, { root: 0, ...numbers });
  try {
    return await inTime(container, answer, waitMs);
  } catch (error) {
    if (hasFlooded()) return floodEnded();
    if (noneBefore && !connection.isOpen() && (await ranOutOfMemory())) return memoryUsedUp(order.limits);
    throw error;
  }
}

async function runOrder(
  connection: Connection,
  { command, stdin, limits, signal, live }: Order,
  numbers: Pick<RunFrame, 'root' | 'code' | 'build' | 'collect'>,
): Promise<RunAnswer> {
  const frame = { ...numbers, command, stdin, limits };
  if (!live) return connection.run(frame, signal);
  const session = await connection.start({ ...frame, streams: live.streams }, signal);
  live.onStart(session);
  return { outcome: await session.ended, collected: false, artifactBytes: 0, problem: '' };
}

/** Gives up a container that does not answer. */
async function inTime<T>({ connection }: Container, answer: Promise<T>, waitMs = SILENCE_MS): Promise<T> {
  const silence = setTimeout(() => connection.break('the container did not answer in time'), waitMs);
  try {
    return await answer;
  } finally {
    clearTimeout(silence);
  }
}

/** The kernel chose the supervisor for what its programs used. */
function memoryUsedUp(limits: BoxLimits): RunAnswer {
  const outcome: BoxOutcome = {
    ...CANCELLED,
    cancelled: false,
    signal: 'SIGKILL',
    limitReached: 'memory',
    outOfMemory: true,
    memoryBytes: limits.memoryBytes,
  };
  return { outcome, collected: false, artifactBytes: 0, problem: '' };
}

/** It printed without end where only the supervisor should, as some runtimes let it. */
function floodEnded(): RunAnswer {
  const outcome: BoxOutcome = { ...CANCELLED, cancelled: false, signal: 'SIGKILL', limitReached: 'output' };
  return { outcome, collected: false, artifactBytes: 0, problem: '' };
}
