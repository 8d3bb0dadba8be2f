// Packages of problems: what each part of one becomes, that its submissions are run as its proof, that an archive of a
// problem is the same problem again, and what is wrong with archives that are refused.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { strToU8, type Zippable, zipSync } from 'fflate';
import type { ExecuteRequest } from '../api/execution.ts';
import { ServiceError } from '../errors.ts';
import { RESULT_EXAMPLE } from '../http/v1/examples.ts';
import { openDirectoryStore } from '../problems/embedded/directory-store.ts';
import { BOUNDS } from '../problems/problem-contract.ts';
import { createProblemPackages } from './problem-packages.ts';
import { createProblems } from './problems.ts';
import { languageCatalog, toolchain, toolchainCatalog } from './service-fixture.ts';
import type { Submit } from './submission.ts';

const OWNER = 'key:a';
const BY = { signal: new AbortController().signal, requestId: 'r', keyName: 'a', clientId: OWNER };
const PYTHON = { ...languageCatalog.all[0], id: 'python', fileExtension: '.py', sourceFile: () => 'main.py' };

type Files = Readonly<Record<string, string>>;

const SUM: Files = {
  'problem.yaml': 'name: Sum\nlimits: {memory: 256}\n',
  '.timelimit': '2',
  'data/sample/1.in': '1 2\n',
  'data/sample/1.ans': '3\n',
  'data/secret/b.in': '2 2\n',
  'data/secret/b.ans': '4\n',
  'data/secret/a/1.in': '5 5\n',
  'data/secret/a/1.ans': '10\n',
  'problem_statement/problem.en.tex': 'Add them.',
  'submissions/accepted/sum.py': 'accepted',
  'submissions/wrong_answer/zero.py': 'wrong_answer',
};

const zip = (files: Files, options: Zippable = {}) => {
  const entries = Object.entries(files).map(([path, text]) => [path, strToU8(text)]);
  return Buffer.from(zipSync({ ...Object.fromEntries(entries), ...options }));
};

/** Submissions end with the status that is their source. */
const judged: Submit = async ({ files = [] }) => {
  const content = files[0]?.content;
  const status = Buffer.from(String(content), 'base64').toString();
  return { ...RESULT_EXAMPLE, status: status as 'accepted', results: [], warnings: [], cpu_time_ms: 1500 };
};

async function openPackages(t: TestContext, submit: Submit = judged) {
  const directory = await mkdtemp(join(tmpdir(), 'packages-test-'));
  t.after(() => rm(directory, { recursive: true }));
  const store = await openDirectoryStore(directory, BOUNDS);
  const languages = {
    all: [PYTHON],
    find: (name: string) => (name === 'python' ? PYTHON : null),
  } as unknown as typeof languageCatalog;
  const toolchains = toolchainCatalog([toolchain('python', '3.11.2')]);
  const size = { factor: 1 };
  const seen: typeof store = {
    ...store,
    findBlob: async (owner, sha256) => {
      const found = await store.findBlob(owner, sha256);
      return found && { ...found, bytes: found.bytes * size.factor };
    },
  };
  const parts = { languages, toolchains, settings: { maxCodeLength: 1000 }, store: seen };
  const packages = createProblemPackages({ ...parts, submit });
  return {
    size,
    packages,
    problems: createProblems({ ...parts, submit }),
    put: (files: Files) => packages.read(OWNER, 'sum', zip(files), BY),
  };
}

function refusal(pattern: RegExp) {
  return (error: unknown) =>
    error instanceof ServiceError && error.code === 'invalid_request' && pattern.test(error.message);
}

test('a package is a problem with its samples shown, its tests in order, and its limits', async (t) => {
  const { put, problems } = await openPackages(t);
  const report = await put(SUM);
  assert.deepEqual([report.name, report.tests, report.time_limit, report.agrees], ['Sum', 3, 2, true]);
  const { definition } = await problems.get(OWNER, 'sum');
  assert.deepEqual(
    definition.test_cases.map(({ name, input, is_hidden: isHidden }) => [name, input, isHidden]),
    [
      ['sample/1', '1 2\n', false],
      ['secret/a/1', '5 5\n', true],
      ['secret/b', '2 2\n', true],
    ],
  );
  assert.deepEqual(definition.checker, { type: 'tokens', case_sensitive: false });
  assert.deepEqual([definition.memory_limit, definition.stop_on_failure], [256, true]);
});

