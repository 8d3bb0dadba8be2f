// The submissions of a package's authors, and what is expected of each: by its directory, or by what it says itself.

import type { ExecutionStatus } from '../../api/execution.ts';
import { PROBLEM_LIMITS } from '../../limits.ts';
import type { PackageFiles } from './package-files.ts';
import { type PackageProgram, programsIn, readProgram } from './program-files.ts';

export interface Submission extends PackageProgram {
  /** The directory's name, or what the source says. */
  readonly expected: string;
  /** Statuses that are as expected. */
  readonly statuses: readonly ExecutionStatus[];
}

const RUN_TIME_ERRORS: readonly ExecutionStatus[] = [
  'runtime_error',
  'memory_limit_exceeded',
  'output_limit_exceeded',
  'security_violation',
];
const REJECTED: readonly ExecutionStatus[] = [...RUN_TIME_ERRORS, 'wrong_answer', 'time_limit_exceeded'];

const BY_DIRECTORY: Readonly<Record<string, readonly ExecutionStatus[]>> = {
  accepted: ['accepted'],
  partially_accepted: ['partially_accepted'],
  rejected: REJECTED,
  wrong_answer: ['wrong_answer', 'output_limit_exceeded'],
  time_limit_exceeded: ['time_limit_exceeded'],
  run_time_error: RUN_TIME_ERRORS,
  compiler_error: ['compilation_error'],
};
/** As DOMjudge writes them into a source. */
const BY_NOTE: Readonly<Record<string, readonly ExecutionStatus[]>> = {
  CORRECT: ['accepted'],
  ACCEPTED: ['accepted'],
  'WRONG-ANSWER': ['wrong_answer'],
  WRONG_ANSWER: ['wrong_answer'],
  'NO-OUTPUT': ['wrong_answer'],
  TIMELIMIT: ['time_limit_exceeded'],
  TIME_LIMIT_EXCEEDED: ['time_limit_exceeded'],
  'RUN-ERROR': RUN_TIME_ERRORS,
  RUN_TIME_ERROR: RUN_TIME_ERRORS,
  'MEMORY-LIMIT': ['memory_limit_exceeded', 'runtime_error'],
  'OUTPUT-LIMIT': ['output_limit_exceeded', 'wrong_answer'],
  'COMPILER-ERROR': ['compilation_error'],
};
const NOTE = /@EXPECTED_RESULTS@:[ \t]*([A-Z_, -]{1,200})/;
const ROOT = 'submissions/';

/** Those of which nothing is expected are left out, with a warning. */
export function readSubmissions(files: PackageFiles, warnings: string[]): readonly Submission[] {
  const directories = new Set(
    [...files.keys()].flatMap((path) => {
      const [root, directory, ...rest] = path.split('/');
      return root === 'submissions' && rest.length > 0 ? [directory ?? ''] : [];
    }),
  );
  const read = [...directories].flatMap((directory) =>
    [...programsIn(files, `${ROOT}${directory}/`)].flatMap(([path, program]) => {
      const source = readSubmission(path, program, warnings);
      const expectation = source && expectationOf(directory, source);
      if (source !== null && expectation === null)
        warnings.push(`${path} is not run: nothing is expected of it`);
      return source && expectation ? [{ ...source, ...expectation }] : [];
    }),
  );
  if (read.length > PROBLEM_LIMITS.submissions) {
    warnings.push(`only the first ${PROBLEM_LIMITS.submissions} of ${read.length} submissions are run`);
  }
  return read.slice(0, PROBLEM_LIMITS.submissions);
}

function readSubmission(path: string, program: PackageFiles, warnings: string[]): PackageProgram | null {
  try {
    const read = readProgram(path, program);
    if (read === null) warnings.push(`${path} is not run: its language is not known`);
    return read;
  } catch (error) {
    warnings.push(`${(error as Error).message}: it is not run`);
    return null;
  }
}

function expectationOf(
  directory: string,
  { files }: PackageProgram,
): Pick<Submission, 'expected' | 'statuses'> | null {
  const note = files.flatMap(({ content }) => NOTE.exec(content.toString('latin1'))?.[1] ?? [])[0];
  const words = (note ?? '').split(',').map((word) => word.trim());
  const noted = words.flatMap((word) => BY_NOTE[word] ?? []);
  if (noted.length > 0) return { expected: words.join(', '), statuses: noted };
  const statuses = BY_DIRECTORY[directory];
  return statuses === undefined ? null : { expected: directory, statuses };
}
