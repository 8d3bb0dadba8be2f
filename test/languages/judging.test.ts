// How tests are judged over HTTP: many in their order, checkers, weights, hidden tests, stopping at the first failure.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ExecuteRequest } from '../../src/api/execution.ts';
import { CHECKER_TYPES } from '../../src/checkers/catalog.ts';
import type { Answer } from '../service.ts';
import { run, useService } from './shared-service.ts';

useService();

const SQUARE = { language: 'python', code: 'n = int(input())\nprint(n * n)\n' };
const statuses = (answer: Answer) => answer.results.map(({ status }) => status);

suite('100 tests of one request', () => {
  for (const language of ['python', 'cpp']) {
    test(`${language}: each has its own input, and results keep their order`, async () => {
      const code =
        language === 'python'
          ? SQUARE.code
          : '#include <iostream>\nint main() { int n; std::cin >> n; std::cout << n * n << "\\n"; }\n';
      const test_cases = Array.from({ length: 100 }, (_, n) => ({
        name: `square of ${n}`,
        input: `${n}\n`,
        expected_output: `${n % 10 === 9 ? -1 : n * n}`,
      }));
      const answer = await run({ language, code, test_cases });
      assert.equal(answer.status, 'wrong_answer');
      for (const [n, result] of answer.results.entries()) {
        assert.deepEqual(
          [result.index, result.name, result.stdout, result.status],
          [n, `square of ${n}`, `${n * n}\n`, n % 10 === 9 ? 'wrong_answer' : 'accepted'],
        );
      }
      assert.deepEqual(answer.summary, { total: 100, passed: 90, failed: 10, skipped: 0, score: 0.9 });
    });
  }
});

/** Outputs that a checker takes for `expected`, and those that it does not. */
const CHECKERS: readonly {
  readonly checker?: NonNullable<ExecuteRequest['checker']>;
  readonly expected: string;
  readonly right: readonly string[];
  readonly wrong: readonly string[];
}[] = [
  {
    expected: 'a b\nc',
    right: ['a b\nc\n', 'a b  \nc\n\n\n', 'a b\r\nc'],
    wrong: ['a  b\nc', 'A b\nc', ' a b\nc x'],
  },
  { checker: { type: 'exact' }, expected: 'a b\n', right: ['a b\n'], wrong: ['a b', 'a b \n', 'a b\n\n'] },
  { checker: { type: 'trim' }, expected: 'a\n', right: ['a', 'a\n\n', 'a \n'], wrong: ['b', 'a a'] },
  {
    checker: { type: 'tokens' },
    expected: '1 2 3',
    right: ['1\n2\n3', ' 1  2 3\n'],
    wrong: ['1 2', '12 3', '1 2 3 4'],
  },
  {
    checker: { type: 'float', absolute: 0.01 },
    expected: '3.14 x',
    right: ['3.1416 x', '3.14e0  x'],
    wrong: ['3.2 x', '3.14', 'nan x'],
  },
  {
    checker: { type: 'float', relative: 0.1 },
    expected: '1000',
    right: ['1099', '901'],
    wrong: ['1200', '-1000'],
  },
  {
    checker: { type: 'unordered_lines' },
    expected: 'a\nb\nb',
    right: ['b\na\nb\n'],
    wrong: ['a\nb', 'a\na\nb'],
  },
  { checker: { type: 'case_insensitive' }, expected: 'YES', right: ['yes\n', 'Yes'], wrong: ['no', 'ye s'] },
  {
    checker: { type: 'lines' },
    expected: 'a b\nc',
    right: [' a  b\n\nc\n'],
    wrong: ['a\nb\nc', 'a b c', 'A b\nc'],
  },
  {
    checker: { type: 'tokens', case_sensitive: false },
    expected: 'YES 1',
    right: ['yes\n1', 'Yes  1'],
    wrong: ['yes', 'no 1'],
  },
  {
    checker: { type: 'tokens', space_change_sensitive: true },
    expected: '1 2\n',
    right: ['1 2\n'],
    wrong: ['1  2\n', '1 2'],
  },
];

