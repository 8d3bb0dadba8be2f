// The workspaces of the native driver: put the files of a submission and its build into the living supervisor, and again
// into the one that replaces it.

import { assertFiles, assertRun } from '../bounds.ts';
import { type Build, buildKey, type HeldBuild, sizeOfBuild } from '../build-cache.ts';
import type { RunFrame } from '../frames.ts';
import {
  type BoxCommand,
  type BoxFile,
  type BoxLimits,
  type BoxOutcome,
  type BuildOutcome,
  CANCELLED,
  type RootFileSystem,
  SandboxError,
  type Session,
  type SessionOptions,
  type Workspace,
} from '../sandbox.ts';
import { endedSession, followSession, liveStreamsOf } from '../session.ts';
import type { LiveStreams } from '../session-frames.ts';
import type { SupervisorState } from './supervisor-state.ts';

const NOTHING = new Uint8Array();

interface BuildRequest {
  readonly command: BoxCommand;
  readonly limits: BoxLimits;
}

/** What a workspace has in one supervisor. */
interface Placement {
  readonly state: SupervisorState;
  readonly root: number;
  readonly code: number;
  build: HeldBuild | null;
  /** The build of an earlier supervisor, while it is repeated in this one. */
  rebuild: Promise<void> | null;
}

interface Submission {
  readonly root: RootFileSystem;
  readonly files: readonly BoxFile[];
}

async function place(state: SupervisorState, { root, files }: Submission): Promise<Placement> {
  const number = await state.root(root);
  return { state, root: number, code: await state.store(files), build: null, rebuild: null };
}

async function makeBuild(place: Placement, request: BuildRequest, signal: AbortSignal): Promise<Build> {
  const collect = place.state.nextArtifact();
  const frame = { ...request, root: place.root, code: place.code, build: 0, collect, stdin: NOTHING };
  const { outcome, collected, artifactBytes, problem } = await place.state.supervisor.run(frame, signal);
  const reported = problem === '' ? outcome : { ...outcome, exitCode: 1, stderr: Buffer.from(problem) };
  const bytes = sizeOfBuild(outcome, artifactBytes);
  return { outcome: { ...reported, cached: false }, artifact: collected ? collect : 0, bytes };
}

/** Builds, and makes the result the placement's build in place of an earlier one. */
async function buildIn(
  place: Placement,
  submission: Submission,
  request: BuildRequest,
  signal: AbortSignal,
): Promise<HeldBuild> {
  const make = () => makeBuild(place, request, signal);
  const held = await place.state.builds.use(
    buildKey(submission.root, submission.files, request.command),
    make,
    signal,
    request.command.isLocal,
  );
  place.build?.release();
  place.build = held;
  return held;
}

/** Repeats the build of a supervisor that is gone. No single run may cancel it. */
async function buildAgain(place: Placement, submission: Submission, request: BuildRequest): Promise<void> {
  const held = await buildIn(place, submission, request, new AbortController().signal);
  if (held.build.artifact !== 0) return;
  place.build = null;
  held.release();
  throw new SandboxError('the build did not succeed a second time', { retryable: true });
}

/** Has the workspace's build in the placement; it is missing in the supervisor that replaced another one. */
async function repeatBuild(
  place: Placement,
  submission: Submission,
  request: BuildRequest,
  isDisposed: () => boolean,
): Promise<void> {
  if (place.build) return;
  place.rebuild ??= buildAgain(place, submission, request).finally(() => {
    place.rebuild = null;
    if (isDisposed()) release(place);
  });
  await place.rebuild;
}

function release(place: Placement): void {
  place.build?.release();
  place.build = null;
}

function drop(place: Placement): void {
  release(place);
  place.state.supervisor.drop(place.code);
}

function numbersOf({ root, code, build }: Placement) {
  return { root, code, build: build?.build.artifact ?? 0, collect: 0 };
}

type Order = Pick<RunFrame, 'command' | 'stdin' | 'limits'>;
type Code = readonly BoxFile[] | undefined;

/** The numbers for one run, with `code` in place of the submission's files, and how to drop it. */
async function numbersFor(place: Placement, code: Code) {
  if (code === undefined) return { numbers: numbersOf(place), drop: () => {} };
  const shown = await place.state.store(code);
  const drop = () => place.state.supervisor.drop(shown);
  return { numbers: { ...numbersOf(place), code: shown }, drop };
}

async function runIn(place: Placement, order: Order, code: Code, signal: AbortSignal): Promise<BoxOutcome> {
  const { numbers, drop } = await numbersFor(place, code);
  return (await place.state.supervisor.run({ ...numbers, ...order }, signal).finally(drop)).outcome;
}

async function startIn(
  place: Placement,
  order: Order & { readonly streams: LiveStreams },
  code: Code,
  signal: AbortSignal,
): Promise<Session> {
  const { numbers, drop } = await numbersFor(place, code);
  const started = place.state.supervisor.start({ ...numbers, ...order }, signal);
  started.then(({ ended }) => ended).then(drop, drop);
  return started;
}

/** Opens a workspace in the supervisor that `currentState` returns. */
export async function openWorkspace(
  currentState: () => Promise<SupervisorState>,
  root: RootFileSystem,
  files: readonly BoxFile[],
): Promise<Workspace> {
  const submission = { root, files };
  let placement: Promise<Placement> | null = null;
  let kept: BuildRequest | null = null; // the build whose output is at /build
  let disposed = false;

  async function placed(): Promise<Placement> {
    const asked = placement;
    const known = await asked?.catch(() => null);
    if (disposed) throw new SandboxError('the workspace is closed', { retryable: false });
    if (known?.state.supervisor.isAlive()) return known;
    if (placement === asked) placement = currentState().then((state) => place(state, submission));
    return placement as Promise<Placement>;
  }

  /** The placement, with the build in it. */
  async function ready(): Promise<Placement> {
    const place = await placed();
    if (kept) await repeatBuild(place, submission, kept, () => disposed);
    return place;
  }

  async function start(
    command: BoxCommand,
    limits: BoxLimits,
    signal: AbortSignal,
    options: SessionOptions = {},
  ): Promise<Session> {
    if (signal.aborted) return endedSession(CANCELLED);
    const order = { command, limits, stdin: options.input ?? NOTHING, streams: liveStreamsOf(options) };
    assertRun(order);
    assertFiles(options.code ?? []);
    const place = await ready();
    if (signal.aborted) return endedSession(CANCELLED);
    return startIn(place, order, options.code, signal);
  }

  assertFiles(files);
  await placed();
  return {
    async build(command, limits, signal): Promise<BuildOutcome> {
      if (signal.aborted) return { ...CANCELLED, cached: false };
      assertRun({ command, limits, stdin: NOTHING });
      const place = await placed();
      kept = null;
      const { build, cached } = await buildIn(place, submission, { command, limits }, signal);
      if (build.artifact !== 0) kept = { command, limits };
      if (disposed) release(place);
      return { ...build.outcome, cached };
    },
    async run(command, stdin, limits, signal, onOutput, code): Promise<BoxOutcome> {
      const options = { input: stdin, code };
      if (onOutput) return followSession(await start(command, limits, signal, options), onOutput);
      if (signal.aborted) return CANCELLED;
      assertRun({ command, limits, stdin });
      assertFiles(code ?? []);
      const place = await ready();
      if (signal.aborted) return CANCELLED;
      return runIn(place, { command, stdin, limits }, code, signal);
    },
    start,
    async [Symbol.asyncDispose]() {
      disposed = true;
      const place = await placement?.catch(() => null);
      if (place) drop(place);
    },
  };
}