test('the submissions are run as the proof, and what does not end as expected is shown', async (t) => {
  const requests: ExecuteRequest[] = [];
  const { put } = await openPackages(t, (request, context) => {
    requests.push(request);
    return judged(request, context);
  });
  const report = await put({
    ...SUM,
    'submissions/wrong_answer/right.py': 'accepted',
    'submissions/accepted/note.txt': 'not a program',
    'submissions/time_limit_exceeded/new.zig': 'its language is not known',
    'submissions/slow/sum.py': 'accepted',
  });
  assert.deepEqual(
    report.submissions.map(({ path, expected, status, agrees }) => [path, expected, status, agrees]),
    [
      ['submissions/accepted/sum.py', 'accepted', 'accepted', true],
      ['submissions/wrong_answer/right.py', 'wrong_answer', 'accepted', false],
      ['submissions/wrong_answer/zero.py', 'wrong_answer', 'wrong_answer', true],
    ],
  );
  assert.equal(report.agrees, false);
  assert.deepEqual(report.warnings.map((warning) => warning.split(' ')[0]).sort(), [
    'submissions/accepted/note.txt',
    'submissions/slow/sum.py',
    'submissions/time_limit_exceeded/new.zig',
  ]);
  assert.ok(requests.every(({ test_cases: tests = [] }) => tests.length === 3));
});

test('without a time limit, it is what the accepted submissions need, times the multiplier', async (t) => {
  const { put } = await openPackages(t);
  const { '.timelimit': _limit, ...unlimited } = SUM;
  assert.equal((await put(unlimited)).time_limit, 8);
  const limits = { 'problem.yaml': 'name: Sum\nlimits: {time_multiplier: 2}\n' };
  assert.equal((await put({ ...unlimited, ...limits })).time_limit, 3);
});

test('an archive of a problem is the same version when it is put again, of a package and of a definition', async (t) => {
  const { packages, problems, put } = await openPackages(t);
  const { version } = await put(SUM);
  const written = async (id: string) => buffer((await packages.write(OWNER, id)).archive);
  const archive = await written('sum');
  assert.equal((await packages.read(OWNER, 'copy', archive, BY)).version, version);
  const definition = { test_cases: [{ input: 'x'.repeat(5000), expected_output: 'y' }] };
  const own = await problems.put(OWNER, 'own', definition, BY);
  const again = await packages.read(OWNER, 'again', await written('own'), BY);
  assert.equal(again.version, own.version);
});

test('an archive that could not be put again is not written', async (t) => {
  const { packages, put, size } = await openPackages(t);
  await put(SUM);
  size.factor = 2 ** 26;
  await assert.rejects(
    packages.write(OWNER, 'sum'),
    /An archive has at most 268435456 bytes of data, and the problem has \d+/,
  );
});

test('a package that is only checked is not kept', async (t) => {
  const { packages, problems } = await openPackages(t);
  const report = await packages.read(OWNER, null, zip(SUM), BY);
  assert.deepEqual([report.id, report.version, report.submissions.length], [null, null, 2]);
  assert.deepEqual((await problems.list(OWNER, { limit: 10 })).problems, []);
});

test('directories of a scoring problem are groups, with their points and what they require', async (t) => {
  const { put, problems } = await openPackages(t);
  await put({
    ...SUM,
    'problem.yaml':
      'problem_format_version: 2025-09\nname: {sv: Summa}\ntype: scoring\nlimits: {time_limit: 2}\n',
    'data/secret/a/test_group.yaml': 'max_score: 40\nscore_aggregation: min\nrequire_pass: sample\n',
  });
  const { definition } = await problems.get(OWNER, 'sum');
  assert.deepEqual(
    definition.groups?.find(({ name }) => name === 'secret/a'),
    {
      name: 'secret/a',
      points: 40,
      scoring: 'min',
      stop_on_failure: true,
      depends_on: ['sample'],
    },
  );
  await put({
    ...SUM,
    'problem.yaml': 'name: Sum\ntype: scoring\n',
    'data/testdata.yaml': 'grader_flags: ignore_sample\n',
    'data/secret/a/testdata.yaml': 'grader_flags: min\naccept_score: 30\non_reject: continue\n',
  });
  const legacy = (await problems.get(OWNER, 'sum')).definition.groups;
  assert.deepEqual(
    legacy?.map(({ name, points, scoring, stop_on_failure: stops }) => [name, points, scoring, stops]),
    [
      ['sample', 0, 'sum', true],
      ['secret/a', 30, 'min', false],
      ['secret', 1, 'sum', true],
    ],
  );
});

