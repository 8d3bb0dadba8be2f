// What a request may change of the problem that it names: only tighten it, and run tests of its own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExecuteRequest } from '../api/execution.ts';
import type { ProblemDefinition } from '../api/problem.ts';
import { ServiceError } from '../errors.ts';
import { withProblem } from './with-problem.ts';

const DEFINITION: ProblemDefinition = {
  name: 'Sum',
  time_limit: 4,
  test_cases: [
    { name: 'sample', input: '1', is_hidden: false, group: 'all' },
    { name: 'secret', input: '2', time_limit: 2, group: 'all' },
  ],
  groups: [{ name: 'all' }],
  checker: { type: 'tokens' },
};

function complete(request: Partial<ExecuteRequest>, definition: Partial<ProblemDefinition> = {}) {
  const kept = { id: 'sum', version: 'v', createdAtMs: 0, files: null };
  return withProblem(
    { language: 'python', code: 'x', problem: 'sum', ...request },
    { ...kept, definition: { ...DEFINITION, ...definition } },
    'python',
  );
}

function reasonsOf(request: Partial<ExecuteRequest>, definition: Partial<ProblemDefinition> = {}): string[] {
  try {
    complete(request, definition);
  } catch (error) {
    assert.ok(error instanceof ServiceError);
    assert.equal(error.code, 'invalid_request');
    return (error.errors ?? []).map(({ message }) => message);
  }
  return [];
}

test('a request gets everything of the problem, whose tests are hidden unless they are marked', () => {
  const { code, language, checker, groups, time_limit: limit, test_cases: tests } = complete({});
  assert.deepEqual([code, language, limit], ['x', 'python', 4]);
  assert.deepEqual([checker, groups], [{ type: 'tokens' }, [{ name: 'all' }]]);
  assert.deepEqual(
    tests?.map(({ name, is_hidden: isHidden }) => [name, isHidden]),
    [
      ['sample', false],
      ['secret', true],
    ],
  );
});

test('limits may be tighter, also than those of a test, and not looser', () => {
  const { time_limit: limit, test_cases: tests } = complete({ time_limit: 1.5 });
  assert.deepEqual([limit, tests?.map(({ time_limit: own }) => own)], [1.5, [undefined, 1.5]]);
  assert.deepEqual(reasonsOf({ time_limit: 4, memory_limit: 128 }), []);
  assert.deepEqual(reasonsOf({ time_limit: 5, memory_limit: 256 }), [
    'time_limit must be at most 4 seconds, the limit of the problem, got 5',
    'memory_limit must be at most 128 MB, the limit of the problem, got 256',
  ]);
});

test('tests of the request take the place of the problem, under its checker and its limits', () => {
  const { test_cases: tests, checker, groups } = complete({ test_cases: [{ input: 'mine' }] });
  assert.deepEqual([tests, checker, groups], [[{ input: 'mine' }], { type: 'tokens' }, undefined]);
  assert.deepEqual(reasonsOf({ test_cases: [{ time_limit: 9 }] }), [
    'test_cases[0].time_limit must be at most 4 seconds, the limit of the problem, got 9',
  ]);
});

test('what decides a verdict is the problem alone, also where it says nothing', () => {
  const other = { checker: { type: 'exact' as const }, args: ['x'], groups: [], time_multipliers: {} };
  assert.deepEqual(
    reasonsOf({ ...other, interactor: {}, validation_passes: 2 }).map((message) => message.split(' ')[0]),
    ['checker', 'interactor', 'validation_passes', 'args', 'time_multipliers', 'groups'],
  );
});

test('files of both are there, those of the request first', () => {
  const { files } = complete(
    { files: [{ path: 'a.py', content: '1' }] },
    { files: [{ path: 'harness.py', content: '2' }] },
  );
  assert.deepEqual(
    files?.map(({ path }) => path),
    ['a.py', 'harness.py'],
  );
});

test('an entry, options and output files are of the problem if it has them, else of the request', () => {
  assert.equal(complete({ entry: 'a.py' }).entry, 'a.py');
  assert.deepEqual(reasonsOf({ entry: 'a.py' }, { entry: 'harness.py' }), [
    'entry must not be given with problem, which decides it',
  ]);
});

test('a request may stop at the first failure, and not go on where the problem stops', () => {
  assert.equal(complete({ stop_on_failure: true }).stop_on_failure, true);
  assert.equal(complete({}, { stop_on_failure: true }).stop_on_failure, true);
  assert.deepEqual(reasonsOf({ stop_on_failure: false }, { stop_on_failure: true }), [
    'stop_on_failure must not be false, as it is true in the problem',
  ]);
});

test('a test function that the problem hides is hidden from tests of the request too', () => {
  const tests = [{ unit_test: 'test_shown', is_hidden: false }, { unit_test: 'test_secret' }];
  const asked = ['test_shown', 'test_secret', 'T.test_secret'].map((unit_test) => ({
    unit_test,
    is_hidden: false,
  }));
  const { test_cases: found } = complete(
    { test_cases: asked },
    { unit_tests: { code: 'x' }, test_cases: tests },
  );
  assert.deepEqual(
    found?.map(({ is_hidden: isHidden }) => isHidden),
    [false, true, true],
  );
});

test('files of the language take the place of files of the submission, and its main file is started', () => {
  const language_files = {
    default: [
      { path: 'data.txt', content: 'all' },
      { path: 'notes.txt', content: 'all' },
    ],
    python: [
      { path: 'data.txt', content: 'python' },
      { path: 'main.py', content: 'import solution' },
    ],
    cpp: [{ path: 'driver.cpp', content: '' }],
  };
  const own = [
    { path: 'solution.py', content: 'x' },
    { path: 'notes.txt', content: 'own' },
  ];
  const { files = [], entry } = complete({ code: undefined as never, files: own }, { language_files });
  assert.deepEqual(
    files.map(({ path, content }) => [path, content]),
    [
      ['solution.py', 'x'],
      ['data.txt', 'python'],
      ['notes.txt', 'all'],
      ['main.py', 'import solution'],
    ],
  );
  assert.equal(entry, 'main.py');
  assert.equal(complete({}).entry, undefined);
});
