// The sentences that reject a request, and that rejecting is cheap.

import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { cpuTimeMsOf } from '../../../test/cpu-time.ts';
import { createTestServer, postExecute } from '../server-fixture.ts';

/** None of its parts remembers a request. */
const server = await createTestServer({ after });

const PROGRAM = { language: 'python', code: 'print(1)' };

/** Each numeric field with its range in words and a body that has the value there. */
const NUMERIC_FIELDS: [path: string, kind: string, range: string, bodyWith: (value: string) => string][] = [
  ['time_limit', 'a number', 'between 1 and 30 seconds', (value) => field('time_limit', value)],
  ['memory_limit', 'a number', 'between 32 and 512 MB', (value) => field('memory_limit', value)],
  ['output_limit_kb', 'KIND', 'between 1 and 10240 KB', (value) => field('output_limit_kb', value)],
  [
    'test_cases[1].time_limit',
    'a number',
    'between 1 and 30 seconds',
    (value) => inTest('time_limit', value),
  ],
  [
    'test_cases[1].memory_limit',
    'a number',
    'between 32 and 512 MB',
    (value) => inTest('memory_limit', value),
  ],
  ['test_cases[1].weight', 'a number', 'between 0 and 1000000', (value) => inTest('weight', value)],
  ['checker.absolute', 'a number', 'at least 0', (value) => inChecker('absolute', value)],
  ['checker.relative', 'a number', 'at least 0', (value) => inChecker('relative', value)],
];

const BAD_VALUES: [json: string, shown: string][] = [
  ['0', '0'],
  ['-1', '-1'],
  ['1e308', '1e+308'],
  ['1e999', 'Infinity'],
  ['-1e999', '-Infinity'],
  ['"5"', '"5"'],
  ['""', '""'],
  ['"NaN"', '"NaN"'],
  ['null', 'null'],
  ['true', 'true'],
  ['[]', 'an array'],
  ['[5]', 'an array'],
  ['{}', 'an object'],
  [`"${'9'.repeat(100)}"`, `"${'9'.repeat(40)}…"`],
];

/** Zero is a weight and a tolerance, and these have no upper end. */
const ALLOWED = new Set(['test_cases[1].weight 0', ...['absolute', 'relative'].flatMap(allowedTolerances)]);

function allowedTolerances(name: string): string[] {
  return [`checker.${name} 0`, `checker.${name} 1e308`];
}

function field(name: string, value: string): string {
  return `{"language":"python","code":"print(1)","${name}":${value}}`;
}

function inTest(name: string, value: string): string {
  return field('test_cases', `[{},{"${name}":${value}}]`);
}

function inChecker(name: string, value: string): string {
  return field('checker', `{"type":"float","${name}":${value}}`);
}

suite('a number in a request', () => {
  for (const [path, , range, bodyWith] of NUMERIC_FIELDS) {
    for (const [json, shown] of BAD_VALUES.filter(([json]) => !ALLOWED.has(`${path} ${json}`))) {
      test(`is rejected as ${path}=${shown}, with the field, the value and the range`, async () => {
        const answer = await postExecute(server, bodyWith(json));
        const { code, errors, detail } = answer.json();
        assert.equal(answer.statusCode, 400);
        assert.equal(code, 'invalid_request');
        assert.equal(errors.length, 1);
        assert.equal(errors[0].path, path);
        assert.equal(detail, errors[0].message);
        assert.ok(detail.startsWith(`${path} must be `), detail);
        assert.ok(detail.includes(range), detail);
        assert.ok(detail.endsWith(`, got ${shown}`), detail);
      });
    }

    for (const json of ['NaN', '-Infinity']) {
      test(`is rejected as ${path}=${json}, which JSON does not have`, async () => {
        const answer = await postExecute(server, bodyWith(json));
        const name = path.split('.').at(-1);
        assert.equal(answer.statusCode, 400);
        assert.equal(answer.json().detail, `${name} must be a JSON number, got ${json}`);
        assert.equal(answer.json().errors[0].path, name);
      });
    }
  }

  test('may be a fraction', async () => {
    assert.equal((await postExecute(server, { ...PROGRAM, time_limit: 1.5 })).statusCode, 200);
  });
});

