// Compiles the files of an execution, once, within the limits of a compile. What was compiled before needs no slot. It knows
// nothing of tests.

import type { Language, LanguageCommand } from '../languages/language.ts';
import { COMPILE_LIMITS } from '../limits.ts';
import { type BuildOutcome, SandboxError, type Workspace } from '../sandbox/sandbox.ts';
import { MIB } from '../units.ts';
import type { Execution } from './execution.ts';
import { measurementsOf } from './measurements.ts';
import { lastWordsOf, outputOf } from './output.ts';
import type { CompileRecord } from './record.ts';
import { withOneRetry } from './retry.ts';
import { verdictOfEnd } from './status.ts';

/**
 * Builds in the workspace, in a slot of the execution unless an identical build is known. `onBegin` is called when it has
 * one. Throws a `SandboxError`, also when it was cancelled.
 */
export async function compile(
  execution: Execution,
  language: Language,
  command: LanguageCommand,
  workspace: Workspace,
  onBegin: () => void = () => {},
): Promise<CompileRecord> {
  const { signal } = execution;
  const known = await withOneRetry(execution, signal, () => workspace.findBuild(command, COMPILE_LIMITS));
  using _slot = known === null ? await execution.acquire(signal) : null;
  onBegin();
  const outcome =
    known ?? (await withOneRetry(execution, signal, () => workspace.build(command, COMPILE_LIMITS, signal)));
  if (outcome.cancelled) throw new SandboxError('the compiler was stopped', { retryable: false });
  return recordOf(outcome, language);
}

function recordOf(outcome: BuildOutcome, language: Language): CompileRecord {
  const verdict = verdictOfEnd({
    subject: 'The compiler',
    outcome,
    stderr: lastWordsOf(outcome.stderr),
    limits: COMPILE_LIMITS,
    memoryLimitMb: COMPILE_LIMITS.memoryBytes / MIB,
    language,
  });
  return {
    status: verdict === null ? 'completed' : 'compilation_error',
    exit_code: outcome.signal === null ? outcome.exitCode : null,
    signal: outcome.signal,
    stdout: outputOf(outcome.stdout, outcome.stdoutTruncated),
    stderr: outputOf(outcome.stderr, outcome.stderrTruncated),
    ...measurementsOf(outcome),
    cached: outcome.cached,
    message: verdict?.message ?? null,
  };
}
