// Interactive problems over HTTP: who decides in which case, deadlocks, transcripts, passes and a checker behind.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ExecuteRequest } from '../../src/api/execution.ts';
import type { Answer } from '../service.ts';
import { execute } from '../service.ts';
import { run, theService, useService } from './shared-service.ts';

useService();

type Interactor = NonNullable<ExecuteRequest['interactor']>;

/** Guess the number in the input: answers `lower`, `higher` or `right`. */
const GUESS: Interactor = {
  language: 'python',
  code: `import sys
number = int(open(sys.argv[1]).read())
for _ in range(8):
    line = sys.stdin.readline()
    if not line:
        print('unexpected eof no guess', file=sys.stderr)
        sys.exit(8)
    guess = int(line)
    if guess == number:
        print('right', flush=True)
        print('ok found', file=sys.stderr)
        open(sys.argv[2], 'w').write(f'found {guess}')
        sys.exit(0)
    print('lower' if number < guess else 'higher', flush=True)
print('wrong answer too many guesses', file=sys.stderr)
sys.exit(1)
`,
};

const SEARCH = `low, high = 1, 100
while True:
    guess = (low + high) // 2
    print(guess, flush=True)
    answer = input()
    if answer == 'right':
        break
    if answer == 'lower':
        high = guess - 1
    else:
        low = guess + 1
`;

const play = (code: string, more: Partial<ExecuteRequest> = {}) =>
  run({ language: 'python', code, interactor: GUESS, test_cases: [{ input: '37' }], ...more });
const first = ({ results: [result] }: Answer) => {
  assert.ok(result);
  return result;
};

test('a solution that finds the number is accepted, and its own figures are reported', async () => {
  const result = first(await play(SEARCH));
  assert.deepEqual(
    [result.status, result.score, result.message],
    ['accepted', 1, 'found'],
    JSON.stringify(result),
  );
  assert.ok(result.cpu_time_ms > 0 && result.exit_code === 0);
  assert.equal(result.stdout?.split('\n')[0], '50');
  assert.equal('interaction' in result, false);
});

suite('who decides', { concurrency: 2 }, () => {
  const ROWS: readonly (readonly [what: string, code: string, status: string, message: RegExp])[] = [
    [
      'a wrong guess and an endless loop',
      'for _ in range(8): print(1, flush=True)\nwhile True: pass\n',
      'wrong_answer',
      /too many/,
    ],
    [
      'a wrong guess and a crash',
      'for _ in range(8):\n    print(1, flush=True)\n    answer = input()\ninput()\nraise SystemExit(3)\n',
      'wrong_answer',
      /too many/,
    ],
    [
      'a crash in the middle',
      'print(50, flush=True)\ninput()\nraise SystemExit(3)\n',
      'runtime_error',
      /code 3/,
    ],
    ['an end in the middle', 'print(50, flush=True)\ninput()\n', 'wrong_answer', /no guess/],
    ['too much CPU time', 'print(50, flush=True)\nwhile True: pass\n', 'time_limit_exceeded', /CPU time/],
    ['an answer and a crash after it', `${SEARCH}raise SystemExit(3)\n`, 'runtime_error', /code 3/],
    ['a farewell after the answer', `${SEARCH}print('thank you' * 1000)\n`, 'accepted', /found/],
  ];
  for (const [what, code, status, message] of ROWS) {
    test(`${what} is ${status}`, async () => {
      const result = first(await play(code, { time_limit: 1 }));
      assert.equal(result.status, status, JSON.stringify(result));
      assert.match(result.message ?? '', message);
    });
  }

  const FAULTS: readonly (readonly [what: string, interactor: Interactor, message: RegExp])[] = [
    [
      'that fails',
      { language: 'python', code: 'input()\nraise ValueError("broken")\n' },
      /uncaught error[\s\S]*broken/,
    ],
    ['that ends with its own failure', { language: 'bash', code: 'echo FAIL >&2; exit 3\n' }, /own failure/],
    [
      'that uses too much time',
      { language: 'python', code: 'while True: pass\n', time_limit: 1 },
      /interactor exceeded the CPU/,
    ],
    [
      'that does not compile',
      { language: 'cpp', code: 'int main() { return x; }\n' },
      /interactor does not compile/,
    ],
  ];
  for (const [what, interactor, message] of FAULTS) {
    test(`an interactor ${what} is checker_error`, async () => {
      const result = first(await play(SEARCH, { interactor }));
      assert.equal(result.status, 'checker_error', JSON.stringify(result));
      assert.match(result.message ?? '', message);
    });
  }
});

test('two that wait for each other are found soon', async () => {
  const answer = await play('input()\n', { time_limit: 10 });
  const result = first(answer);
  assert.deepEqual([result.status, result.limit], ['time_limit_exceeded', 'wall'], JSON.stringify(result));
  assert.match(result.message ?? '', /wait for each other; was the output flushed\?/);
  assert.ok(answer.total_time_ms < 15_000, `${answer.total_time_ms} ms`);
});