suite('a request is rejected with a sentence', () => {
  const cases: [change: object, detail: string][] = [
    [{ language: undefined }, 'language is required'],
    [{ language: 5 }, 'language must be a string, got 5'],
    [{ language: '' }, 'language must have at least 1 character, got 0'],
    [{ code: null }, 'code must be a string, got null'],
    [{ code: '' }, 'code must have at least 1 character, got 0'],
    [{ stdin: ['x'] }, 'stdin must be a string, got an array'],
    [{ priority: 'urgent' }, 'priority must be one of "low", "normal", "high", got "urgent"'],
    [{ stop_on_failure: 'true' }, 'stop_on_failure must be a boolean, got "true"'],
    [{ user_id: 'a b' }, 'user_id must be 1–128 letters, digits or . _ : @ -, got "a b"'],
    [{ args: 'x' }, 'args must be an array, got "x"'],
    [{ args: Array(33).fill('x') }, 'args must have at most 32 entries, got 33'],
    [{ args: [1] }, 'args[0] must be a string, got 1'],
    [{ test_cases: Array(101).fill({}) }, 'test_cases must have at most 100 entries, got 101'],
    [{ test_cases: [{ input: 5 }] }, 'test_cases[0].input must be a string or an object, got 5'],
    [{ test_cases: [null] }, 'test_cases[0] must be an object, got null'],
    [{ files: [{ path: 'a' }] }, 'files[0].content is required'],
  ];
  for (const [change, detail] of cases) {
    test(detail, async () => {
      const answer = await postExecute(server, { ...PROGRAM, ...change });
      assert.equal(answer.statusCode, 400);
      assert.equal(answer.json().detail, detail);
    });
  }

  test('that names a field it does not know, and those it does', async () => {
    const answer = await postExecute(server, { ...PROGRAM, test_cases: [{ output: '5' }] });
    assert.match(
      answer.json().detail,
      /^test_cases\[0\]\.output is not a known field; known fields are name, input, expec/,
    );
    assert.equal(answer.json().errors[0].path, 'test_cases[0].output');
  });

  test('about each of its fields, a bounded number of them', async () => {
    const answer = await postExecute(server, { ...PROGRAM, args: Array(30).fill(0), time_limit: 0 });
    assert.equal(answer.json().errors.length, 20);
    assert.match(answer.json().detail, /; and 26 more$/);
  });

  test('that does not echo its code or inputs', async () => {
    const long = 'secret'.repeat(1000);
    const answer = await postExecute(server, {
      language: long,
      version: long,
      code: 5,
      [long]: long,
      checker: long,
      priority: long,
    });
    assert.equal(answer.statusCode, 400);
    assert.ok(answer.body.length < 3000, `${answer.body.length} characters`);
  });

  test('in little time when millions of values are wrong', async () => {
    const bodies = [
      `{"language":"python","code":"1","test_cases":[${'0,'.repeat(4_000_000)}0]}`,
      `{"language":"python","code":"1","args":[${'{},'.repeat(4_000_000)}{}]}`,
      `{"language":"python","code":"1",${Array.from({ length: 500_000 }, (_, i) => `"k${i}":0`).join()}}`,
      `{"language":"python","code":"1","stdin":${'['.repeat(4_000_000)}${']'.repeat(4_000_000)}}`,
    ];
    for (const body of bodies) {
      const cpuTimeMs = await cpuTimeMsOf(async () => {
        assert.equal((await postExecute(server, body)).statusCode, 400);
      });
      assert.ok(cpuTimeMs < 5000, `${cpuTimeMs} ms`);
    }
  });
});
