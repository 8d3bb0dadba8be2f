// The workspaces of the native driver: put the files of a submission and its build into the living supervisor, and again
// into the one that replaces it.

import { assertFileNames, assertFiles, assertRun } from '../bounds.ts';
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
import { filesKey } from '../source-cache.ts';
import {
  type BuildRequest,
  buildIn,
  drop,
  findIn,
  type Placement,
  place,
  release,
  repeatBuild,
  runWith,
  type Stored,
  type Submission,
  withFiles,
} from './placement.ts';
import type { SupervisorState } from './supervisor-state.ts';

const NOTHING = new Uint8Array();
type Order = Pick<RunFrame, 'command' | 'stdin' | 'limits'>;
type Code = readonly BoxFile[] | undefined;

/** Puts `code` in place of the submission's files for one run, and returns how to drop it. */
function codeFor(place: Placement, code: Code): { shown: Stored; drop(): void } {
  if (code === undefined) return { shown: place.code, drop: () => {} };
  const shown = place.state.store(code);
  shown.stored.catch(() => undefined); // the run reports it
  return { shown, drop: () => place.state.supervisor.drop(shown.artifact) };
}

function frameOf({ root, build }: Placement, { artifact }: Stored, order: Order): RunFrame {
  return { ...order, root, code: artifact, build: build?.build.artifact ?? 0, collect: 0 };
}

async function runIn(place: Placement, order: Order, code: Code, signal: AbortSignal): Promise<BoxOutcome> {
  const { shown, drop } = codeFor(place, code);
  return (await runWith(place, shown, frameOf(place, shown, order), signal).finally(drop)).outcome;
}

async function startIn(
  place: Placement,
  order: Order & { readonly streams: LiveStreams },
  code: Code,
  signal: AbortSignal,
): Promise<Session> {
  const { shown, drop } = codeFor(place, code);
  const frame = { ...frameOf(place, shown, order), streams: order.streams };
  const started = Promise.all([place.state.supervisor.start(frame, signal), shown.stored]);
  started.then(([{ ended }]) => ended).then(drop, drop);
  return (await started)[0];
}

function assertCode(code: Code): void {
  if (code === undefined) return;
  assertFiles(code);
  assertFileNames(code);
}

/** The files of the submission in the living supervisor. */
function createPlaces(currentState: () => Promise<SupervisorState>, submission: Submission) {
  let placement: Promise<Placement> | null = null;
  let isDisposed = false;
  return {
    isDisposed: () => isDisposed,
    async placed(): Promise<Placement> {
      const asked = placement;
      const known = await asked?.catch(() => null);
      if (isDisposed) throw new SandboxError('the workspace is closed', { retryable: false });
      if (known?.state.supervisor.isAlive()) return withFiles(known, submission);
      if (placement === asked) placement = currentState().then((state) => place(state, submission));
      return placement as Promise<Placement>;
    },
    async dispose() {
      isDisposed = true;
      const place = await placement?.catch(() => null);
      if (place) drop(place);
    },
  };
}

/** The submission's build, which every placement gets. */
function createBuilds({ placed, isDisposed }: ReturnType<typeof createPlaces>, submission: Submission) {
  let kept: BuildRequest | null = null; // the build whose output is at /build
  return {
    async build(request: BuildRequest, signal: AbortSignal): Promise<BuildOutcome> {
      const place = await placed();
      kept = null;
      const { build, cached } = await buildIn(place, submission, request, signal);
      if (build.artifact !== 0) kept = request;
      if (isDisposed()) release(place);
      return { ...build.outcome, cached };
    },
    async find(request: BuildRequest): Promise<BuildOutcome | null> {
      const place = await placed();
      const found = findIn(place, submission, request.command);
      if (found !== null) kept = place.build?.build.artifact ? request : null;
      if (isDisposed()) release(place);
      return found;
    },
    /** The placement, with the build in it. */
    async ready(): Promise<Placement> {
      const place = await placed();
      if (kept) await repeatBuild(place, submission, kept, isDisposed);
      return place;
    },
  };
}

/** Opens a workspace in the supervisor that `currentState` returns. */
export async function openWorkspace(
  currentState: () => Promise<SupervisorState>,
  root: RootFileSystem,
  files: readonly BoxFile[],
): Promise<Workspace> {
  assertCode(files);
  const submission = { root, files, key: filesKey(files) };
  const places = createPlaces(currentState, submission);
  const builds = createBuilds(places, submission);

  async function start(
    command: BoxCommand,
    limits: BoxLimits,
    signal: AbortSignal,
    options: SessionOptions = {},
  ): Promise<Session> {
    if (signal.aborted) return endedSession(CANCELLED);
    const order = { command, limits, stdin: options.input ?? NOTHING, streams: liveStreamsOf(options) };
    assertRun(order);
    assertCode(options.code);
    const place = await builds.ready();
    if (signal.aborted) return endedSession(CANCELLED);
    return startIn(place, order, options.code, signal);
  }

  await places.placed();
  return {
    async build(command, limits, signal): Promise<BuildOutcome> {
      if (signal.aborted) return { ...CANCELLED, cached: false };
      assertRun({ command, limits, stdin: NOTHING });
      return builds.build({ command, limits }, signal);
    },
    findBuild: (command, limits) => builds.find({ command, limits }),
    async run(command, stdin, limits, signal, onOutput, code): Promise<BoxOutcome> {
      const options = { input: stdin, code };
      if (onOutput) return followSession(await start(command, limits, signal, options), onOutput);
      if (signal.aborted) return CANCELLED;
      assertRun({ command, limits, stdin });
      assertCode(code);
      const place = await builds.ready();
      if (signal.aborted) return CANCELLED;
      return runIn(place, { command, stdin, limits }, code, signal);
    },
    start,
    [Symbol.asyncDispose]: places.dispose,
  };
}
