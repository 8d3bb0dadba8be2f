// The story of an execution: open a workspace, compile once, run every test, return the record. A program's fault is in
// the record; a `ServiceError` is thrown only if the service itself fails.

import { messageFrom, type Subject } from '../checkers/program-end.ts';
import { ServiceError } from '../errors.ts';
import { SandboxError, type Workspace } from '../sandbox/sandbox.ts';
import { compile } from './compile.ts';
import { type ExecuteParts, type Execution, prepareExecution } from './execution.ts';
import { groupResults } from './group-scores.ts';
import { maximaOf, nowMs, roundedMs } from './measurements.ts';
import { type OpenProgram, openProgram } from './problem-program.ts';
import type { CompileRecord, Execute, ExecutionRecord, TestRecord } from './record.ts';
import { withOneRetry } from './retry.ts';
import { runGroups } from './run-groups.ts';
import { leaveOutTests, runTests } from './run-tests.ts';
import { checkCommand, compileCommand } from './source.ts';
import { overallStatus, summaryOf } from './summary.ts';
import type { ProblemProgram } from './task.ts';

/** Seconds after which a client may try again if the sandbox is unavailable. */
const RETRY_AFTER_SECONDS = 5;

export function createExecute(parts: ExecuteParts): Execute {
  return async (task, signal, onEvent = () => {}) => {
    const { executionId: id } = task;
    using _output = parts.outputs?.begin(id, task.liveOutput === true);
    const execution = prepareExecution(parts, task, signal, (event) => {
      if (event.type === 'test') parts.outputs?.forget(id, event.test.index);
      onEvent(event);
    });
    if (signal.aborted) return recordOf(execution, null, leaveOutTests(task, 'cancelled'));
    try {
      await using workspace = await openWorkspace(execution);
      const compiled = await compileOnce(execution, workspace);
      if (compiled?.status === 'compilation_error')
        return recordOf(execution, compiled, uncompiledResults(execution));
      await using checker = await openJudge(execution, 'The checker', task.checkerProgram);
      await using interactor = await openJudge(execution, 'The interactor', task.interactor);
      const run = task.groups === undefined ? runTests : runGroups;
      const results = await run(execution, { workspace, checker, interactor });
      return recordOf(execution, compiled, results, [checker, interactor]);
    } catch (error) {
      throw asServiceError(error);
    }
  };
}

function openWorkspace(execution: Execution): Promise<Workspace> {
  const { parts, toolchain, files, signal } = execution;
  return withOneRetry(execution, signal, () => parts.sandbox.open(toolchain.root, files));
}

/** Resolves with `null` when there is nothing to compile, or the execution was cancelled. */
async function compileOnce(execution: Execution, workspace: Workspace): Promise<CompileRecord | null> {
  const { task, signal, emit } = execution;
  const compiler = compileCommand(execution);
  const command = compiler ?? (task.isBroken === true ? checkCommand(checkedSource(execution)) : null);
  if (command === null) return null;
  try {
    const compiled = await compile(execution, execution.language, command, workspace, () =>
      emit({ type: 'status', status: 'compiling' }),
    );
    // What only looks broken runs, and has not been compiled.
    if (compiler === null && !isSyntaxError(compiled)) return null;
    emit({ type: 'compile', compile: compiled });
    return compiled;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

/** Of unit tests, it is the program's own main file that may be broken. */
function checkedSource(execution: Execution): Execution {
  const { unitTests } = execution.task;
  return unitTests === undefined ? execution : { ...execution, sourceFile: unitTests.mainFile };
}

function isSyntaxError({ status, exit_code }: CompileRecord): boolean {
  return status === 'compilation_error' && exit_code !== null;
}

/** If a program does not compile, every test is skipped, and a run without tests has no result. */
function uncompiledResults({ task, emit }: Execution): readonly TestRecord[] {
  if (!task.judged) return [];
  const results = leaveOutTests(task, 'skipped');
  for (const test of results) emit({ type: 'test', test });
  return results;
}

/** Resolves with `null` when there is no such program, or the execution was cancelled. */
async function openJudge(
  execution: Execution,
  subject: Subject,
  program: ProblemProgram | undefined,
): Promise<OpenProgram | null> {
  const { task, signal } = execution;
  if (!task.judged || program === undefined) return null;
  try {
    return await openProgram(execution, subject, program);
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

function recordOf(
  execution: Execution,
  compiled: CompileRecord | null,
  results: readonly TestRecord[],
  programs: readonly (OpenProgram | null)[] = [],
): ExecutionRecord {
  const { task, parts } = execution;
  // A task may have been accepted before the clock was set back and the service started anew.
  const finishedAtMs = Math.max(nowMs(), task.acceptedAtMs);
  return {
    execution_id: task.executionId,
    status: overallStatus(task, compiled, results),
    language: task.languageId,
    version: task.version,
    ...(task.problem !== undefined && { problem: task.problem }),
    compile: compiled,
    results,
    summary: summaryOf(task, results),
    ...(task.groups && { groups: [...groupResults(task, results)] }),
    ...maximaOf(results),
    queue_time_ms: roundedMs((execution.firstSlotAtMs() ?? finishedAtMs) - task.queuedAtMs),
    total_time_ms: roundedMs(finishedAtMs - task.acceptedAtMs),
    sandbox: parts.sandbox.name,
    timings: { validation_ms: task.validation && roundedMs(task.validation.timeMs) },
    warnings: [...task.warnings, ...programs.flatMap(warningsAbout)],
    ...(task.validation && { analysis: task.validation.analysis }),
    created_at: task.createdAt,
    finished_at: new Date(finishedAtMs).toISOString(),
  };
}

function warningsAbout(program: OpenProgram | null): string[] {
  if (program === null || program.problem === null) return [];
  return [`${program.subject} does not compile: ${messageFrom(program.problem) ?? ''}`];
}

function asServiceError(error: unknown): unknown {
  if (!(error instanceof SandboxError)) return error;
  const options = { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error };
  const message = error.busy
    ? 'The machine is too busy to compile this program now'
    : 'The sandbox is temporarily unavailable';
  return new ServiceError('unavailable', message, options);
}
