// What a workspace of the native driver has in one supervisor: its root, its files, its build, which is made again in a
// supervisor that replaces another one. Knows nothing of when a supervisor is replaced.

import { type Build, buildKey, type HeldBuild, sizeOfBuild } from '../build-cache.ts';
import type { RunAnswer, RunFrame } from '../frames.ts';
import {
  type BoxCommand,
  type BoxFile,
  type BoxLimits,
  type BuildOutcome,
  type RootFileSystem,
  SandboxError,
} from '../sandbox.ts';
import type { HeldFiles } from '../source-cache.ts';
import type { SupervisorState } from './supervisor-state.ts';

const NOTHING = new Uint8Array();
export interface BuildRequest {
  readonly command: BoxCommand;
  readonly limits: BoxLimits;
}

/** What a workspace has in one supervisor. */
export interface Placement {
  readonly state: SupervisorState;
  readonly root: number;
  code: HeldFiles;
  build: HeldBuild | null;
  /** The build of an earlier supervisor, while it is repeated in this one. */
  rebuild: Promise<void> | null;
}

export interface Submission {
  readonly root: RootFileSystem;
  readonly files: readonly BoxFile[];
  /** Of the files. */
  readonly key: string;
}

export async function place(state: SupervisorState, { root, files, key }: Submission): Promise<Placement> {
  const number = await state.root(root);
  return { state, root: number, code: state.sources.hold(key, files), build: null, rebuild: null };
}

/** Stores the files anew where that failed. */
export function withFiles(place: Placement, { files, key }: Submission): Placement {
  if (!place.code.hasFailed()) return place;
  place.code.release();
  place.code = place.state.sources.hold(key, files);
  return place;
}

export type Stored = Pick<HeldFiles, 'artifact' | 'stored'>;

/** Runs at once, behind what stores the files: if that fails, it is the reason. */
export async function runWith(
  place: Placement,
  code: Stored,
  frame: RunFrame,
  signal: AbortSignal,
): Promise<RunAnswer> {
  const [answer] = await Promise.all([place.state.supervisor.run(frame, signal), code.stored]);
  return answer;
}

async function makeBuild(place: Placement, request: BuildRequest, signal: AbortSignal): Promise<Build> {
  const collect = place.state.nextArtifact();
  const { root, code } = place;
  const frame = { ...request, root, code: code.artifact, build: 0, collect, stdin: NOTHING };
  const { outcome, collected, artifactBytes, problem } = await runWith(place, code, frame, signal);
  const reported = problem === '' ? outcome : { ...outcome, exitCode: 1, stderr: Buffer.from(problem) };
  const bytes = sizeOfBuild(outcome, artifactBytes);
  return { outcome: { ...reported, cached: false }, artifact: collected ? collect : 0, bytes };
}

/** Builds, and makes the result the placement's build in place of an earlier one. */
export async function buildIn(
  place: Placement,
  submission: Submission,
  request: BuildRequest,
  signal: AbortSignal,
): Promise<HeldBuild> {
  const make = () => makeBuild(place, request, signal);
  const held = await place.state.builds.use(
    buildKey(submission.root, submission.key, request.command),
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
export async function repeatBuild(
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

export function release(place: Placement): void {
  place.build?.release();
  place.build = null;
}

export function drop(place: Placement): void {
  release(place);
  place.code.release();
}

/** The build if an identical one is kept, which becomes the placement's build then. */
export function findIn(place: Placement, submission: Submission, command: BoxCommand): BuildOutcome | null {
  const held = place.state.builds.find(buildKey(submission.root, submission.key, command));
  if (held === null) return null;
  release(place);
  place.build = held;
  return { ...held.build.outcome, cached: true };
}
