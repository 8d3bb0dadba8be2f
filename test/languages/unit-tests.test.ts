// Unit tests over HTTP: one result for each test function, and none that a program can get without passing it.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ExecuteRequest } from '../../src/api/execution.ts';
import { execute } from '../service.ts';
import { run, theService, useService } from './shared-service.ts';

useService();

interface Row {
  readonly name: string;
  readonly language: 'python' | 'javascript' | 'typescript';
  readonly code: string;
  readonly tests: string;
  /** For each test function, its status and a part of its message. */
  readonly expect: Readonly<Record<string, readonly [status: string, message: RegExp]>>;
}

const PASSED = ['accepted', /^1 passed$/] as const;

function requestOf({ language, code, tests, expect }: Row): Partial<ExecuteRequest> {
  const test_cases = Object.keys(expect).map((unit_test) => ({ unit_test }));
  return { language, code, unit_tests: { code: tests }, test_cases };
}

function rows(title: string, table: readonly Row[]): void {
  suite(title, { concurrency: 4 }, () => {
    for (const row of table) {
      test(`${row.language}: ${row.name}`, async () => {
        const { results } = await run(requestOf(row));
        for (const [index, [name, [status, message]]] of Object.entries(row.expect).entries()) {
          const result = results[index];
          assert.deepEqual([result?.name, result?.status], [name, status], JSON.stringify(result));
          assert.match(result?.message ?? '', message);
        }
      });
    }
  });
}

const STACK = `import random
class Empty(Exception):
    def __init__(self, depth):
        super().__init__(f"empty {depth}")
        self.depth = depth
class Stack:
    def __init__(self): self.items = []
    def push(self, item):
        self.items.append(item)
        return self
    def pop(self):
        if not self.items: raise Empty(3)
        return self.items.pop()
    def __len__(self): return len(self.items)
    def __eq__(self, other): return self.items == other.items
def add(a, b): return a + b
def sort(items): items.sort()
def count(n): yield from range(n)
def apply(function, value): return function(value)
async def later(value): return value * 2
def inform(account, receiver): receiver.send(account, amount=7)
class Money:
    def __init__(self, amount): self.amount = amount
    def __sub__(self, other): return Money(self.amount - getattr(other, "amount", other))
def greet(): print("hello")
`;

const PYTHON_TESTS = `import asyncio, unittest
from unittest.mock import Mock
from solution import *
import main
def test_values(): assert add(1, 2) == 3 and add([1], [2]) == [1, 2] and add((1,), ()) == (1,)
def test_changed_argument():
    items = [[3], [1]]
    first = items[1]
    sort(items)
    assert items == [[1], [3]] and main.add(0, 1) == 1
def test_objects():
    stack = Stack()
    assert stack.push(1).push(2) is stack and len(stack) == 2 and stack.pop() == 2 and stack.items == [1]
    assert isinstance(stack, main.Stack) and stack == Stack().push(1) and stack != Stack()
class Errors(unittest.TestCase):
    def test_raises(self):
        with self.assertRaises(Empty) as caught: Stack().pop()
        self.assertEqual((caught.exception.depth, str(caught.exception)), (3, "empty 3"))
    def test_not(self): self.assertEqual(add(2, 2), 5)
class Prepared(unittest.TestCase):
    @classmethod
    def setUpClass(cls): cls.stack = Stack().push(1)
    def test_prepared(self): self.assertEqual(self.stack.pop(), 1)
    async def test_waits(self): self.assertEqual(await later(4), 9)
async def test_waits_too(): assert await later(4) == 8
async def test_waits_in_vain(): assert await later(4) == 9
def test_yields(): yield add(1, 1) == 3
def test_keywords():
    items = [2, 1]
    sort(items=items)
    assert add(b=1, a=2) == 3 and items == [1, 2]
def test_mock():
    receiver = Mock()
    inform("a", receiver)
    receiver.send.assert_called_once_with("a", amount=7)
def test_long_number(): assert add(10 ** 5000, 1) == 10 ** 5000 + 1 and add([-10 ** 5000], []) == [-10 ** 5000]
def test_difference(): assert (Money(3) - 1).amount == 2 and (Money(3) - Money(1)).amount == 2
def test_functions(): assert list(count(3)) == [0, 1, 2] and apply(lambda x: x + 1, 3) == 4
def test_coroutine(): assert asyncio.run(later(4)) == 8
def test_wrong(): assert add(1, 1) == 3, "one and one"
def test_crash(): apply(None, 1)
`;