test('an output validator is the checker or the interactor, with the arguments of each test', async (t) => {
  const { put, problems } = await openPackages(t);
  const validator = {
    'output_validators/check/check.py': 'print(1)',
    'output_validators/check/README': 'no source',
    'data/secret/a/testdata.yaml': 'output_validator_flags: strict 2\n',
  };
  await put({ ...SUM, ...validator, 'problem.yaml': 'validation: custom\nvalidator_flags: all\n' });
  const { checker, test_cases: tests } = (await problems.get(OWNER, 'sum')).definition;
  assert.deepEqual(
    [checker?.type, checker?.protocol, checker?.language, checker?.args],
    ['program', 'icpc', 'python', ['all']],
  );
  assert.deepEqual(
    tests.map(({ checker_args: args }) => args),
    [undefined, ['strict', '2'], undefined],
  );
  await put({
    ...SUM,
    ...validator,
    'problem.yaml': 'validation: custom interactive multi-pass\nlimits: {validation_passes: 7}\n',
  });
  const { interactor, validation_passes: passes } = (await problems.get(OWNER, 'sum')).definition;
  assert.deepEqual([interactor?.protocol, passes], ['icpc', 7]);
});

test('flags of the default validator choose the checker', async (t) => {
  const { put, problems } = await openPackages(t);
  const checkerOf = async (flags: string) => {
    await put({ ...SUM, 'problem.yaml': `validator_flags: ${flags}\n` });
    return (await problems.get(OWNER, 'sum')).definition.checker;
  };
  assert.deepEqual(await checkerOf('case_sensitive space_change_sensitive'), {
    type: 'tokens',
    case_sensitive: true,
    space_change_sensitive: true,
  });
  assert.deepEqual(await checkerOf('float_relative_tolerance 1e-4'), {
    type: 'float',
    case_sensitive: false,
    relative: 1e-4,
  });
  await assert.rejects(
    checkerOf('float_tolerance x'),
    refusal(/problem\.yaml must have a number after float_tolerance/),
  );
});

