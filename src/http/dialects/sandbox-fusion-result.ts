// From a result to the answer of SandboxFusion's API.

import type { ExecutionResult, TestResult } from '../../api/execution.ts';
import type { SubmittedFile } from '../../api/request-fields.ts';
import type { CompileResult } from '../../api/result-fields.ts';
import { signalNumber } from './signals.ts';

interface CommandResult {
  readonly status: 'Finished' | 'Error' | 'TimeLimitExceeded';
  readonly execution_time: number | null;
  readonly return_code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface SandboxFusionAnswer {
  readonly status: 'Success' | 'Failed' | 'SandboxError';
  readonly message: string;
  readonly compile_result: CommandResult | null;
  readonly run_result: CommandResult | null;
  readonly executor_pod_name: null;
  readonly files: Readonly<Record<string, string>>;
}

const SIGKILL = -signalNumber('SIGKILL');
const SIGSYS = -signalNumber('SIGSYS');
/** Languages that SandboxFusion runs from source: what a compiler prints here belongs to the run. */
const RUN_FROM_SOURCE: readonly string[] = ['python', 'javascript', 'typescript', 'bash'];

export function sandboxFusionAnswer(result: ExecutionResult): SandboxFusionAnswer {
  const isCompiled = result.compile !== null && !RUN_FROM_SOURCE.includes(result.language);
  const compileResult = isCompiled && result.compile ? ofCompile(result.compile) : null;
  if (result.status === 'compilation_error' && result.compile) {
    const runResult = isCompiled ? null : ofCompile(result.compile);
    return answer('Failed', '', compileResult, runResult);
  }
  const [test] = result.results;
  if (test === undefined || test.status === 'internal_error' || test.status === 'cancelled') {
    return sandboxError(test?.message ?? 'The program was not run');
  }
  const run = ofRun(test);
  const isSuccess = run.status === 'Finished' && run.return_code === 0;
  return answer(isSuccess ? 'Success' : 'Failed', '', compileResult, run);
}

/** The files that a client wants, by the names that it has for them; those that a program did not change are as sent. */
export function fetchedFiles(
  fetched: readonly { readonly name: string; readonly path: string }[],
  sent: readonly SubmittedFile[],
  { results: [test] }: ExecutionResult,
): Record<string, string> {
  const left = [...(test === undefined ? [] : [...(test.output_files ?? []), ...sent])];
  return Object.fromEntries(
    fetched.flatMap(({ name, path }) => {
      const file = left.find((each) => each.path === path);
      return typeof file?.content !== 'string' ? [] : [[name, file.content]];
    }),
  );
}

/** For what the service itself could not do. */
export function sandboxError(message: string): SandboxFusionAnswer {
  return answer('SandboxError', message, null, null);
}

/** For code that was rejected: it counts as a program that failed. */
export function rejectedAnswer(stderr: string): SandboxFusionAnswer {
  const run = { status: 'Finished' as const, execution_time: 0, return_code: 1, stdout: '', stderr };
  return answer('Failed', '', null, run);
}

function answer(
  status: SandboxFusionAnswer['status'],
  message: string,
  compile_result: CommandResult | null,
  run_result: CommandResult | null,
): SandboxFusionAnswer {
  return { status, message, compile_result, run_result, executor_pod_name: null, files: {} };
}

function ofCompile({
  status,
  exit_code,
  signal,
  stdout,
  stderr,
  message,
  ...compile
}: CompileResult): CommandResult {
  const execution_time = secondsOf(compile.wall_time_ms);
  const isLate = status !== 'completed' && (message?.includes('time limit') ?? false);
  if (isLate) return { status: 'TimeLimitExceeded', execution_time, return_code: null, stdout, stderr };
  const failure = signal === null ? exit_code || 1 : -signalNumber(signal);
  const return_code = status === 'completed' ? 0 : failure;
  return { status: 'Finished', execution_time, return_code, stdout, stderr: stderr || compile.output };
}

function ofRun(test: TestResult): CommandResult {
  const execution_time = secondsOf(test.wall_time_ms);
  const stdout = test.stdout ?? '';
  const stderr = test.stderr ?? '';
  const finished = (return_code: number, reason: string | null = null): CommandResult => ({
    status: 'Finished',
    execution_time,
    return_code,
    stdout,
    stderr:
      reason === null ? stderr : `${stderr}${stderr === '' || stderr.endsWith('\n') ? '' : '\n'}${reason}\n`,
  });
  switch (test.status) {
    case 'time_limit_exceeded':
      return { status: 'TimeLimitExceeded', execution_time, return_code: null, stdout, stderr };
    case 'memory_limit_exceeded':
    case 'output_limit_exceeded':
      return finished(SIGKILL, test.message);
    case 'security_violation':
      return finished(SIGSYS, test.message);
    case 'runtime_error':
      return finished(test.signal === null ? (test.exit_code ?? 1) : -signalNumber(test.signal));
    default:
      return finished(0);
  }
}

/** Times are known to a tenth of a millisecond. */
function secondsOf(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10_000;
}
