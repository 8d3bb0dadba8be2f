// The submissions of a package's authors, and what is expected of each: by its directory, or by what it says itself.

import type { ExecutionStatus } from '../../api/execution.ts';
import { PROBLEM_LIMITS, REQUEST_SIZES } from '../../limits.ts';
import { MIB } from '../../units.ts';
import { PackageFault, type PackageFiles } from './package-files.ts';
import { bytesOf, idOfLanguage, type PackageProgram, programsIn, readProgram } from './program-files.ts';
import {
  defaultOf,
  type Requirement,
  readSubmissionRules,
  SUBMISSIONS_YAML,
  type SubmissionNotes,
} from './submission-rules.ts';

export interface Submission extends PackageProgram {
  /** The directory's name, or what the source says. */
  readonly expected: string;
  /** Statuses that are as expected. */
  readonly statuses: readonly ExecutionStatus[];
  /** Of verdicts of single tests, which decide in place of the status if there are any. */
  readonly requirements: readonly Requirement[];
}

const RUN_TIME_ERRORS: readonly ExecutionStatus[] = [
  'runtime_error',
  'memory_limit_exceeded',
  'output_limit_exceeded',
  'security_violation',
];
export const REJECTED: readonly ExecutionStatus[] = [
  ...RUN_TIME_ERRORS,
  'wrong_answer',
  'time_limit_exceeded',
];

const BY_DIRECTORY = new Map<string, readonly ExecutionStatus[]>(
  Object.entries({
    accepted: ['accepted'],
    partially_accepted: ['partially_accepted'],
    rejected: REJECTED,
    wrong_answer: ['wrong_answer', 'output_limit_exceeded'],
    time_limit_exceeded: ['time_limit_exceeded'],
    run_time_error: RUN_TIME_ERRORS,
    compiler_error: ['compilation_error'],
  }),
);
/** As DOMjudge writes them into a source. */
const BY_NOTE = new Map<string, readonly ExecutionStatus[]>(
  Object.entries({
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
  }),
);
const NOTE = /@EXPECTED_RESULTS@:[ \t]*([A-Z_, -]{1,200})/;
const ROOT = 'submissions/';
/** Of all that are run: they are held until the last has ended. */
export const MAX_SUBMISSIONS_BYTES = 8 * MIB;

/** Those of which nothing is expected, and those beyond the bounds, are left out, with a warning. */
export function readSubmissions(
  files: PackageFiles,
  tests: readonly string[],
  warnings: string[],
): readonly Submission[] {
  const notesOf = readSubmissionRules(files, tests, warnings);
  const read: Submission[] = [];
  let left = MAX_SUBMISSIONS_BYTES;
  for (const [directory, inDirectory] of directoriesOf(files)) {
    for (const [path, program] of programsIn(inDirectory, `${ROOT}${directory}/`)) {
      if (read.length === PROBLEM_LIMITS.submissions) {
        warnings.push(`only the first ${PROBLEM_LIMITS.submissions} submissions are run, up to ${path}`);
        return read;
      }
      const bytes = bytesOf(program);
      if (bytes > Math.min(left, REQUEST_SIZES.filesBytes)) {
        warnings.push(`${path} is not run: it is too large`);
        continue;
      }
      left -= bytes;
      const notes = notesOf(path.slice(ROOT.length));
      const source = readSubmission(path, program, notes, warnings);
      const expectation = source && expectationOf(directory, source, notes);
      if (source !== null && expectation === null)
        warnings.push(`${path} is not run: nothing is expected of it`);
      if (source && expectation) read.push({ ...source, ...expectation });
    }
  }
  return read;
}

function directoriesOf(files: PackageFiles): ReadonlyMap<string, PackageFiles> {
  const directories = new Map<string, Map<string, Buffer>>();
  for (const [path, content] of files) {
    const [root, directory = '', ...rest] = path.split('/');
    if (root !== 'submissions' || rest.length === 0) continue;
    const found = directories.get(directory) ?? new Map<string, Buffer>();
    directories.set(directory, found.set(path, content));
  }
  return directories;
}

function readSubmission(
  path: string,
  program: PackageFiles,
  notes: SubmissionNotes,
  warnings: string[],
): PackageProgram | null {
  try {
    const read = withNotes(readProgram(path, program), notes);
    if (read === null) warnings.push(`${path} is not run: its language is not known`);
    return read;
  } catch (error) {
    warnings.push(`${(error as Error).message}: it is not run`);
    return null;
  }
}

function withNotes(
  read: PackageProgram | null,
  { language, entrypoint }: SubmissionNotes,
): PackageProgram | null {
  if (read === null) return null;
  const first = read.files.find(({ path }) => path === entrypoint);
  if (entrypoint !== null && first === undefined && /\.\w+$/.test(entrypoint))
    throw new PackageFault(read.path, `must have its entrypoint ${JSON.stringify(entrypoint)}`);
  return {
    ...read,
    ...(language !== null && { language: idOfLanguage(language) }),
    ...(first && { files: [first, ...read.files.filter((file) => file !== first)] }),
  };
}

function expectationOf(
  directory: string,
  { files }: PackageProgram,
  { requirements }: SubmissionNotes,
): Pick<Submission, 'expected' | 'statuses' | 'requirements'> | null {
  if (requirements.length > 0) return { expected: SUBMISSIONS_YAML, statuses: [], requirements };
  const note = files.flatMap(({ content }) => NOTE.exec(content.toString('latin1'))?.[1] ?? [])[0];
  const words = (note ?? '').split(',').map((word) => word.trim());
  const noted = words.flatMap((word) => BY_NOTE.get(word) ?? []);
  if (noted.length > 0) return { expected: words.join(', '), statuses: noted, requirements: [] };
  const statuses = BY_DIRECTORY.get(directory);
  if (statuses !== undefined) return { expected: directory, statuses, requirements: [] };
  const usual = defaultOf(directory);
  return usual.length === 0 ? null : { expected: directory, statuses: [], requirements: usual };
}