suite('a checker', { concurrency: 4 }, () => {
  for (const { checker, expected, right, wrong } of CHECKERS) {
    test(`${checker ? JSON.stringify(checker) : 'of a request that names none'} accepts right outputs and rejects wrong ones`, async () => {
      const answer = await run({
        language: 'bash',
        code: 'cat\n',
        ...(checker && { checker }),
        test_cases: [...right, ...wrong].map((input) => ({ input, expected_output: expected })),
      });
      assert.deepEqual(statuses(answer), [
        ...right.map(() => 'accepted'),
        ...wrong.map(() => 'wrong_answer'),
      ]);
    });
  }
});

test('the score is the weight of what passed, and a test may weigh nothing', async () => {
  const answer = await run({
    ...SQUARE,
    test_cases: [
      { input: '1', expected_output: '1', weight: 3 },
      { input: '2', expected_output: '5', weight: 1 },
      { input: '3', expected_output: '0', weight: 0 },
    ],
  });
  assert.deepEqual(answer.summary, { total: 3, passed: 1, failed: 2, skipped: 0, score: 0.75 });
});

test('a test without an expected output passes when the program ends well', async () => {
  const answer = await run({ ...SQUARE, test_cases: [{ input: '2' }, { input: 'x' }] });
  assert.deepEqual(statuses(answer), ['accepted', 'runtime_error']);
  assert.equal(answer.status, 'runtime_error');
});

test('an expected output that is empty is compared too', async () => {
  const answer = await run({ ...SQUARE, test_cases: [{ input: '2', expected_output: '' }] });
  assert.deepEqual(statuses(answer), ['wrong_answer']);
});

test('with stop_on_failure all tests after the first that fails are skipped', async () => {
  const test_cases = [1, 2, 3, 4, 5].map((n) => ({
    input: `${n}`,
    expected_output: n === 2 ? '0' : `${n * n}`,
  }));
  const answer = await run({ ...SQUARE, test_cases, stop_on_failure: true });
  assert.deepEqual(statuses(answer), ['accepted', 'wrong_answer', 'skipped', 'skipped', 'skipped']);
  assert.deepEqual(answer.summary, { total: 5, passed: 1, failed: 1, skipped: 3, score: 0.2 });
});

test('each test may have limits of its own', async () => {
  const code = 'b = b"x" * (100 << 20)\nprint(len(b))\n';
  const test_cases = [{ memory_limit: 64 }, { memory_limit: 256 }, {}];
  const answer = await run({ language: 'python', code, test_cases, memory_limit: 512 });
  assert.deepEqual(statuses(answer), ['memory_limit_exceeded', 'accepted', 'accepted']);
});

suite('a hidden test', { concurrency: 4 }, () => {
  const SECRETS = ['s3cr3t-input', 's3cr3t-output', 's3cr3t-stdout', 's3cr3t-stderr'];
  const hidden = { input: SECRETS[0] ?? '', expected_output: SECRETS[1] ?? '', is_hidden: true };
  const PROGRAMS: Readonly<Record<string, string>> = {
    wrong_answer: 'import sys\nprint("s3cr3t-stdout", input())\nprint("s3cr3t-stderr", file=sys.stderr)\n',
    runtime_error: 'raise Exception("s3cr3t-stderr " + input())\n',
    output_limit_exceeded: 'while True: print("s3cr3t-stdout" * 100)\n',
    memory_limit_exceeded: 'print("s3cr3t-stdout", flush=True)\nb = b"x" * (400 << 20)\n',
    accepted: 'input()\nprint("s3cr3t-output")\n',
  };
  for (const [status, code] of Object.entries(PROGRAMS)) {
    test(`returns its verdict and nothing else: ${status}`, async () => {
      for (const query of ['', '?encoding=base64']) {
        const answer = await run({ language: 'python', code, test_cases: [hidden] }, query);
        const [result] = answer.results;
        assert.equal(result?.status, status);
        const { input, expected_output, stdout, stderr, message, is_hidden } = result;
        assert.deepEqual([input, expected_output, stdout, stderr, message], Array(5).fill(null));
        assert.equal(is_hidden, true);
        // The code itself is not in an answer, so no part of it may be.
        const text = JSON.stringify(answer);
        for (const secret of SECRETS) {
          assert.ok(!text.includes(secret), `${secret} in ${text}`);
          assert.ok(!text.includes(Buffer.from(secret).toString('base64').slice(0, 14)), text);
        }
      }
    });
  }
});