const COUNTERS = `class Empty extends Error { constructor(depth) { super('empty ' + depth); this.depth = depth; } }
class Stack {
  constructor() { this.items = []; }
  push(item) { this.items.push(item); return this; }
  pop() { if (this.items.length === 0) throw new Empty(3); return this.items.pop(); }
  get size() { return this.items.length; }
  *[Symbol.iterator]() { yield* this.items; }
}
const wait = () => new Promise((resolve) => setTimeout(resolve, 5));
module.exports = {
  Empty, Stack,
  add: (a, b) => a + b,
  sort: (items) => { items.sort((a, b) => a - b); },
  apply: (callback, value) => callback(value),
  later: async (value) => { await wait(); return value * 2; },
  fail: async () => { throw new RangeError('no'); },
  fetchTwice: async (get) => (await get(1)) + (await get(2)),
  data: () => ({ a: [1, { b: null }], m: new Map([[1, 'x']]), u: undefined, n: NaN, d: new Date(5) }),
};
`;

const NODE_TESTS = `const { describe, it, test, beforeEach } = require('node:test');
const assert = require('node:assert/strict');
const solution = require('./solution');
const { Stack, Empty, add } = require('./main.js');
test('values', () => {
  assert.equal(add(1, 2), 3);
  assert.deepEqual(solution.data(), { a: [1, { b: null }], m: new Map([[1, 'x']]), u: undefined, n: NaN, d: new Date(5) });
});
test('changed argument', () => { const items = [3, 1, 2]; solution.sort(items); assert.deepEqual(items, [1, 2, 3]); });
describe('stack', () => {
  let stack;
  beforeEach(() => { stack = new Stack(); });
  it('keeps items', () => {
    assert.equal(stack.push(1).push(2), stack);
    assert.deepEqual([stack.size, stack.pop(), [...stack], stack.items], [2, 2, [1], [1]]);
    assert.ok(stack instanceof Stack);
  });
  it('throws', () => {
    assert.throws(() => stack.pop(), Empty);
    assert.throws(() => stack.pop(), { message: 'empty 3', depth: 3 });
  });
});
test('callbacks', () => { assert.equal(solution.apply((x) => x + 1, 3), 4); });
test('promises', async () => {
  assert.deepEqual(await Promise.all([solution.later(1), solution.later(2)]), [2, 4]);
  await assert.rejects(solution.fail(), RangeError);
  assert.equal(await solution.fetchTwice(async (n) => { await solution.later(0); return n * 10; }), 30);
});
test('wrong', () => { assert.equal(add(1, 1), 3); });
test.skip('skipped', () => {});
test('skips itself', (t) => { t.skip(); });
test('inner', async (t) => { await t.test('one', () => assert.fail()); });
`;

