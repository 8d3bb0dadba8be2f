// From a result to a submission as Judge0 shows it: a status, streams, times and memory, and any other field that a client
// wants. All streams come as Base64 of the exact bytes.

import { isUtf8 } from 'node:buffer';
import type { ExecutionResult, TestResult } from '../../api/execution.ts';
import type { Execution } from '../../api/stored-execution.ts';
import { ServiceError } from '../../errors.ts';
import type { Judge0Attributes } from './judge0-attributes.ts';
import { isCompiledNumber, type Judge0Language } from './judge0-languages.ts';
import { failedCompile, MULTI_FILE } from './judge0-program.ts';
import { signalNumber } from './signals.ts';

export const STATUSES = [
  'In Queue',
  'Processing',
  'Accepted',
  'Wrong Answer',
  'Time Limit Exceeded',
  'Compilation Error',
  'Runtime Error (SIGSEGV)',
  'Runtime Error (SIGXFSZ)',
  'Runtime Error (SIGFPE)',
  'Runtime Error (SIGABRT)',
  'Runtime Error (NZEC)',
  'Runtime Error (Other)',
  'Internal Error',
  'Exec Format Error',
].map((description, index) => ({ id: index + 1, description }));

const STATUS = {
  queued: 1,
  processing: 2,
  accepted: 3,
  wrongAnswer: 4,
  timeLimit: 5,
  compilation: 6,
  nonZero: 11,
  other: 12,
  internal: 13,
};
const STATUS_OF_SIGNAL: Readonly<Record<string, number>> = { SIGSEGV: 7, SIGXFSZ: 8, SIGFPE: 9, SIGABRT: 10 };

const DEFAULT_FIELDS = ['stdout', 'time', 'memory', 'stderr', 'token', 'compile_output', 'message', 'status'];
const ALL_FIELDS = [
  ...['source_code', 'language_id', 'stdin', 'expected_output', 'stdout', 'status_id', 'created_at'],
  ...[
    'finished_at',
    'time',
    'memory',
    'stderr',
    'token',
    'number_of_runs',
    'cpu_time_limit',
    'cpu_extra_time',
  ],
  ...['wall_time_limit', 'memory_limit', 'stack_limit', 'max_processes_and_or_threads'],
  ...['enable_per_process_and_thread_time_limit', 'enable_per_process_and_thread_memory_limit'],
  ...['max_file_size', 'compile_output', 'exit_code', 'exit_signal', 'message', 'wall_time'],
  ...['compiler_options', 'command_line_arguments', 'redirect_stderr_to_stdout', 'callback_url'],
  ...['additional_files', 'enable_network', 'status', 'language'],
];
/** Seconds that Judge0 writes as texts. */
const SECONDS = ['cpu_time_limit', 'cpu_extra_time', 'wall_time_limit'] as const;
/** Characters of a line of Base64. */
const BASE64_LINE = /.{1,60}/g;