/** Programs that print their input, judged where text and numbers are not what they seem. */
const EDGES: readonly {
  readonly checker?: NonNullable<ExecuteRequest['checker']>;
  readonly input: string;
  readonly expected: string;
  readonly isRight: boolean;
  readonly message?: RegExp;
}[] = [
  {
    checker: { type: 'float', absolute: 0, relative: 0 },
    input: '9007199254740993',
    expected: '9007199254740992',
    isRight: false,
  },
  { checker: { type: 'float' }, input: '1e400', expected: '1e999', isRight: false },
  { checker: { type: 'float' }, input: '1e400', expected: '1E+400', isRight: true },
  {
    checker: { type: 'float', absolute: 0.000001 },
    input: '0.100001000',
    expected: '0.100000000',
    isRight: true,
  },
  { input: '5\u00a0', expected: '5', isRight: false, message: /U\+00A0/ },
  { input: '\u0430', expected: 'a', isRight: false, message: /U\+0061 is expected, not U\+0430/ },
  {
    checker: { type: 'exact' },
    input: '5\n',
    expected: '5',
    isRight: false,
    message: /one newline too many at the end/,
  },
];

suite('outputs that are not what they seem', { concurrency: 4 }, () => {
  const code = 'import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read())\n';

  for (const { checker, input, expected, isRight, message } of EDGES) {
    const type = checker?.type ?? 'trim';
    test(`${type}: ${JSON.stringify(input)} ${isRight ? 'answers' : 'does not answer'} ${expected}`, async () => {
      const test_cases = [{ input, expected_output: expected }];
      const answer = await run({ language: 'python', code, test_cases, ...(checker && { checker }) });
      assert.equal(answer.status, isRight ? 'accepted' : 'wrong_answer');
      if (message !== undefined) assert.match(answer.results[0]?.message ?? '', message);
    });
  }

  test('bytes that are not UTF-8 are neither U+FFFD nor each other', async () => {
    const bytes = (...values: number[]) => Buffer.from(values).toString('base64');
    const test_cases = [
      { input: bytes(0xff), expected_output: Buffer.from('\ufffd').toString('base64') },
      { input: bytes(0xff), expected_output: bytes(0xfe) },
      { input: bytes(0xff), expected_output: bytes(0xff) },
    ].map((each) => ({ ...each, encoding: 'base64' as const }));
    for (const type of CHECKER_TYPES) {
      const answer = await run({ language: 'python', code, test_cases, checker: { type } });
      assert.deepEqual(statuses(answer), ['wrong_answer', 'wrong_answer', 'accepted'], type);
      assert.match(answer.results[0]?.message ?? '', /\\xff/);
    }
  });
});

suite('inputs', () => {
  const CAT = {
    language: 'python',
    code: 'import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read())\n',
  };

  test('may be bytes that are no text', async () => {
    const input = Buffer.from([0xff, 0x00, 0xfe]).toString('base64');
    const judged = await run(
      { ...CAT, test_cases: [{ input, expected_output: input, encoding: 'base64' }] },
      '?encoding=base64',
    );
    assert.equal(judged.status, 'accepted');
    assert.deepEqual([judged.results[0]?.input, judged.results[0]?.stdout], [input, input]);
    const plain = await run({ ...CAT, stdin: input, stdin_encoding: 'base64' }, '?encoding=base64');
    assert.equal(plain.results[0]?.stdout, input);
  });

  test('are shown as far as 64 KiB, and whole when asked for', async () => {
    const input = `${'ä'.repeat(40_000)}\n`;
    const test_cases = [{ input }, { input: 'short' }, { input, is_hidden: true }];
    const [cut, short, hidden] = (await run({ ...CAT, test_cases })).results;
    assert.equal(cut?.input, 'ä'.repeat(32_768));
    assert.deepEqual([cut?.input_truncated, short?.input_truncated], [true, false]);
    assert.deepEqual([hidden?.input, hidden?.input_truncated], [null, false]);
    const [whole] = (await run({ ...CAT, test_cases }, '?include=input')).results;
    assert.deepEqual([whole?.input, whole?.input_truncated], [input, false]);
  });
});