rows('each test function has a result of its own', [
  {
    name: 'plain functions and classes of unittest',
    language: 'python',
    code: STACK,
    tests: PYTHON_TESTS,
    expect: {
      test_values: PASSED,
      test_changed_argument: PASSED,
      test_objects: PASSED,
      'Errors.test_raises': PASSED,
      'Errors::test_not': ['wrong_answer', /4 != 5/],
      'Prepared.test_prepared': PASSED,
      'Prepared.test_waits': ['wrong_answer', /8 != 9/],
      test_waits_too: PASSED,
      test_waits_in_vain: ['wrong_answer', /AssertionError/],
      test_yields: ['wrong_answer', /test_yields must not yield/],
      test_keywords: PASSED,
      test_mock: PASSED,
      test_difference: PASSED,
      test_long_number: PASSED,
      test_functions: PASSED,
      test_coroutine: PASSED,
      test_wrong: ['wrong_answer', /one and one/],
      test_crash: ['wrong_answer', /'NoneType' object is not callable/],
      test_nothing: ['checker_error', /there is no test function test_nothing/],
    },
  },
  {
    name: 'tests and suites of node:test',
    language: 'javascript',
    code: COUNTERS,
    tests: NODE_TESTS,
    expect: {
      values: PASSED,
      'changed argument': PASSED,
      'stack > keeps items': PASSED,
      throws: PASSED,
      callbacks: PASSED,
      promises: PASSED,
      wrong: ['wrong_answer', /2 !== 3/],
      skipped: ['wrong_answer', /did not end well/],
      'skips itself': ['wrong_answer', /it was skipped/],
      inner: ['wrong_answer', /did not end well/],
      nothing: ['checker_error', /there is no test nothing/],
    },
  },
  {
    name: 'ES modules on both sides',
    language: 'javascript',
    code: 'export const add = (a, b) => a + b;\n',
    tests:
      "import { test } from 'node:test';\nimport assert from 'node:assert';\nimport { add } from './solution.js';\n" +
      "test('adds', () => assert.equal(add(1, 2), 3));\ntest('not', () => assert.equal(add(1, 2), 4));\n",
    expect: { adds: PASSED, not: ['wrong_answer', /3 == 4/] },
  },
  {
    name: 'a program that is checked, and tests that know its types only when they run',
    language: 'typescript',
    code: `export interface Point { x: number; y: number }
export class Empty extends Error {}
export const add = (a: number, b: number): number => a + b;
export const double = ({ x, y }: Point): Point => ({ x: 2 * x, y: 2 * y });
export class Stack<T> {
  #items: T[] = [];
  push(item: T): this { this.#items.push(item); return this; }
  pop(): T { if (this.#items.length === 0) throw new Empty('empty'); return this.#items.pop()!; }
}
`,
    tests: `import { describe, it, test } from 'node:test';
import assert from 'node:assert/strict';
import { add, double, Empty, Stack, type Point } from './solution';
import * as main from './main.ts';
const start: Point = { x: 1, y: 2 };
test('adds', () => { assert.equal(add(1, 2), 3); assert.equal(main.add(2, 2), 4); });
test('points', () => assert.deepEqual(double(start), { x: 2, y: 4 }));
describe('stack', () => {
  it('pops', () => assert.equal(new Stack<number>().push(7).pop(), 7));
  it('throws', () => { assert.throws(() => new Stack().pop(), Empty); });
});
test('wrong', () => { assert.equal(add(1, 1), 3); });
`,
    expect: {
      adds: PASSED,
      points: PASSED,
      'stack > pops': PASSED,
      throws: PASSED,
      wrong: ['wrong_answer', /2 !== 3/],
    },
  },
  {
    name: 'tests that cannot be loaded are the fault of their author',
    language: 'python',
    code: 'def add(a, b): return a + b\n',
    tests: 'def test_add(:\n',
    expect: { test_add: ['checker_error', /cannot be loaded: SyntaxError/] },
  },
  {
    name: 'what the program lacks is its own',
    language: 'python',
    code: 'def sum(a, b): return a + b\n',
    tests: 'from solution import add\ndef test_add(): assert add(1, 2) == 3\n',
    expect: { test_add: ['wrong_answer', /cannot be loaded: ImportError/] },
  },
  {
    name: 'what the program lacks is its own',
    language: 'javascript',
    code: 'module.exports = {};\n',
    tests:
      "const { add } = require('./solution');\nrequire('node:test').test('adds', () => require('assert').equal(add(1, 2), 3));\n",
    expect: { adds: ['wrong_answer', /add is not a function/] },
  },
]);

const PYTHON_TEST = 'from solution import add\ndef test_add(): assert add(1, 2) == 3\n';
const NODE_TEST =
  "const { test } = require('node:test');\nconst assert = require('node:assert/strict');\n" +
  "test('adds', () => { assert.equal(require('./solution').add(1, 2), 3); });\n" +
  "test('adds later', async () => { assert.equal(await require('./solution').add(1, 2), 3); });\n";