test('what is wrong with a package is said with the name of the file, and nothing is kept', async (t) => {
  const { put, packages, problems } = await openPackages(t);
  const refuse = (files: Files, pattern: RegExp) =>
    assert.rejects(put({ ...SUM, ...files }), refusal(pattern));
  await refuse({ 'problem.yaml': 'a: [' }, /problem\.yaml is not valid YAML in line 1/);
  await refuse(
    { 'problem.yaml': 'problem_format_version: "2099"' },
    /problem\.yaml must have problem_format_version/,
  );
  await refuse({ 'problem.yaml': 'type: submit-answer' }, /problem\.yaml must have type/);
  await refuse({ 'problem.yaml': 'validation: custom' }, /output_validators must have the program/);
  await refuse({ 'data/secret/c.in': '' }, /data\/secret\/c\.in has no c\.ans/);
  await refuse({ 'data/secret/c.ans': '' }, /data\/secret\/c\.ans has no c\.in/);
  await refuse(
    { 'output_validators/x/build': '#!', 'output_validators/x/x.py': '' },
    /output_validators\/x\/build is a script/,
  );
  await refuse(
    { 'output_validators/x.py': '', 'output_validators/y.py': '' },
    /y\.py must be the only output validator/,
  );
  const tests = Array.from({ length: 1001 }, (_, index) => [
    [`data/secret/${index}.in`, ''],
    [`data/secret/${index}.ans`, ''],
  ]).flat();
  await refuse(Object.fromEntries(tests), /data must have at most 1000 tests, got 1004/);
  const long = '#'.repeat(16 * 1024);
  await refuse({ 'problem.yaml': `${long}#` }, /problem\.yaml must have at most 16384 bytes, got 16385/);
  const groups = ['a', 'b', 'c', 'd', 'e'].map((name) => [`data/secret/${name}/testdata.yaml`, long]);
  await refuse(Object.fromEntries(groups), /e\/testdata\.yaml and the YAML files before it .* 65536 bytes/);
  await refuse(
    { 'problem.yaml': 'problem_format_version: {toString: 1}' },
    /must have problem_format_version/,
  );
  await refuse(
    { 'problem.yaml': 'validator_flags: constructor' },
    /"constructor", which the default validator/,
  );
  await refuse(
    {
      'problem.yaml': 'type: multi-pass\nlimits: {validation_passes: 1000000000}\n',
      'output_validators/check.py': '',
    },
    /problem\.yaml must be the definition of a problem: \/validation_passes must be <= 100/,
  );
  await refuse(
    { 'output_validators/x.py': '#'.repeat(2 ** 20 + 1) },
    /x\.py must have at most 1048576 bytes/,
  );
  const { 'problem.yaml': _yaml, ...rest } = SUM;
  await assert.rejects(put(rest), refusal(/problem\.yaml is missing/));
  await assert.rejects(
    packages.read(OWNER, 'sum', zip(SUM, { '../evil': strToU8('x') }), BY),
    refusal(/The package must not have "\.\.\/evil"/),
  );
  await assert.rejects(packages.read(OWNER, 'sum', Buffer.from('none'), BY), refusal(/is not a valid ZIP/));
  assert.deepEqual((await problems.list(OWNER, { limit: 10 })).problems, []);
});

test('submissions that are too large or named as nothing is are not run', async (t) => {
  const { put } = await openPackages(t);
  const large = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [`submissions/accepted/${index}.py`, '#'.repeat(2 ** 20)]),
  );
  const { submissions, warnings } = await put({
    ...SUM,
    ...large,
    'submissions/constructor/x.py': 'accepted',
    'submissions/__proto__/x.py': 'accepted',
    'submissions/accepted/x.constructor': 'accepted',
    'submissions/accepted/x.py': '#'.repeat(2 ** 20 + 1),
  });
  assert.equal(submissions.length, 9);
  assert.deepEqual(warnings.toSorted(), [
    'submissions/__proto__/x.py is not run: nothing is expected of it',
    'submissions/accepted/7.py is not run: it is too large',
    'submissions/accepted/8.py is not run: it is too large',
    'submissions/accepted/9.py is not run: it is too large',
    'submissions/accepted/x.constructor is not run: its language is not known',
    'submissions/accepted/x.py is not run: it is too large',
    'submissions/constructor/x.py is not run: nothing is expected of it',
  ]);
});

test('a definition in an archive is checked as any other', async (t) => {
  const { packages } = await openPackages(t);
  const read = (definition: string) => packages.read(OWNER, 'x', zip({ 'problem.json': definition }), BY);
  await assert.rejects(read('{'), refusal(/problem\.json must be the definition/));
  await assert.rejects(
    read('{"test_cases": [{"input": 5}]}'),
    refusal(/problem\.json must be the definition/),
  );
  await assert.rejects(
    read('{"test_cases": [{}], "time_limit": 99}'),
    refusal(/problem\.json must be the definition/),
  );
});

test('files of include/ go with submissions in their language', async (t) => {
  const { put, problems } = await openPackages(t);
  const included = { 'include/python3/main.py': 'import sum', 'include/default/data.txt': 'x' };
  const report = await put({ ...SUM, ...included });
  assert.deepEqual(report.warnings, []);
  const { definition } = await problems.get(OWNER, 'sum');
  assert.deepEqual(definition.language_files, {
    python: [{ path: 'main.py', content: 'import sum' }],
    default: [{ path: 'data.txt', content: 'x' }],
  });
  await assert.rejects(put({ ...SUM, 'include/a.py': '' }), refusal(/^include\/a\.py must be a directory/));
  await assert.rejects(
    put({ ...SUM, 'include/klingon/a.py': '' }),
    refusal(/^language_files must be by ids of languages, or default, got "klingon"/),
  );
});

