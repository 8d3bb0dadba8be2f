// Reads an unpacked package of Polygon, a `problem.xml` with its files, as a problem of this service: its tests by their
// patterns, groups and points, the checker and the interactor, and the solutions as its proof.

import type { CheckerChoice } from '../../api/checker-choice.ts';
import type { ExecutionStatus } from '../../api/execution.ts';
import type { ProblemDefinition } from '../../api/problem.ts';
import { PROBLEM_LIMITS, REQUEST_SIZES } from '../../limits.ts';
import { MIB } from '../../units.ts';
import { PackageFault, type PackageFiles } from './package-files.ts';
import { fault, groupsOf, hasPoints, numberOf, POLYGON_MAIN, testsOf } from './polygon-tests.ts';
import { type PackageProgram, readProgram } from './program-files.ts';
import { asFile, type ReadPackage, within } from './read-package.ts';
import { MAX_SUBMISSIONS_BYTES, REJECTED, type Submission } from './submissions.ts';
import { elementAt, elementsAt, readXml, type XmlElement } from './xml.ts';

const MAX_NAME = 200;

/** Checkers that come with Polygon, for packages without their sources. */
const STANDARD_CHECKERS: Readonly<Record<string, CheckerChoice>> = {
  'std::fcmp.cpp': { type: 'lines' },
  'std::lcmp.cpp': { type: 'lines' },
  'std::hcmp.cpp': { type: 'tokens' },
  'std::ncmp.cpp': { type: 'tokens' },
  'std::wcmp.cpp': { type: 'tokens' },
  'std::yesno.cpp': { type: 'tokens', case_sensitive: false },
  'std::nyesno.cpp': { type: 'tokens', case_sensitive: false },
  'std::rcmp.cpp': { type: 'float', absolute: 1.5e-6 },
  'std::rcmp4.cpp': { type: 'float', absolute: 1e-4, relative: 1e-4 },
  'std::rcmp6.cpp': { type: 'float', absolute: 1e-6, relative: 1e-6 },
  'std::rcmp9.cpp': { type: 'float', absolute: 1e-9, relative: 1e-9 },
};

const STATUSES_BY_TAG: Readonly<Record<string, readonly ExecutionStatus[]>> = {
  main: ['accepted'],
  accepted: ['accepted'],
  rejected: REJECTED,
  failed: [...REJECTED, 'compilation_error'],
  'wrong-answer': ['wrong_answer', 'output_limit_exceeded'],
  'presentation-error': ['wrong_answer'],
  'time-limit-exceeded': ['time_limit_exceeded'],
  'time-limit-exceeded-or-accepted': ['time_limit_exceeded', 'accepted'],
  'time-limit-exceeded-or-memory-limit-exceeded': [
    'time_limit_exceeded',
    'memory_limit_exceeded',
    'runtime_error',
  ],
  'memory-limit-exceeded': ['memory_limit_exceeded', 'runtime_error'],
};

export function isPolygon(files: PackageFiles): boolean {
  return files.has(POLYGON_MAIN) && !files.has('problem.yaml') && !files.has('problem.json');
}

/** Throws a `PackageFault` that names the file and the element. */
export function readPolygon(files: PackageFiles): ReadPackage {
  const problem = readXml(files, POLYGON_MAIN);
  if (problem.name !== 'problem') throw fault(`must have the element <problem>, got <${problem.name}>`);
  const warnings: string[] = [];
  const testset = testsetOf(problem, warnings);
  const interactor = programOf(files, elementAt(problem, 'assets/interactor'), '<interactor>');
  const groups = groupsOf(testset);
  const definition: ProblemDefinition = {
    ...nameOf(problem),
    checker: checkerOf(files, problem),
    ...(interactor && { interactor: asTestlib(interactor) }),
    ...(groups.length > 0 ? { groups } : { stop_on_failure: !hasPoints(testset) }),
    time_limit: within('time_limit', numberOf(testset, 'time-limit') / 1000, warnings),
    memory_limit: within('memory_limit', numberOf(testset, 'memory-limit') / MIB, warnings),
    test_cases: testsOf(files, testset, groups),
  };
  const submissions = solutionsOf(files, problem, warnings);
  return { definition, hasTimeLimit: true, timeMultiplier: 1, submissions, warnings };
}

function nameOf(problem: XmlElement): { name?: string } {
  const names = elementsAt(problem, 'names/name');
  const chosen = names.find(({ attributes }) => attributes.language === 'english') ?? names[0];
  const name = chosen?.attributes.value ?? problem.attributes['short-name'];
  return name === undefined ? {} : { name: name.slice(0, MAX_NAME) };
}