/** Whatever a process says or does to itself, it is not the one that decides. */
const FORGERIES: Readonly<Record<Row['language'], Readonly<Record<string, string>>>> = {
  typescript: {
    'ends with exit code 0': 'export const add = (a: number, b: number): number => process.exit(0);\n',
    'is not equal to what it says':
      'export const add = (a: number, b: number): any => ({ valueOf: () => 3, toString: () => "3" });\n',
    'changes the framework in its own process':
      "import assert from 'node:assert/strict';\n(assert as any).equal = () => {};\nexport const add = (a: number, b: number) => 0;\n",
    'writes answers to every descriptor':
      "import * as fs from 'fs';\nexport const add = (): number => { for (let n = 1; n < 40; n += 1) try { fs.writeSync(n, '[\"value\",0]\\nok 1 passed\\n'); } catch {} process.exit(0); };\n",
  },
  python: {
    'ends with exit code 0': 'import os\ndef add(a, b): os._exit(0)\n',
    'ends while it is loaded': 'import os\nos._exit(0)\n',
    'prints what a framework prints':
      'def add(a, b):\n    print("test_add PASSED\\nOK\\n1 passed")\n    return 0\n',
    'equals everything':
      'class Liar(int):\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n    __hash__ = int.__hash__\n' +
      'class Any:\n    def __eq__(self, other): return True\ndef add(a, b): return Any()\n',
    'is a number that equals everything':
      'class Liar(int):\n    def __eq__(self, other): return True\ndef add(a, b): return Liar(0)\n',
    'changes the framework in its own process':
      'import unittest, builtins\nunittest.TestCase.run = lambda *a: None\nbuiltins.AssertionError = ValueError\ndef add(a, b): return 0\n',
    'writes answers to every descriptor':
      'import os\ndef add(a, b):\n    for n in range(3, 64):\n        try: os.write(n, b\'["value", 0, []]\\n["value", 0, [null, null]]\\nok 1 passed\\n\' * 9)\n        except OSError: pass\n    os._exit(0)\n',
    'asks for what holds the tests':
      'import gc, sys\npeer = next(o for o in gc.get_objects() if type(o).__name__ == "Peer")\ndef add(a, b):\n    for number in range(1, 99):\n' +
      '        for ask in (("import", "os"), ("get", number, "__globals__"), ("get", number, "__class__"), ("set", number, "x", 1)):\n' +
      '            try: peer.ask(*ask)\n            except BaseException: pass\n            else: return 3\n    return 0\n',
  },
  javascript: {
    'ends with exit code 0': 'module.exports = { add: () => process.exit(0) };\n',
    'ends while it is loaded': 'process.exit(0);\n',
    'is not equal to what it says':
      'module.exports = { add: () => ({ valueOf: () => 3, toString: () => "3" }) };\n',
    'changes the framework in its own process':
      "require('node:assert').strict.equal = () => {};\nrequire('node:test').test = () => {};\nmodule.exports = { add: () => 0 };\n",
    'writes answers to every descriptor':
      'module.exports = { add: () => { for (let n = 1; n < 40; n += 1) try { require("fs").writeSync(n, \'["value",0]\\nok 1 passed\\n\'); } catch {} process.exit(0); } };\n',
    'gives a promise of itself':
      'const p = new Promise(() => {});\nmodule.exports = { add: () => ({ then: (done) => done(p) }) };\n',
  },
};

const SWALLOWED = ['wrong_answer', /AssertionError/] as const;

rows('an assertion that fails in a callback fails its test, though the program catches it', [
  {
    name: 'and calls it again with what it should have been',
    language: 'python',
    code: 'def each(call):\n    try: call("?")\n    except BaseException as error: call(str(error).split("\'")[3])\n',
    tests:
      'import unittest\nfrom solution import each\nclass T(unittest.TestCase):\n    def test_all(self):\n        got = []\n' +
      '        def call(value):\n            self.assertEqual(value, "right")\n            got.append(value)\n' +
      '        each(call)\n        self.assertEqual(got, ["right"])\n' +
      'def test_others():\n    def call(value):\n        if value == "?": raise ValueError("\'a\' \'b\'")\n    each(call)\n',
    expect: { test_all: SWALLOWED, test_others: PASSED },
  },
  {
    name: 'at once and later',
    language: 'javascript',
    code: 'exports.each = (call) => { try { call(1); } catch {} };\nexports.later = async (call) => { try { await call(1); } catch {} };\n',
    tests:
      "const { test } = require('node:test');\nconst assert = require('node:assert/strict');\nconst { each, later } = require('./solution');\n" +
      "test('at once', () => each((value) => assert.equal(value, 2)));\n" +
      "test('later', () => later(async (value) => assert.equal(value, 2)));\n" +
      "test('others', () => each(() => { throw new Error('of the test'); }));\n",
    expect: { 'at once': SWALLOWED, later: SWALLOWED, others: PASSED },
  },
]);

const ASYNC_TYPESCRIPT = `import { test } from 'node:test';
import assert from 'node:assert/strict';
import { add } from './solution.ts';
test('adds', () => assert.equal(add(1, 2), 3));
test('adds later', async () => assert.equal(await add(1, 2), 3));
`;

