// Packages of Polygon: what each element of `problem.xml` becomes, and what is wrong with those that are refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256Of } from '../blobs-named.ts';
import { PackageFault } from './package-files.ts';
import { readPolygon } from './polygon.ts';

interface Parts {
  readonly judging?: string;
  readonly tests?: string;
  readonly groups?: string;
  readonly checker?: string;
  readonly more?: string;
  readonly pattern?: string;
  readonly limit?: string;
}

const CHECKER =
  '<checker name="std::wcmp.cpp" type="testlib"><source path="files/check.cpp" type="cpp.g++17"/></checker>';
const SOLUTIONS = `<solutions>
  <solution tag="main"><source path="solutions/a.cpp" type="cpp.g++17"/></solution>
  <solution tag="wrong-answer"><source path="solutions/b.py" type="python.3"/></solution>
  <solution tag="time-limit-exceeded-or-accepted"><source path="solutions/c.java" type="java21"/></solution>
  <solution tag="do-not-run"><source path="solutions/a.cpp" type="cpp.g++17"/></solution>
</solutions>`;

const xmlOf = ({
  judging = '<judging input-file="" output-file="">',
  tests = '<test method="manual" sample="true"/><test method="generated" cmd="gen 1"/>',
  groups = '',
  checker = CHECKER,
  more = '',
  pattern = 'tests/%02d',
  limit = '1500',
}: Parts = {}) => `<?xml version="1.0" encoding="utf-8" standalone="no"?>
<problem revision="3" short-name="sum" url="https://example.org/p">
  <names><name language="russian" value="Сумма"/><name language="english" value="A &amp; B"/></names>
  ${judging}<testset name="tests">
    <time-limit>${limit}</time-limit><memory-limit>268435456</memory-limit><test-count>2</test-count>
    <input-path-pattern>${pattern}</input-path-pattern><answer-path-pattern>${pattern}.a</answer-path-pattern>
    <tests>${tests}</tests>${groups}
  </testset></judging>
  <assets>${checker}${more}${SOLUTIONS}</assets>
</problem>`;

const DATA = ['1 2\n', '3\n', '2 2\n', '4\n'];

const filesOf = (parts: Parts = {}, more: Readonly<Record<string, string>> = {}) =>
  new Map(
    Object.entries({
      'problem.xml': xmlOf(parts),
      'files/check.cpp': '#include "testlib.h"\n',
      'files/testlib.h': '// old',
      'files/shared.h': '// shared',
      'files/inter.cpp': 'int main() {}',
      'solutions/a.cpp': 'a',
      'solutions/b.py': 'b',
      'solutions/c.java': 'c',
      'tests/01': DATA[0] ?? '',
      'tests/01.a': DATA[1] ?? '',
      'tests/02': DATA[2] ?? '',
      'tests/02.a': DATA[3] ?? '',
      ...more,
    }).map(([path, text]) => [path, Buffer.from(text)]),
  );

test('tests, limits, name, checker and solutions are those of the package', () => {
  const { definition, submissions, warnings, hasTimeLimit } = readPolygon(filesOf());
  assert.deepEqual(
    [definition.name, definition.time_limit, definition.memory_limit, definition.stop_on_failure],
    ['A & B', 1.5, 256, true],
  );
  assert.deepEqual(definition.test_cases, [
    {
      name: 'tests/01',
      is_hidden: false,
      input: { blob: sha256Of(Buffer.from('1 2\n')) },
      expected_output: { blob: sha256Of(Buffer.from('3\n')) },
    },
    {
      name: 'tests/02',
      is_hidden: true,
      input: { blob: sha256Of(Buffer.from('2 2\n')) },
      expected_output: { blob: sha256Of(Buffer.from('4\n')) },
    },
  ]);
  const { checker } = definition;
  assert.deepEqual([checker?.type, checker?.protocol, checker?.language], ['program', 'testlib', 'cpp']);
  assert.deepEqual(
    checker?.files?.map(({ path }) => path),
    ['check.cpp', 'shared.h'],
  );
  assert.deepEqual(
    submissions.map(({ path, language, expected, statuses }) => [path, language, expected, statuses[0]]),
    [
      ['solutions/a.cpp', 'cpp', 'main', 'accepted'],
      ['solutions/b.py', 'python', 'wrong-answer', 'wrong_answer'],
      ['solutions/c.java', 'java', 'time-limit-exceeded-or-accepted', 'time_limit_exceeded'],
    ],
  );
  assert.deepEqual(warnings, ['solutions/a.cpp is not run: nothing is expected of the tag "do-not-run"']);
  assert.equal(hasTimeLimit, true);
});

test('groups have their points, policies and dependencies', () => {
  const tests = '<test group="0" points="0" sample="true"/><test group="1" points="40"/>';
  const groups = `<groups><group name="0" points-policy="complete-group"/><group name="1" points-policy="each-test">
    <dependencies><dependency group="0"/></dependencies></group></groups>`;
  const { definition } = readPolygon(filesOf({ tests, groups }));
  assert.deepEqual(definition.groups, [
    { name: '0', points: 0, scoring: 'min', stop_on_failure: true },
    { name: '1', points: 40, scoring: 'sum', stop_on_failure: false, depends_on: ['0'] },
  ]);
  assert.deepEqual(
    definition.test_cases.map(({ group, weight }) => [group, weight]),
    [
      ['0', 0],
      ['1', 40],
    ],
  );
});

