// Compiles the files of an execution, once, within the limits of a compile. It knows nothing of tests.

import type { Language, LanguageCommand } from '../languages/language.ts';
import { COMPILE_LIMITS } from '../limits.ts';
import type { Workspace } from '../sandbox/sandbox.ts';
import { MIB } from '../units.ts';
import { measurementsOf } from './measurements.ts';
import { lastWordsOf, outputOf } from './output.ts';
import type { CompileRecord } from './record.ts';
import { verdictOfEnd } from './status.ts';

/** Builds in the workspace. Resolves with `null` when it was cancelled. Throws a `SandboxError`. */
export async function compile(
  language: Language,
  command: LanguageCommand,
  workspace: Workspace,
  signal: AbortSignal,
): Promise<CompileRecord | null> {
  const outcome = await workspace.build(command, COMPILE_LIMITS, signal);
  if (outcome.cancelled) return null;
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