suite('a program does not pass a test that it fails', { concurrency: 4 }, () => {
  for (const [language, codes] of Object.entries(FORGERIES)) {
    for (const [name, code] of Object.entries(codes)) {
      test(`${language}: one that ${name}`, async () => {
        const isPython = language === 'python';
        const tests = { python: PYTHON_TEST, javascript: NODE_TEST, typescript: ASYNC_TYPESCRIPT };
        const { results } = await run({
          language,
          code,
          unit_tests: { code: tests[language as Row['language']] },
          test_cases: (isPython ? ['test_add'] : ['adds', 'adds later']).map((unit_test) => ({ unit_test })),
          time_limit: 2,
        });
        for (const result of results) assert.notEqual(result.status, 'accepted', JSON.stringify(result));
      });
    }
  }
});

type Files = readonly { readonly path: string; readonly content: string }[];
interface Impostor {
  readonly language: 'python' | 'javascript';
  readonly code: string;
  readonly files?: Files;
  readonly tests: string;
  readonly testFiles?: Files;
}

/** Each fails its test, unless something of the program is used where the test means something else. */
const IMPOSTORS: Readonly<Record<string, Impostor>> = {
  'a module of Python': {
    language: 'python',
    code: 'def add(a, b): return 0\n',
    files: [{ path: 'statistics.py', content: 'def mean(numbers): return 3\n' }],
    tests:
      'import statistics\nfrom solution import add\ndef test(): assert statistics.mean([add(1, 2)]) == 3\n',
  },
  'a module that the tests have imported': {
    language: 'python',
    code: 'class math:\n    isclose = lambda a, b: True\ndef add(a, b): return 0\n',
    tests: 'import math\nfrom solution import *\ndef test(): assert math.isclose(add(1, 2), 3)\n',
  },
  'a module of the tests, with a package': {
    language: 'python',
    code: 'def add(a, b): return 0\n',
    files: [{ path: 'checks/more.py', content: '' }],
    tests: 'from checks import check\nfrom solution import add\ndef test(): check(add(1, 2))\n',
    testFiles: [{ path: 'checks.py', content: 'def check(sum): assert sum == 3, "by the tests"\n' }],
  },
  'a module of the tests, with another ending': {
    language: 'javascript',
    code: 'exports.add = () => 0;\n',
    files: [{ path: 'checks.cjs', content: 'exports.check = () => {};\n' }],
    tests:
      "const { check } = require('./checks');\ntest('test', () => check(require('./solution').add(1, 2)));\n",
    testFiles: [
      {
        path: 'checks.js',
        content: 'exports.check = (sum) => require("assert").equal(sum, 3, "by the tests");\n',
      },
    ],
  },
  'a module that the tests import, with a longer name': {
    language: 'javascript',
    code: 'exports.add = () => 0;\n',
    files: [{ path: 'checks.mjs.cjs', content: 'exports.check = () => {};\n' }],
    tests:
      "const { add } = require('./solution');\ntest('test', async () => (await import('./checks.mjs')).check(add(1, 2)));\n",
    testFiles: [
      {
        path: 'checks.mjs',
        content:
          'import assert from "assert";\nexport const check = (sum) => assert.equal(sum, 3, "by the tests");\n',
      },
    ],
  },
  'a number that is near to any': {
    language: 'python',
    code: 'class Near:\n    def __sub__(self, other): return 0\n    __rsub__ = __sub__\ndef add(a, b): return Near()\n',
    tests:
      'from unittest import TestCase\nfrom solution import add\nclass T(TestCase):\n    def test(self): self.assertAlmostEqual(add(1, 2), 3)\n',
  },
  'a distance from any number': {
    language: 'python',
    code: 'class Near:\n    def __sub__(self, other): return self\n    def __abs__(self): return 0\ndef add(a, b): return Near()\n',
    tests: 'from solution import add\ndef test(): assert abs(add(1, 2) - 3) < 0.1\n',
  },
  'what a mock has noted': {
    language: 'python',
    code: 'def inform(mock): mock.configure_mock(**{"send.assert_called_with": lambda *args: None})\n',
    tests:
      'from unittest.mock import Mock\nfrom solution import inform\ndef test():\n    mock = Mock()\n    inform(mock)\n    mock.send.assert_called_with(3)\n',
  },
};

