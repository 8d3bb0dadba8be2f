// A request that names a problem, completed by it. What the request names itself may only tighten the problem, but for
// `test_cases`, which take the place of the problem's.

import type { ExecuteRequest } from '../api/execution.ts';
import type { ProblemDefinition } from '../api/problem.ts';
import type { SubmittedFile, TestCase } from '../api/request-fields.ts';
import type { FieldReason } from '../errors.ts';
import { REQUEST_LIMITS } from '../limits.ts';
import type { KeptVersion } from '../problems/problem-store.ts';
import { reason, rejectIfAny } from './field-reason.ts';

/** A file of the problem that starts the submission. */
const STARTED = /^(?:main|Main|__main__)\.\w+$/;

type LimitName = keyof typeof REQUEST_LIMITS;
type TestLimit = 'time_limit' | 'memory_limit';

/** They are the problem's, whether it names them or not. */
const ONLY_OF_PROBLEM = [
  'checker',
  'interactor',
  'validation_passes',
  'unit_tests',
  'args',
  'time_multipliers',
] as const;
/** A request may choose them if the problem does not. */
const ONE_OF_BOTH = ['entry', 'compile_options', 'output_files'] as const;
const LIMITS = Object.keys(REQUEST_LIMITS) as LimitName[];

/** How a problem is named in answers. */
export function referenceTo({ id, version }: Pick<KeptVersion, 'id' | 'version'>): string {
  return `${id}@${version}`;
}

/** Throws `invalid_request` with every field that would loosen the problem. `languageId` is that of the request's language. */
export function withProblem(
  request: ExecuteRequest,
  { definition }: KeptVersion,
  languageId: string,
): ExecuteRequest {
  rejectIfAny([...ownFields(request, definition), ...looserLimits(request, definition)]);
  const {
    test_cases: tests,
    name: _name,
    files = [],
    language_files: ofLanguages = {},
    ...rules
  } = definition;
  const { problem: _problem, files: own = [], ...asked } = request;
  const included = filesOfLanguage(ofLanguages, languageId);
  const replaced = new Set(included.map(({ path }) => path));
  const allFiles = [...own.filter(({ path }) => !replaced.has(path)), ...files, ...included];
  const started = included.find(({ path }) => STARTED.test(path))?.path;
  const isCustom = request.test_cases !== undefined;
  const { groups: _groups, ...ungrouped } = rules;
  return {
    ...(isCustom ? ungrouped : rules),
    ...(started !== undefined && rules.entry === undefined && { entry: started }),
    ...asked,
    ...(rules.stop_on_failure === true && { stop_on_failure: true }),
    ...(allFiles.length > 0 && { files: allFiles }),
    test_cases:
      request.test_cases?.map((test) => ownTest(test, tests)) ?? tests.map((test) => testOf(test, request)),
  };
}

/** Those of the language over those of all languages with the same path. */
function filesOfLanguage(
  ofLanguages: NonNullable<ProblemDefinition['language_files']>,
  languageId: string,
): readonly SubmittedFile[] {
  const all = [
    ofLanguages.default ?? [],
    languageId === 'default' ? [] : (ofLanguages[languageId] ?? []),
  ].flat();
  return [...new Map(all.map((file) => [file.path, file])).values()];
}

/** Hidden unless it is marked, and under the request's limits where they are tighter. */
function testOf(test: TestCase, request: ExecuteRequest): TestCase {
  return {
    ...test,
    is_hidden: test.is_hidden ?? true,
    ...tighter('time_limit', test, request),
    ...tighter('memory_limit', test, request),
  };
}

/** A test function is the problem's: unless the problem shows it, a request cannot have its messages shown. */
function ownTest(test: TestCase, tests: readonly TestCase[]): TestCase {
  const isShown = tests.some((each) => each.unit_test === test.unit_test && each.is_hidden === false);
  return test.unit_test === undefined || isShown ? test : { ...test, is_hidden: true };
}

function tighter(limit: TestLimit, test: TestCase, request: ExecuteRequest): Partial<TestCase> {
  const [own, asked] = [test[limit], request[limit]];
  return own === undefined || asked === undefined ? {} : { [limit]: Math.min(own, asked) };
}

function ownFields(request: ExecuteRequest, definition: ProblemDefinition): FieldReason[] {
  const isCustom = request.test_cases !== undefined;
  const fixed = [
    ...ONLY_OF_PROBLEM,
    ...(isCustom ? [] : (['groups'] as const)),
    ...ONE_OF_BOTH.filter((field) => definition[field] !== undefined),
  ];
  const named = fixed.filter((field) => request[field] !== undefined);
  return [
    ...named.map((field) => reason(field, 'must not be given with problem, which decides it')),
    ...(request.stop_on_failure === false && definition.stop_on_failure === true
      ? [reason('stop_on_failure', 'must not be false, as it is true in the problem')]
      : []),
  ];
}

function looserLimits(request: ExecuteRequest, definition: ProblemDefinition): FieldReason[] {
  const reasons = (path: string, limit: LimitName, asked: number | undefined) => {
    const most = mostOf(limit, definition);
    const { unit } = REQUEST_LIMITS[limit];
    return asked === undefined || asked <= most
      ? []
      : [reason(path, `must be at most ${most} ${unit}, the limit of the problem, got ${asked}`)];
  };
  return [
    ...LIMITS.flatMap((limit) => reasons(limit, limit, request[limit])),
    ...(request.test_cases ?? []).flatMap(({ time_limit: time, memory_limit: memory }, index) => [
      ...reasons(`test_cases[${index}].time_limit`, 'time_limit', time),
      ...reasons(`test_cases[${index}].memory_limit`, 'memory_limit', memory),
    ]),
  ];
}

/** The loosest of the problem: its own, or that of one of its tests. */
function mostOf(limit: LimitName, definition: ProblemDefinition): number {
  const own = definition[limit] ?? REQUEST_LIMITS[limit].default;
  if (limit === 'output_limit_kb') return own;
  return Math.max(own, ...definition.test_cases.map((test) => test[limit] ?? own));
}
