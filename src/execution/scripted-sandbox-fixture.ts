// A sandbox for tests that runs no programs: a script says how each one ends. It keeps the contract otherwise, and
// fails a test that breaks its own side of it: more boxes than slots, a box in a closed workspace, a leaked workspace.

import assert from 'node:assert/strict';
import type {
  BoxCommand,
  BoxFile,
  BoxLimits,
  BoxOutcome,
  BuildOutcome,
  OnOutput,
  RootFileSystem,
  Sandbox,
  Workspace,
} from '../sandbox/sandbox.ts';
import { MIB } from '../units.ts';

interface ScriptedRun {
  readonly command: BoxCommand;
  readonly stdin: string;
  readonly limits: BoxLimits;
  readonly signal: AbortSignal;
  /** If somebody wants output while it runs. */
  readonly onOutput?: OnOutput | undefined;
}

/** Outputs may be given as text. */
export type ScriptedEnd = Omit<Partial<BuildOutcome>, 'stdout' | 'stderr'> & {
  readonly stdout?: string | Uint8Array;
  readonly stderr?: string | Uint8Array;
};

export interface Script {
  readonly slots?: number;
  readonly slotsOfWorkspace?: number;
  open?(attempt: number): Promise<void> | void;
  build?(run: Omit<ScriptedRun, 'stdin'>, attempt: number): Promise<ScriptedEnd> | ScriptedEnd;
  /** A build that is known; none is if absent. */
  findBuild?(run: Pick<ScriptedRun, 'command' | 'limits'>): ScriptedEnd | null;
  run?(run: ScriptedRun): Promise<ScriptedEnd> | ScriptedEnd;
}

export interface ScriptedSandbox extends Sandbox {
  readonly opened: { root: RootFileSystem; files: readonly BoxFile[] }[];
  readonly builds: Omit<ScriptedRun, 'stdin'>[];
  readonly runs: ScriptedRun[];
  /** Workspaces that are open, and the most boxes that ran at once. */
  readonly counts: { open: number; boxes: number; mostBoxes: number };
}

const ENDED_WELL: BuildOutcome = {
  exitCode: 0,
  signal: null,
  limitReached: null,
  outOfMemory: false,
  forbiddenSystemCall: false,
  cancelled: false,
  stdout: new Uint8Array(),
  stderr: new Uint8Array(),
  stdoutTruncated: false,
  stderrTruncated: false,
  cpuTimeMs: 1,
  cpuUserMs: 1,
  cpuSystemMs: 0,
  wallTimeMs: 2,
  memoryBytes: MIB,
  cached: false,
};

export const CANCELLED = { exitCode: null, signal: 'SIGKILL', cancelled: true } as const;

export function createScriptedSandbox(script: Script): ScriptedSandbox {
  const opened: ScriptedSandbox['opened'] = [];
  const sandbox: ScriptedSandbox = {
    name: 'native',
    slots: script.slots ?? 2,
    slotsOfWorkspace: script.slotsOfWorkspace ?? script.slots ?? 2,
    hasTerminals: true,
    opened,
    builds: [],
    runs: [],
    counts: { open: 0, boxes: 0, mostBoxes: 0 },
    open: async (root, files) => {
      opened.push({ root, files });
      await script.open?.(opened.length);
      sandbox.counts.open += 1;
      return createWorkspace(sandbox, script);
    },
    probe: async () => 1,
    cleanUp: async () => ({ containers: 0, workspaces: 0, builds: 0, bytes: 0 }),
    close: async () => {},
  };
  return sandbox;
}

function createWorkspace(sandbox: ScriptedSandbox, script: Script): Workspace {
  let isOpen = true;
  let boxes = 0;
  const inBox = async (signal: AbortSignal, end: () => Promise<ScriptedEnd> | ScriptedEnd | undefined) => {
    assert.ok(isOpen, 'a box was requested in a closed workspace');
    if (signal.aborted) return outcomeOf(CANCELLED);
    const { counts } = sandbox;
    counts.boxes += 1;
    boxes += 1;
    counts.mostBoxes = Math.max(counts.mostBoxes, counts.boxes);
    assert.ok(counts.boxes <= sandbox.slots, 'more boxes than slots');
    try {
      return outcomeOf((await end()) ?? {});
    } finally {
      counts.boxes -= 1;
      boxes -= 1;
    }
  };
  return {
    build: (command, limits, signal) => {
      const run = { command, limits, signal };
      sandbox.builds.push(run);
      return inBox(signal, () => script.build?.(run, sandbox.builds.length));
    },
    findBuild: async (command, limits) => {
      const end = script.findBuild?.({ command, limits });
      return end ? { ...outcomeOf(end), cached: true } : null;
    },
    run: (command, stdin, limits, signal, onOutput) => {
      const run = { command, limits, signal, stdin: Buffer.from(stdin).toString(), onOutput };
      sandbox.runs.push(run);
      return inBox(signal, () => script.run?.(run));
    },
    start: () => Promise.reject(new Error('the script has no sessions')),
    [Symbol.asyncDispose]: async () => {
      assert.equal(boxes, 0, 'a workspace was closed while a box of it ran');
      isOpen = false;
      sandbox.counts.open -= 1;
    },
  };
}

export function outcomeOf(end: ScriptedEnd): BuildOutcome {
  const bytes = (output: string | Uint8Array = '') =>
    typeof output === 'string' ? Buffer.from(output) : output;
  return { ...ENDED_WELL, ...end, stdout: bytes(end.stdout), stderr: bytes(end.stderr) } satisfies BoxOutcome;
}

/** Resolves as a killed program when the signal is aborted. */
export function untilAborted(signal: AbortSignal): Promise<ScriptedEnd> {
  const { promise, resolve } = Promise.withResolvers<ScriptedEnd>();
  if (signal.aborted) resolve(CANCELLED);
  signal.addEventListener('abort', () => resolve(CANCELLED), { once: true });
  return promise;
}
