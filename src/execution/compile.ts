// Compiles the files of an execution, once, within the limits of a compile. It knows nothing of tests.

import type { Language, LanguageCommand } from '../languages/language.ts';
import { COMPILE_LIMITS } from '../limits.ts';
import type { Workspace } from '../sandbox/sandbox.ts';
import { measurementsOf } from './measurements.ts';
import { decodeOutput, outputFields } from './output.ts';
import type { CompileRecord } from './record.ts';
import { verdictOfEnd } from './status.ts';

const MIB = 1024 * 1024;

/** Builds in the workspace. Resolves with `null` when it was cancelled. Throws a `SandboxError`. */
export async function compile(
  language: Language,
  command: LanguageCommand,
  workspace: Workspace,
  signal: AbortSignal,
): Promise<CompileRecord | null> {
  const outcome = await workspace.build(command, COMPILE_LIMITS, signal);
  if (outcome.cancelled) return null;
  const stdout = decodeOutput(outcome.stdout, outcome.stdoutTruncated);
  const stderr = decodeOutput(outcome.stderr, outcome.stderrTruncated);
  const verdict = verdictOfEnd({
    subject: 'The compiler',
    outcome,
    stderr: stderr.text,
    limits: COMPILE_LIMITS,
    memoryLimitMb: COMPILE_LIMITS.memoryBytes / MIB,
    language,
  });
  return {
    status: verdict === null ? 'completed' : 'compilation_error',
    exit_code: outcome.signal === null ? outcome.exitCode : null,
    signal: outcome.signal,
    ...outputFields(stdout, stderr),
    ...measurementsOf(outcome),
    cached: outcome.cached,
    message: verdict?.message ?? null,
  };
}