/** That called `tests`, or the only one. Others, such as pretests, have tests of it. */
function testsetOf(problem: XmlElement, warnings: string[]): XmlElement {
  const judging = elementAt(problem, 'judging');
  for (const name of ['input-file', 'output-file']) {
    const file = judging?.attributes[name] ?? '';
    if (file !== '' && file !== 'stdin' && file !== 'stdout')
      throw fault(
        `must have ${name} of <judging> empty, as programs read stdin and write stdout, got ${JSON.stringify(file)}`,
      );
  }
  const testsets = elementsAt(problem, 'judging/testset');
  const chosen = testsets.find(({ attributes }) => attributes.name === 'tests') ?? testsets[0];
  if (chosen === undefined) throw fault('must have <testset> in <judging>');
  for (const { attributes } of testsets.filter((each) => each !== chosen))
    warnings.push(`the testset ${JSON.stringify(attributes.name ?? '')} is not used`);
  return chosen;
}

/** `null` without such an element. A source that the package lacks is a fault unless `isOptional`. */
function programOf(
  files: PackageFiles,
  element: XmlElement | undefined,
  shown: string,
  isOptional = false,
): PackageProgram | null {
  if (element === undefined) return null;
  const path = elementAt(element, 'source')?.attributes.path ?? '';
  const content = files.get(path);
  if (content === undefined) {
    if (isOptional) return null;
    throw fault(`must have the file of <source> of ${shown}, and has no ${JSON.stringify(path)}`);
  }
  const name = path.slice(path.lastIndexOf('/') + 1);
  const program = readProgram(path, new Map([[name, content]]));
  if (program === null) throw new PackageFault(path, 'must be in a language that is known');
  return { ...program, files: [...program.files, ...headersOf(files)] };
}

/** Headers beside the sources, but for the one that comes with this service. */
function headersOf(files: PackageFiles): PackageProgram['files'] {
  return [...files].flatMap(([path, content]) => {
    const name = /^files\/([^/]+\.(?:h|hpp))$/.exec(path)?.[1];
    return name === undefined || name === 'testlib.h' ? [] : [{ path: name, content }];
  });
}

function asTestlib({ language, files }: PackageProgram) {
  return { protocol: 'testlib' as const, language, files: files.map(asFile) };
}

function checkerOf(files: PackageFiles, problem: XmlElement): CheckerChoice {
  const element = elementAt(problem, 'assets/checker');
  if (element === undefined) throw fault('must have <checker> in <assets>');
  const { name = '', type = 'testlib' } = element.attributes;
  if (type !== 'testlib') throw fault(`must have type of <checker> testlib, got ${JSON.stringify(type)}`);
  const standard = Object.hasOwn(STANDARD_CHECKERS, name) ? STANDARD_CHECKERS[name] : undefined;
  const program = programOf(files, element, '<checker>', standard !== undefined);
  return program === null ? (standard as CheckerChoice) : { type: 'program', ...asTestlib(program) };
}

/** Those that are run are held until the last has ended, so their number and sizes are bounded as they are read. */
function solutionsOf(files: PackageFiles, problem: XmlElement, warnings: string[]): readonly Submission[] {
  const solutions = elementsAt(problem, 'assets/solutions/solution');
  const headerBytes = headersOf(files).reduce((sum, { content }) => sum + content.length, 0);
  const read: Submission[] = [];
  let left = MAX_SUBMISSIONS_BYTES;
  for (const solution of solutions) {
    const { tag = '' } = solution.attributes;
    const statuses = Object.hasOwn(STATUSES_BY_TAG, tag) ? STATUSES_BY_TAG[tag] : undefined;
    const path = elementAt(solution, 'source')?.attributes.path ?? '';
    const bytes = (files.get(path)?.length ?? 0) + headerBytes;
    if (read.length === PROBLEM_LIMITS.submissions) {
      warnings.push(`only the first ${PROBLEM_LIMITS.submissions} solutions are run, up to ${path}`);
      break;
    }
    if (statuses === undefined)
      warnings.push(`${path} is not run: nothing is expected of the tag ${JSON.stringify(tag)}`);
    else if (bytes > Math.min(left, REQUEST_SIZES.filesBytes))
      warnings.push(`${path} is not run: it is too large`);
    else {
      const program = solutionOf(files, solution, warnings);
      if (program === null) continue;
      left -= bytes;
      read.push({ ...program, expected: tag, statuses, requirements: [] });
    }
  }
  return read;
}

function solutionOf(files: PackageFiles, solution: XmlElement, warnings: string[]): PackageProgram | null {
  try {
    return programOf(files, solution, '<solution>');
  } catch (error) {
    if (!(error instanceof PackageFault)) throw error;
    warnings.push(`${error.message}: it is not run`);
    return null;
  }
}
