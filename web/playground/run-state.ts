// The run that is shown: what is known of it while it runs, and what it waits for.

import { computed, signal } from '@preact/signals';
import type { ExecuteRequest, ExecutionResult, TestResult } from '../../src/api/execution.ts';
import type { CompileResult } from '../../src/api/result-fields.ts';
import type { Problem } from '../shared/api.ts';

type Phase = 'idle' | 'sending' | 'queued' | 'compiling' | 'running' | 'done' | 'refused';

export interface Run {
  readonly phase: Phase;
  /** What was sent. */
  readonly request: ExecuteRequest | null;
  readonly executionId: string | null;
  /** While it is queued: how many others wait, if that is known. */
  readonly othersWaiting: number | null;
  readonly compile: CompileResult | null;
  /** By index of the test; those that have not ended are missing. */
  readonly tests: readonly (TestResult | undefined)[];
  /** What tests that run have written so far, by index; the end of it if it is long. */
  readonly output: readonly (string | undefined)[];
  readonly result: ExecutionResult | null;
  readonly problem: Problem | null;
  /** What the run waits for beside the service's work, as a sentence. */
  readonly waiting: string | null;
  /** What a person should know of it beside its result, such as that it was lost. */
  readonly notice: string | null;
}

export const NO_RUN: Run = {
  phase: 'idle',
  request: null,
  executionId: null,
  othersWaiting: null,
  compile: null,
  tests: [],
  output: [],
  result: null,
  problem: null,
  waiting: null,
  notice: null,
};

export const run = signal<Run>(NO_RUN);

const ACTIVE: readonly Phase[] = ['sending', 'queued', 'compiling', 'running'];

export const isActive = computed(() => ACTIVE.includes(run.value.phase));
export const testCount = computed(() => run.value.request?.test_cases?.length ?? 0);

export function changeRun(change: Partial<Run>): void {
  run.value = { ...run.value, ...change };
}

/** Where the run is, in words. */
export const progress = computed(() => {
  const { phase, tests, waiting, othersWaiting } = run.value;
  if (waiting !== null) return waiting;
  if (phase === 'queued' && othersWaiting) return `Queued, at most ${othersWaiting} ahead`;
  if (phase === 'queued' || phase === 'sending') return 'Queued';
  if (phase === 'compiling') return 'Compiling…';
  if (phase !== 'running') return '';
  const ended = tests.filter((test) => test !== undefined).length;
  const total = testCount.value;
  return total > 0 ? `Running test ${Math.min(ended + 1, total)} of ${total}` : 'Running…';
});
