// The unit tests of a request: the program becomes one that serves its modules, and the tests an interactor that uses them,
// one run for each test function.

import type { FieldReason } from '../errors.ts';
import type { ExecutionTask, ProblemProgram } from '../execution/task.ts';
import type { Language } from '../languages/language.ts';
import { UNIT_DIRECTORY, type UnitTests, unitTestFile } from '../languages/unit-tests.ts';
import { reason, rejectIfAny, shown } from './field-reason.ts';
import { type ProgramParts, problemProgram } from './problem-program.ts';
import type { ResolvedRequest } from './resolved-request.ts';
import type { SourceFile } from './source-files.ts';

type TaskParts = Pick<ExecutionTask, 'sourceFile' | 'files' | 'interactor' | 'unitTests'>;

/** Fields that have no meaning beside unit tests, which decide alone. */
const EXCLUDED = ['checker', 'interactor', 'validation_passes', 'args', 'entry', 'output_files'] as const;
/** Fields of a test that have none. */
const EXCLUDED_OF_TESTS = ['input', 'expected_output', 'args'] as const;

/** Nothing for a request without unit tests. Throws a `ServiceError`. */
export function unitTestsOf(
  parts: ProgramParts,
  request: ResolvedRequest,
  language: Language,
  files: readonly SourceFile[],
): TaskParts | null {
  const { unit_tests: choice, test_cases = [] } = request;
  if (choice === undefined) {
    rejectIfAny(
      test_cases.flatMap(({ unit_test }, index) =>
        unit_test === undefined ? [] : [reason(`test_cases[${index}].unit_test`, 'requires unit_tests')],
      ),
    );
    return null;
  }
  rejectIfAny([...requestReasons(request), ...test_cases.flatMap(testReasons)]);
  const unitTests = unitTestsFor(parts, language, choice.language ?? language.id);
  const program = problemProgram(parts, 'unit_tests', { language: language.id, ...choice });
  const tests = testFilesOf(program, unitTests, choice.code !== undefined);
  rejectIfAny([...reservedPaths(files, 'files'), ...reservedPaths(tests, 'unit_tests.files')]);
  const ofProgram = language.unitTests ?? unitTests;
  const given = givenModules(ofProgram, unitTests, files, tests);
  return {
    ...withFirst(ofProgram.program, givenFile(ofProgram, given), encoded(files)),
    unitTests: { mainFile: files[0]?.path ?? '' },
    interactor: { ...program, ...withFirst(unitTests.tests, givenFile(unitTests, given), tests) },
  };
}

function requestReasons(request: ResolvedRequest): FieldReason[] {
  return [
    ...EXCLUDED.filter((name) => request[name] !== undefined).map((name) =>
      reason(name, 'must not be there beside unit_tests'),
    ),
    ...((request.test_cases ?? []).length === 0
      ? [reason('test_cases', 'must name a test function in unit_test at least, as unit_tests are given')]
      : []),
  ];
}

function testReasons(test: NonNullable<ResolvedRequest['test_cases']>[number], index: number): FieldReason[] {
  const path = `test_cases[${index}]`;
  return [
    ...(test.unit_test === undefined
      ? [reason(`${path}.unit_test`, 'is required, as unit_tests are given')]
      : []),
    ...EXCLUDED_OF_TESTS.filter((name) => test[name] !== undefined).map((name) =>
      reason(`${path}.${name}`, 'must not be there beside unit_test'),
    ),
  ];
}

function unitTestsFor({ languages }: ProgramParts, language: Language, name: string): UnitTests {
  const kind = language.unitTests?.kind;
  const known = languages.all.filter(({ unitTests }) => unitTests !== undefined);
  const ids = (of: readonly Language[]) => of.map(({ id }) => id).join(', ');
  if (kind === undefined)
    rejectIfAny([reason('unit_tests', `exist for ${ids(known)}, and not for ${language.id}`)]);
  const matching = known.filter(({ unitTests }) => unitTests?.kind === kind);
  const chosen = languages.find(name.trim());
  if (chosen !== null && !matching.includes(chosen)) {
    rejectIfAny([
      reason('unit_tests.language', `must be one of ${ids(matching)} for ${language.id}, got ${shown(name)}`),
    ]);
  }
  return chosen?.unitTests ?? (language.unitTests as UnitTests);
}

type EncodedFile = ProblemProgram['files'][number];

function testFilesOf(
  { files }: ProblemProgram,
  unitTests: UnitTests,
  hasCode: boolean,
): readonly EncodedFile[] {
  return files.map((file, index) =>
    index === 0 && hasCode ? { ...file, path: unitTests.testFile(file.path) } : file,
  );
}

function reservedPaths(files: readonly { readonly path: string }[], field: string): FieldReason[] {
  return files.some(({ path }) => path.split('/')[0] === UNIT_DIRECTORY)
    ? [reason(field, `must have no file in ${UNIT_DIRECTORY}/`)]
    : [];
}

/** What both sides know: which files are modules of the program, and which are tests. */
interface GivenModules {
  readonly main: string;
  readonly modules: readonly string[];
  readonly tests: readonly string[];
}

function givenModules(
  ofProgram: UnitTests,
  ofTests: UnitTests,
  files: readonly SourceFile[],
  tests: readonly EncodedFile[],
): GivenModules {
  const modules = files.flatMap(({ path }) => ofProgram.moduleOf(path) ?? []);
  const taken = tests.filter(({ path }) => modules.includes(ofTests.moduleOf(path) ?? ''));
  rejectIfAny(
    taken.map(({ path }) => reason('unit_tests.files', `must not have the program's file ${shown(path)}`)),
  );
  const loaded = tests.filter(({ path }) => ofTests.moduleOf(path) !== null);
  return {
    main: modules[0] ?? '',
    modules,
    tests: loaded.map(({ path }) => ofTests.emitted?.(path) ?? path),
  };
}

function givenFile({ runner, directory }: UnitTests, given: GivenModules): EncodedFile {
  const content = JSON.stringify({ runner, directory, ...given });
  return { path: `${UNIT_DIRECTORY}/modules.json`, contentBase64: Buffer.from(content).toString('base64') };
}

function withFirst(
  names: readonly string[],
  given: EncodedFile,
  files: readonly EncodedFile[],
): Pick<ExecutionTask, 'sourceFile' | 'files'> {
  const own = encoded(names.map(unitTestFile));
  return { sourceFile: own[0]?.path ?? '', files: [...own, given, ...files] };
}

function encoded(files: readonly { readonly path: string; readonly content: Uint8Array }[]): EncodedFile[] {
  return files.map(({ path, content }) => ({ path, contentBase64: Buffer.from(content).toString('base64') }));
}