test('a solution that computes for longer than a second is no deadlock', async () => {
  const slow = `import time\nwhile time.process_time() < 1.6: pass\n${SEARCH}`;
  assert.equal(first(await play(slow, { time_limit: 10 })).status, 'accepted');
});

test('the transcript is shown if it is asked for, and never of a hidden test', async () => {
  const answer = await play(SEARCH, {
    interaction: true,
    test_cases: [{ input: '37' }, { input: '37', is_hidden: true }],
  });
  const [shown, hidden] = answer.results;
  assert.deepEqual(
    shown?.interaction?.map(({ from, text }) => `${from}: ${text.trim()}`),
    [
      'program: 50',
      'interactor: lower',
      'program: 25',
      'interactor: higher',
      'program: 37',
      'interactor: right',
    ],
  );
  assert.ok(shown?.interaction?.every(({ at_ms }, index, all) => at_ms >= (all[index - 1]?.at_ms ?? 0)));
  assert.deepEqual([hidden?.status, hidden?.message, hidden?.interaction], ['accepted', null, undefined]);
});

test('a checker program judges what the interactor wrote', async () => {
  const checker = {
    type: 'program',
    language: 'bash',
    code: 'echo "$(cat "$2") of $(cat "$1") $(cat "$3")" >&2; exit 7$(echo points 0.5 >&2)\n',
  } as const;
  const result = first(
    await play(SEARCH, { checker, test_cases: [{ input: '37', expected_output: 'ans' }] }),
  );
  assert.deepEqual([result.status, result.score], ['partially_accepted', 0.5], JSON.stringify(result));
});

test('an interactor of the ICPC decides with 42 and 43, pass after pass', async () => {
  const interactor: Interactor = {
    protocol: 'icpc',
    language: 'python',
    validation_passes: 2,
    code: `import sys
from pathlib import Path
feedback, number = Path(sys.argv[3]), int(open(sys.argv[1]).read())
print(number, flush=True)
got = int(input())
(feedback / 'judgemessage.txt').write_text(f'got {got}')
if got != number + 1:
    sys.exit(43)
if number == 1:
    (feedback / 'nextpass.in').write_text('5')
sys.exit(42)
`,
  };
  const test_cases = [{ input: '1' }, { input: '2' }];
  const answer = await run({ language: 'python', code: 'print(int(input()) + 1)\n', interactor, test_cases });
  assert.deepEqual(
    answer.results.map(({ status, judge_message }) => [status, judge_message]),
    [
      ['accepted', 'got 6'],
      ['accepted', 'got 3'],
    ],
  );
  const wrong = await run({ language: 'python', code: 'print(int(input()) + 2)\n', interactor, test_cases });
  assert.deepEqual(
    wrong.results.map(({ status }) => status),
    ['wrong_answer', 'wrong_answer'],
  );
});

test('many conversations at once wait for slots, and all are held', async () => {
  const test_cases = Array.from({ length: 6 }, (_, n) => ({ input: `${n * 15 + 1}` }));
  const answers = await Promise.all(Array.from({ length: 4 }, () => play(SEARCH, { test_cases })));
  for (const answer of answers) assert.equal(answer.status, 'accepted', JSON.stringify(answer.results));
});

test('megabytes go both ways', async () => {
  const interactor: Interactor = {
    language: 'python',
    code: `import sys
sys.stdout.write('x' * 3000000 + '\\n'); sys.stdout.flush()
sys.exit(0 if sys.stdin.readline() == 'y' * 900000 + '\\n' else 1)
`,
  };
  const code = "line = input()\nprint('y' * 900000 if len(line) == 3000000 else 'n')\n";
  assert.equal(first(await play(code, { interactor })).status, 'accepted');
});

test('an interactor of testlib in C++', async () => {
  const interactor: Interactor = {
    language: 'cpp',
    code: `#include "testlib.h"
#include <iostream>
int main(int argc, char *argv[]) {
  registerInteraction(argc, argv);
  int n = inf.readInt();
  std::cout << n << std::endl;
  int got = ouf.readInt();
  tout << got << std::endl;
  if (got != 2 * n) quitf(_wa, "%d is not twice %d", got, n);
  quitf(_ok, "twice");
}
`,
  };
  for (const [factor, status, message] of [
    [2, 'accepted', 'twice'],
    [3, 'wrong_answer', '111 is not twice 37'],
  ] as const) {
    const result = first(await play(`print(int(input()) * ${factor})\n`, { interactor }));
    assert.deepEqual([result.status, result.message], [status, message]);
  }
});

test('an interactor of the ICPC takes no checker program beside it', async () => {
  const checker = { type: 'program', language: 'bash', code: 'exit 0' } as const;
  const interactor = { protocol: 'icpc', language: 'bash', code: 'exit 42' } as const;
  const response = await execute(theService(), {
    language: 'bash',
    code: 'cat',
    checker,
    interactor,
    test_cases: [{}],
  });
  const body = (await response.json()) as { detail: string };
  assert.equal(response.status, 400);
  assert.match(body.detail, /^checker must not be a program beside an interactor of the protocol icpc/);
});
