// The story of an execution: open a workspace, compile once, run every test, and tell how it went. What the program
// does wrong is in the result; a `ServiceError` is thrown only when the service itself fails.

import { ServiceError } from '../errors.ts';
import { SandboxError, type Workspace } from '../sandbox/sandbox.ts';
import { type CheckedCode, NOT_CHECKED } from './accept.ts';
import { compile } from './compile.ts';
import { maximaOf, nowMs, roundedMs } from './measurements.ts';
import type { CompileRecord, Execute, ExecutionRecord, TestRecord } from './record.ts';
import { withOneRetry } from './retry.ts';
import { compileCommand, type ExecuteParts, prepareRun, type Run } from './run.ts';
import { leaveOutTests, runTests } from './run-tests.ts';
import { overallStatus, summaryOf } from './summary.ts';

/** Seconds after which a client may try again when no sandbox can be had. */
const RETRY_AFTER_SECONDS = 5;

export function createExecute(parts: ExecuteParts): Execute {
  return async (task, signal, onEvent = () => {}) => {
    const run = prepareRun(parts, task, signal, onEvent);
    if (signal.aborted) return recordOf(run, null, leaveOutTests(task, 'cancelled'), NOT_CHECKED);
    try {
      await using workspace = await openWorkspace(run);
      const compiled = await compileOnce(run, workspace);
      const results = await testResults(run, workspace, compiled);
      return recordOf(run, compiled, results, await run.checked);
    } catch (error) {
      throw asServiceError(error);
    }
  };
}

function openWorkspace(run: Run): Promise<Workspace> {
  const { parts, toolchain, files, signal } = run;
  return withOneRetry(run, signal, () => parts.sandbox.open(toolchain.root, files));
}

/** Resolves with `null` when there is nothing to compile, or the execution was cancelled. */
async function compileOnce(run: Run, workspace: Workspace): Promise<CompileRecord | null> {
  const command = compileCommand(run);
  if (command === null) return null;
  const { language, signal } = run;
  try {
    using _slot = await run.acquire(signal);
    run.tell({ type: 'status', status: 'compiling' });
    const compiled = await withOneRetry(run, signal, () => compile(language, command, workspace, signal));
    if (compiled === null) throw new SandboxError('the compiler was stopped', { retryable: false });
    run.tell({ type: 'compile', compile: compiled });
    return compiled;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

/** A program that does not compile has every test skipped, and no result for the run that nobody judges. */
async function testResults(
  run: Run,
  workspace: Workspace,
  compiled: CompileRecord | null,
): Promise<readonly TestRecord[]> {
  if (compiled?.status !== 'compilation_error') return runTests(run, workspace);
  if (!run.task.judged) return [];
  const results = leaveOutTests(run.task, 'skipped');
  for (const test of results) run.tell({ type: 'test', test });
  return results;
}

function recordOf(
  run: Run,
  compiled: CompileRecord | null,
  results: readonly TestRecord[],
  checked: CheckedCode,
): ExecutionRecord {
  const { task, parts } = run;
  const finishedAtMs = nowMs();
  return {
    execution_id: task.executionId,
    status: overallStatus(task, compiled, results),
    language: task.languageId,
    version: task.version,
    compile: compiled,
    results,
    summary: summaryOf(task, results),
    ...maximaOf(results),
    queue_time_ms: roundedMs((run.firstSlotAtMs() ?? finishedAtMs) - task.acceptedAtMs),
    total_time_ms: roundedMs(finishedAtMs - task.acceptedAtMs),
    sandbox: parts.sandbox.name,
    timings: { validation_ms: checked.timeMs === null ? null : roundedMs(checked.timeMs) },
    warnings: [...task.warnings, ...checked.warnings],
    created_at: task.createdAt,
    finished_at: new Date(finishedAtMs).toISOString(),
  };
}

function asServiceError(error: unknown): unknown {
  if (!(error instanceof SandboxError)) return error;
  const options = { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error };
  const message = error.busy
    ? 'The machine is too busy to compile this program now'
    : 'No sandbox can be had for this execution';
  return new ServiceError('unavailable', message, options);
}
