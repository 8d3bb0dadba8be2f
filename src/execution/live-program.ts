// A sandbox whose programs run live: instead of reading its input from the task and returning its output, a program gets
// streams that its caller holds. The execution around it (compile, slots, verdict, record) is that of any other.

import {
  type BoxOutcome,
  type Sandbox,
  SandboxError,
  type Session,
  type TerminalSize,
  type Workspace,
} from '../sandbox/sandbox.ts';

/** What the caller holds while the program runs; see `Session` of the sandbox. */
export type LiveProgram = Omit<Session, 'ended' | 'usedCpuTimeMs'>;

export interface LiveRun {
  /** `null`: the program has pipes. */
  readonly terminal: TerminalSize | null;
  readonly wallTimeMs: number;
  /** Without input and output. */
  readonly idleTimeMs: number;
  /** Of each stream. */
  readonly outputBytes: number;
  /** Called once, when the program is about to run. */
  onProgram(program: LiveProgram): void;
  /** Called when it has ended. */
  onEnd(outcome: BoxOutcome): void;
}

/** What programs find out about their terminal. */
const TERMINAL_TYPE = 'xterm-256color';

/** For one execution with one run, which is `live`. */
export function withLiveRun(sandbox: Sandbox, live: LiveRun): Sandbox {
  return {
    ...sandbox,
    open: async (root, files) => {
      const workspace = await sandbox.open(root, files);
      return {
        build: (...args) => workspace.build(...args),
        findBuild: (...args) => workspace.findBuild(...args),
        start: (...args) => workspace.start(...args),
        run: (...args) => runLive(workspace, live, ...args),
        [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
      };
    },
  };
}

async function runLive(
  workspace: Workspace,
  { terminal, wallTimeMs, idleTimeMs, outputBytes, onProgram, onEnd }: LiveRun,
  ...[command, stdin, limits, signal]: Parameters<Workspace['run']>
): Promise<BoxOutcome> {
  const environment = terminal ? { ...command.environment, TERM: TERMINAL_TYPE } : command.environment;
  const session = await workspace.start(
    { ...command, environment },
    { ...limits, wallTimeMs, outputBytes },
    signal,
    { terminal: terminal ?? undefined, idleTimeMs },
  );
  if (stdin.length > 0) session.stdin.write(stdin);
  onProgram(session);
  try {
    const outcome = await session.ended;
    onEnd(outcome);
    return outcome;
  } catch (cause) {
    // Input was read and output was seen: it cannot be run a second time.
    throw new SandboxError('a live program was lost', { retryable: false, cause });
  }
}