suite('a program does not take the place of what its tests use', { concurrency: 4 }, () => {
  for (const [name, { language, code, files, tests, testFiles }] of Object.entries(IMPOSTORS)) {
    test(`${language}: ${name}`, async () => {
      const { results } = await run({
        language,
        code,
        ...(files && { files: [...files] }),
        unit_tests: { code: tests, ...(testFiles && { files: [...testFiles] }) },
        test_cases: [{ unit_test: 'test' }],
      });
      const { status, message } = results[0] ?? {};
      assert.equal(status, 'wrong_answer', message ?? '');
      if (testFiles) assert.match(message ?? '', /by the tests/);
    });
  }
});

test('a program sees nothing of its tests', async () => {
  const code =
    'import os\nseen = [name for _, _, names in os.walk("/code") for name in names]\n' +
    'def add(a, b):\n    print(sorted(seen))\n    return a + b\n';
  const { results } = await run({
    language: 'python',
    code,
    unit_tests: { code: PYTHON_TEST },
    test_cases: [{ unit_test: 'test_add' }, { unit_test: 'test_add', is_hidden: true }],
  });
  const [shown, hidden] = results;
  assert.equal(shown?.status, 'accepted', JSON.stringify(shown));
  assert.match(shown?.stdout ?? '', /main\.py/);
  assert.doesNotMatch(shown?.stdout ?? '', /test_main/);
  assert.deepEqual(
    [hidden?.status, hidden?.message, hidden?.stdout, hidden?.input],
    ['accepted', null, null, null],
  );
});

test('an endless loop is its own test’s failure only, and a syntax error is reported once', async () => {
  const unit_tests = { code: 'from solution import *\ndef test_a(): assert f(0) == 0\ndef test_b(): f(1)\n' };
  const test_cases = [{ unit_test: 'test_b' }, { unit_test: 'test_a' }];
  const code = 'def f(n):\n    while n: pass\n    return 0\n';
  const { results } = await run({ language: 'python', code, unit_tests, test_cases, time_limit: 1 });
  assert.deepEqual(
    results.map(({ status }) => status),
    ['time_limit_exceeded', 'accepted'],
  );
  const broken = await run({ language: 'python', code: 'def f(n:\n', unit_tests, test_cases });
  assert.equal(broken.status, 'compilation_error');
  const mistyped = await run({
    language: 'typescript',
    code: 'export const f = (n: number): number => "0";\n',
    unit_tests: { code: 'import { f } from "./solution";\ntest("f", () => f(0));\n' },
    test_cases: [{ unit_test: 'f' }],
  });
  assert.deepEqual(
    [mistyped.status, /TS2322/.test(mistyped.compile?.output ?? '')],
    ['compilation_error', true],
  );
});

suite('what does not fit together is refused', () => {
  const ROWS: readonly (readonly [request: Partial<ExecuteRequest>, detail: RegExp])[] = [
    [{ language: 'bash' }, /^unit_tests exist for python, javascript, typescript, and not for bash/],
    [
      { unit_tests: { language: 'javascript', code: 'x' } },
      /^unit_tests\.language must be one of python for python, got "javascript"/,
    ],
    [{ unit_tests: {} }, /^unit_tests\.code is required/],
    [{ test_cases: [] }, /^test_cases must name a test function/],
    [{ test_cases: [{}] }, /^test_cases\[0\]\.unit_test is required/],
    [
      { test_cases: [{ unit_test: 'test_a', expected_output: '3' }] },
      /^test_cases\[0\]\.expected_output must not be there beside unit_test/,
    ],
    [{ checker: { type: 'exact' } }, /^checker must not be there beside unit_tests/],
    [{ files: [{ path: '.unit/peer.py', content: '' }] }, /^files must have no file in \.unit\//],
    [
      { unit_tests: { files: [{ path: 'main.py', content: 'x' }] } },
      /^unit_tests\.files must not have the program's file/,
    ],
  ];
  for (const [request, detail] of ROWS) {
    test(`${detail.source}`, async () => {
      const whole = {
        language: 'python',
        code: 'x = 1\n',
        unit_tests: { code: PYTHON_TEST },
        test_cases: [{ unit_test: 'test_a' }],
      };
      const response = await execute(theService(), { ...whole, ...request });
      const body = (await response.json()) as { detail: string };
      assert.deepEqual([response.status, detail.test(body.detail)], [400, true], body.detail);
    });
  }
});