/** The fields that a request wants. Throws a `ServiceError` for unknown ones. */
export function fieldsWanted(query: string | undefined): readonly string[] {
  const wanted = (query ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (wanted.length === 0) return DEFAULT_FIELDS;
  if (wanted.includes('*')) return ALL_FIELDS;
  const unknown = wanted.filter((name) => !ALL_FIELDS.includes(name));
  if (unknown.length === 0) return wanted;
  throw new ServiceError('invalid_request', `invalid fields: [${unknown.join(', ').slice(0, 200)}]`);
}

/** What became of a submission; bytes are texts of programs. */
interface Outcome {
  readonly status_id: number;
  readonly stdout: Buffer | null;
  readonly stderr: Buffer | null;
  readonly compile_output: Buffer | null;
  readonly message: Buffer | null;
  readonly time: string | null;
  readonly wall_time: string | null;
  readonly memory: number | null;
  readonly exit_code: number | null;
  readonly exit_signal: number | null;
}

export interface Judge0Submission {
  readonly token: string;
  readonly attributes: Judge0Attributes;
  readonly language: Pick<Judge0Language, 'number' | 'label'>;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly outcome: Outcome;
}

/** The wanted fields of a submission. Throws `NOT_UTF8` if they are no text and the client wants text. */
export function shownSubmission(
  submission: Judge0Submission,
  { isBase64, fields }: { readonly isBase64: boolean; readonly fields: readonly string[] },
): Record<string, unknown> {
  const { attributes, outcome, language, token, createdAt, finishedAt } = submission;
  const all: Record<string, unknown> = {
    ...attributes,
    ...(attributes.source_code.length === 0 && { source_code: null }),
    ...Object.fromEntries(SECONDS.map((name) => [name, attributes[name].toFixed(1)])),
    ...outcome,
    token,
    created_at: createdAt,
    finished_at: finishedAt,
    status: STATUSES[outcome.status_id - 1],
    language: { id: language.number, name: language.label },
  };
  return Object.fromEntries(fields.map((name) => [name, shown(all[name], isBase64)]));
}

/** Thrown for bytes that are not UTF-8 where a client wants text. */
export const NOT_UTF8 = new ServiceError(
  'invalid_request',
  'some attributes for this submission cannot be converted to UTF-8, use base64_encoded=true query parameter',
);

function shown(value: unknown, isBase64: boolean): unknown {
  if (!Buffer.isBuffer(value)) return value ?? null;
  if (isBase64) return encoded(value);
  if (!isUtf8(value)) throw NOT_UTF8;
  return value.toString('utf8');
}

/** Base64 with an end of line after 60 characters and at the end. */
function encoded(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(BASE64_LINE) ?? [];
  return lines.map((line) => `${line}\n`).join('');
}

/** Of a submission that has not ended. */
export function ofProgress(isQueued: boolean): Outcome {
  const end = { status_id: isQueued ? STATUS.queued : STATUS.processing, exit_code: null, exit_signal: null };
  return { ...end, ...NO_FIGURES, ...NO_STREAMS, message: null };
}

export function outcomeOf(
  result: Pick<Execution, 'status' | 'compile' | 'results' | 'message'> | ExecutionResult,
  {
    language_id: number,
    redirect_stderr_to_stdout: isRedirected,
  }: Pick<Judge0Attributes, 'language_id' | 'redirect_stderr_to_stdout'>,
): Outcome {
  const said = result.compile === null ? null : bytesOf(result.compile.output);
  if (result.status === 'compilation_error') {
    return isCompiledNumber(number)
      ? compilationError(said, result.compile?.message ?? null)
      : syntaxError(said);
  }
  const test = result.results.find(({ passed }) => !passed) ?? result.results[0];
  const isOver = result.status === 'internal_error' || result.status === 'cancelled';
  if (test === undefined || isOver) {
    const own = 'message' in result ? result.message : null;
    return ofFailure(test?.message ?? own ?? 'The program was not run');
  }
  const [stdout, stderr] = [bytesOf(test.stdout), bytesOf(test.stderr)];
  const refused = number === MULTI_FILE && test.exit_code === 1 ? failedCompile(stderr) : null;
  if (refused !== null) return compilationError(refused, null);
  const both = Buffer.concat([stdout ?? Buffer.alloc(0), stderr ?? Buffer.alloc(0)]);
  return {
    ...endOf(test),
    stdout: isRedirected ? both : stdout,
    stderr: isRedirected ? null : stderr,
    ...(isRedirected && both.length === 0 && { stdout: null }),
    compile_output: said,
    ...meansOf(result.results),
  };
}

/** `null` for an empty text. */
function bytesOf(base64: string | null): Buffer | null {
  return base64 === null || base64 === '' ? null : Buffer.from(base64, 'base64');
}

const NO_FIGURES = { time: null, wall_time: null, memory: null };
const NO_STREAMS = { stdout: null, stderr: null, compile_output: null };

function compilationError(said: Buffer | null, message: string | null): Outcome {
  const isLate = message?.includes('time limit') ?? false;
  const text = isLate ? Buffer.from('Compilation time limit exceeded.') : said;
  const end = { status_id: STATUS.compilation, exit_code: 0, exit_signal: null, message: null };
  return { ...end, ...NO_FIGURES, ...NO_STREAMS, compile_output: text };
}

/** Judge0 does not compile the language: the program fails when it starts. */
function syntaxError(said: Buffer | null): Outcome {
  const message = Buffer.from('Exited with error status 1');
  const end = { status_id: STATUS.nonZero, exit_code: 1, exit_signal: null, message };
  return { ...end, ...NO_STREAMS, stderr: said, time: '0.0', wall_time: '0.0', memory: 0 };
}

/** For a submission that the service did not run. */
export function ofFailure(message: string): Outcome {
  const end = { status_id: STATUS.internal, exit_code: 0, exit_signal: null, message: Buffer.from(message) };
  return { ...end, ...NO_FIGURES, ...NO_STREAMS };
}

function endOf(test: TestResult) {
  const { status, limit, signal, exit_code: code, message } = test;
  const end = (status_id: number, text: string | null, exit_signal: number | null = null) => ({
    status_id,
    message: text === null ? null : Buffer.from(text),
    exit_code: code ?? 0,
    exit_signal,
  });
  switch (status) {
    case 'completed':
    case 'accepted':
      return end(STATUS.accepted, null);
    case 'wrong_answer':
      return end(STATUS.wrongAnswer, null);
    case 'time_limit_exceeded':
      return end(STATUS.timeLimit, `Time limit exceeded${limit === 'wall' ? ' (wall clock)' : ''}`);
    case 'output_limit_exceeded':
      return end(STATUS_OF_SIGNAL.SIGXFSZ ?? STATUS.other, 'Caught fatal signal 25', 25);
    case 'runtime_error': {
      if (signal === null) return end(STATUS.nonZero, `Exited with error status ${code}`);
      const number = signalNumber(signal);
      return end(STATUS_OF_SIGNAL[signal] ?? STATUS.other, `Caught fatal signal ${number}`, number);
    }
    case 'memory_limit_exceeded':
    case 'security_violation':
      return end(STATUS.other, message, signal === null ? null : signalNumber(signal));
    default:
      return end(STATUS.internal, message);
  }
}

/** The means of all runs. */
function meansOf(runs: readonly TestResult[]) {
  const ran = runs.filter(({ status }) => status !== 'skipped');
  const mean = (figure: (run: TestResult) => number) =>
    ran.reduce((sum, run) => sum + figure(run), 0) / Math.max(1, ran.length);
  return {
    time: (mean(({ cpu_time_ms }) => cpu_time_ms) / 1000).toFixed(3),
    wall_time: (mean(({ wall_time_ms }) => wall_time_ms) / 1000).toFixed(3),
    memory: Math.round(mean(({ memory_kb }) => memory_kb)),
  };
}