test('points without groups are weights, and each test is run', () => {
  const { definition } = readPolygon(filesOf({ tests: '<test points="30"/><test points="70.5"/>' }));
  assert.deepEqual(
    definition.test_cases.map(({ weight }) => weight),
    [30, 70.5],
  );
  assert.deepEqual([definition.stop_on_failure, definition.groups], [false, undefined]);
});

test('a checker of Polygon without its source is the comparison that it is', () => {
  const named = (name: string) => {
    const checker = `<checker name="${name}" type="testlib"><source path="files/none.cpp"/></checker>`;
    return readPolygon(filesOf({ checker })).definition.checker;
  };
  assert.deepEqual(named('std::rcmp6.cpp'), { type: 'float', absolute: 1e-6, relative: 1e-6 });
  assert.deepEqual(named('std::nyesno.cpp'), { type: 'tokens', case_sensitive: false });
  assert.throws(
    () => named('std::new.cpp'),
    /^PackageFault: problem\.xml must have the file of <source> of <checker>/,
  );
});

test('an interactor talks in the protocol of testlib, and the checker judges what it writes', () => {
  const more = '<interactor><source path="files/inter.cpp" type="cpp.g++17"/></interactor>';
  const { definition } = readPolygon(filesOf({ more }));
  assert.deepEqual(
    [definition.interactor?.protocol, definition.interactor?.files?.[0]?.path, definition.checker?.type],
    ['testlib', 'inter.cpp', 'program'],
  );
});

test('packages with other patterns or only a count are read', () => {
  const renamed = { 'data/1.in': 'x', 'data/1.in.a': 'y', 'data/2.in': 'x', 'data/2.in.a': 'y' };
  const { definition } = readPolygon(filesOf({ pattern: 'data/%d.in', tests: '' }, renamed));
  assert.deepEqual(
    definition.test_cases.map(({ name }) => name),
    ['data/1.in', 'data/2.in'],
  );
});

const REFUSED: readonly (readonly [name: string, parts: Parts, problem: RegExp])[] = [
  [
    'input from a file',
    { judging: '<judging input-file="a.in" output-file="">' },
    /input-file of <judging> empty.*got "a\.in"/,
  ],
  ['no checker', { checker: '' }, /must have <checker> in <assets>/],
  ['a checker of another kind', { checker: '<checker type="x"/>' }, /type of <checker> testlib, got "x"/],
  [
    'a pattern without a number',
    { pattern: 'tests/a' },
    /a pattern with one number such as tests\/%02d, got "tests\/a"/,
  ],
  ['a missing test', { tests: '<test/><test/><test/>' }, /^tests\/03 is missing: the full package/],
  ['a limit that is no number', { limit: 'soon' }, /<time-limit> of <testset> as a whole number, got "soon"/],
  ['an empty limit', { limit: '' }, /must have <time-limit> in <testset>/],
  [
    'negative points',
    { tests: '<test points="-1"/><test/>' },
    /points of <test> as a number, not negative, got "-1"/,
  ],
  [
    'an unknown policy',
    { tests: '<test group="a"/><test/>', groups: '<groups><group name="a" points-policy="x"/></groups>' },
    /points-policy of <group> complete-group or each-test, got "x"/,
  ],
  [
    'a dependency without tests',
    {
      tests: '<test group="a"/><test/>',
      groups: '<groups><group name="a"><dependencies><dependency group="b"/></dependencies></group></groups>',
    },
    /tests of each <dependency> of a <group>, and has none of "b"/,
  ],
  [
    'an interactor that is not there',
    { more: '<interactor><source path="x.cpp"/></interactor>' },
    /<source> of <interactor>, and has no "x\.cpp"/,
  ],
  ['XML that is not well-formed', { more: '<open>' }, /^problem\.xml is not well-formed XML \(line \d+\)/],
  ['an entity of its own', { more: '<a>&own;</a>' }, /^problem\.xml is not well-formed XML/],
  [
    'elements in elements without end',
    { more: '<a>'.repeat(40) + '</a>'.repeat(40) },
    /must be at most 32 elements deep/,
  ],
  ['elements without end', { more: '<a/>'.repeat(20_001) }, /must have at most 20000 elements/],
  ['more text than there may be', { more: ' '.repeat(1024 * 1024) }, /must have at most 1048576 bytes, got/],
];
for (const [name, parts, problem] of REFUSED) {
  test(`refused is ${name}`, () => {
    assert.throws(
      () => readPolygon(filesOf(parts)),
      (error) => error instanceof PackageFault && problem.test(error.message),
    );
  });
}

test('refused is a document type, which could have entities that grow', () => {
  const bomb = '<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><problem>&b;</problem>';
  assert.throws(
    () => readPolygon(filesOf({}, { 'problem.xml': bomb })),
    /problem\.xml must have no document type/,
  );
});