/** Submissions whose tests end with the statuses that are their source. */
const judgedByTest: Submit = async ({
  files = [],
  test_cases: tests = [],
  stop_on_failure: stops,
  entry,
}) => {
  const file = files.find(({ path }) => path === entry) ?? files[0];
  const statuses = Buffer.from(String(file?.content), 'base64').toString().split(' ') as 'accepted'[];
  const [test] = RESULT_EXAMPLE.results;
  assert.ok(test);
  const results = tests.map(({ name = null }, index) => ({
    ...test,
    index,
    name,
    status: statuses[index] ?? 'accepted',
    message: String(stops ?? false),
  }));
  const status = statuses.find((each) => each !== 'accepted') ?? 'accepted';
  return { ...RESULT_EXAMPLE, status, results, warnings: [], cpu_time_ms: 1500 };
};

test('submissions.yaml says which verdicts of which tests are expected', async (t) => {
  const { put } = await openPackages(t, judgedByTest);
  const [wrong, slow] = ['wrong_answer', 'time_limit_exceeded'];
  const agreeing = async (yaml: string, source: string, directory = 'mixed') => {
    const path = `submissions/${directory}/some.py`;
    const report = await put({ ...SUM, [path]: source, 'submissions/submissions.yaml': yaml });
    const found = report.submissions.find((each) => each.path === path);
    assert.equal(found?.expected, 'submissions/submissions.yaml');
    return found.agrees;
  };
  const two = '"mixed/*.{py,cpp}": {permitted: [AC, WA, TLE], required: [TLE]}\n';
  assert.equal(await agreeing(two, `accepted ${wrong} ${slow}`), true);
  assert.equal(await agreeing(two, `accepted ${wrong} ${wrong}`), false);
  assert.equal(await agreeing(two, `accepted runtime_error ${slow}`), false);
  const scoped = 'mixed:\n  sample: {permitted: [AC]}\n  secret/a: {permitted: [WA], required: [WA]}\n';
  assert.equal(await agreeing(scoped, `accepted ${wrong}`), true);
  assert.equal(await agreeing(scoped, `${wrong} ${wrong}`), false);
  assert.equal(await agreeing(scoped, `accepted accepted ${wrong}`), false);
  const more = 'wrong_answer/*: {required: [TLE]}\n';
  assert.equal(await agreeing(more, `${wrong} ${slow}`, 'wrong_answer'), false);
  const instead = 'wrong_answer: {required: [TLE]}\n';
  assert.equal(await agreeing(instead, `${wrong} ${slow}`, 'wrong_answer'), true);
});

test('submissions.yaml says which file is started, in which language, and is refused where it is wrong', async (t) => {
  const { put } = await openPackages(t);
  const folder = {
    'submissions/accepted/two/a.py': 'wrong_answer',
    'submissions/accepted/two/b.py': 'accepted',
  };
  const withYaml = (yaml: string) => put({ ...SUM, ...folder, 'submissions/submissions.yaml': yaml });
  const { submissions } = await withYaml('accepted/two: {entrypoint: b.py, language: python3}\n');
  const found = submissions.find(({ path }) => path.endsWith('two'));
  assert.deepEqual([found?.status, found?.language, found?.agrees], ['accepted', 'python', true]);
  const missing = await withYaml('accepted/two: {entrypoint: c.py}\n');
  assert.match(
    missing.warnings.join(),
    /submissions\/accepted\/two must have its entrypoint "c\.py": it is not run/,
  );
  const scored = await withYaml('accepted/two: {score: 3}\n');
  assert.deepEqual(scored.warnings, ['submissions/submissions.yaml: score of "accepted/two" is not used']);
  for (const [yaml, problem] of [
    ['a: {permitted: [OLE]}', /submissions\.yaml must have permitted of "a" of AC, WA, TLE, RTE, got "OLE"/],
    ['a: [AC]', /must have a map for "a"/],
    ['a: {language: 3}', /must have language of "a" as a text/],
    ['"{a}{b}{c}": {}', /must have patterns of at most 200 characters with two braces/],
  ] as const)
    await assert.rejects(withYaml(yaml), refusal(problem));
});
