// What it takes to run one test: the solution's box, the programs of the problem, and the limits.

import type { BoxLimits, Workspace } from '../sandbox/sandbox.ts';
import type { Execution } from './execution.ts';
import type { OpenProgram } from './problem-program.ts';
import type { TaskTest } from './task.ts';

/** What the tests of an execution run in and are judged with. */
export interface Bench {
  readonly workspace: Workspace;
  readonly checker: OpenProgram | null;
  readonly interactor: OpenProgram | null;
}

export interface TestRun extends Bench {
  readonly execution: Execution;
  /** Place of the test in the task. */
  readonly index: number;
  /** With its data. */
  readonly test: TaskTest;
  readonly limits: BoxLimits;
  readonly signal: AbortSignal;
}
