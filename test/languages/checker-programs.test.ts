// Checker programs over HTTP: both protocols, whose fault is whose, points, passes, and what a hidden test keeps hidden.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import type { ExecuteRequest } from '../../src/api/execution.ts';
import type { PackageReport } from '../../src/api/problem.ts';
import type { Answer } from '../service.ts';
import { execute } from '../service.ts';
import { run, theService, useService } from './shared-service.ts';

useService({ CONCURRENCY: '1', INTERACTIVE_SESSIONS: '0' });

type Checker = NonNullable<ExecuteRequest['checker']>;
type Test = NonNullable<ExecuteRequest['test_cases']>[number];

/** Prints its input, so that a test chooses what is checked. */
const ECHO = { language: 'bash', code: 'cat\n' };
const statuses = ({ results }: Answer) => results.map(({ status }) => status);

/** A checker of the protocol testlib that ends as the output says: `CODE WORDS`. */
const OBEDIENT: Checker = {
  type: 'program',
  language: 'bash',
  code: 'read -r code words < "$2"\necho "$words" >&2\nexit "$code"\n',
};

const check = (checker: Checker, test_cases: readonly Test[], more: Partial<ExecuteRequest> = {}) =>
  run({ ...ECHO, checker, test_cases: [...test_cases], ...more });

/** Any permutation of the numbers in the input, as a checker of testlib reads it. */
const PERMUTATION: Checker = {
  type: 'program',
  language: 'cpp',
  code: `#include "testlib.h"
#include <algorithm>
int main(int argc, char *argv[]) {
  registerTestlibCmd(argc, argv);
  int n = inf.readInt();
  std::vector<int> wanted(n), got(n);
  for (int &x : wanted) x = inf.readInt();
  for (int &x : got) x = ouf.readInt();
  std::sort(wanted.begin(), wanted.end());
  std::sort(got.begin(), got.end());
  if (wanted != got) quitf(_wa, "not a permutation");
  quitf(_ok, "%d numbers", n);
}
`,
};

test('a checker of testlib in C++ has its header and reads all three files', async () => {
  const code =
    'read -r _; read -r a b c; case "$a" in 1) echo "$c $a $b";; 2) echo 9 9 9;; *) echo x;; esac\n';
  const answer = await run({
    language: 'bash',
    code,
    checker: PERMUTATION,
    test_cases: [{ input: '3\n1 2 3\n' }, { input: '3\n2 3 4\n' }, { input: '3\n5 6 7\n' }],
  });
  assert.deepEqual(
    answer.results.map(({ status, score, message }) => [status, score, message]),
    [
      ['accepted', 1, '3 numbers'],
      ['wrong_answer', 0, 'not a permutation'],
      ['wrong_answer', 0, 'Expected integer, but "x" found'],
    ],
  );
  assert.equal(answer.status, 'wrong_answer');
});

suite('an end of a checker of testlib', () => {
  const ROWS: readonly (readonly [output: string, status: string, score: number])[] = [
    ['0 ok fine', 'accepted', 1],
    ['1 wrong answer no', 'wrong_answer', 0],
    ['2 no', 'wrong_answer', 0],
    ['4 no', 'wrong_answer', 0],
    ['8 no', 'wrong_answer', 0],
    ['7 points 0.4 part', 'partially_accepted', 0.4],
    ['7 points 5 part', 'partially_accepted', 0.5],
    ['7 points 10 all', 'accepted', 1],
    ['7 points 11 more', 'checker_error', 0],
    ['3 FAIL broken', 'checker_error', 0],
    ['50 partially correct', 'checker_error', 0],
  ];
  test('decides on the test', async () => {
    const answer = await check(
      OBEDIENT,
      ROWS.map(([input]) => ({ input, weight: 10 })),
    );
    assert.deepEqual(
      answer.results.map(({ status, score, passed }) => [status, score, passed]),
      ROWS.map(([, status, score]) => [status, score, status === 'accepted']),
    );
    const score = ROWS.reduce((sum, row) => sum + row[2], 0) / ROWS.length;
    assert.ok(Math.abs(answer.summary.score - score) < 1e-9);
  });
});

suite('a fault of a checker is its own', { concurrency: 4 }, () => {
  const FAULTS: readonly (readonly [what: string, checker: Partial<Checker>, message: RegExp])[] = [
    ['a signal', { code: 'kill -SEGV $$\n' }, /checker was killed by SIGSEGV/],
    [
      'too much time',
      { code: 'while :; do :; done\n', time_limit: 1 },
      /checker exceeded the CPU time limit of 1 s/,
    ],
    [
      'too much memory',
      { language: 'python', code: 'x = "x" * 10**9\n', memory_limit: 32 },
      /exceeded the memory limit of 32 MB/,
    ],
    [
      'an uncaught error',
      { language: 'python', code: 'raise ValueError("oops")\n' },
      /uncaught error[\s\S]*oops/,
    ],
    [
      'a syntax that no compiler takes',
      { language: 'cpp', code: 'int main() { return x; }\n' },
      /does not compile[\s\S]*x/,
    ],
    ['an exit code without meaning', { code: 'exit 42\n' }, /code 42/],
    ['too much on stderr', { code: 'head -c 20000000 /dev/zero >&2\n' }, /output limit/],
  ];
  for (const [what, checker, message] of FAULTS) {
    test(`${what} is checker_error`, async () => {
      const answer = await check({ type: 'program', language: 'bash', ...checker }, [{ input: 'x' }]);
      assert.deepEqual(
        [answer.status, answer.results[0]?.score],
        ['checker_error', 0],
        JSON.stringify(answer),
      );
      assert.match(answer.results[0]?.message ?? '', message);
    });
  }
});

test('a program that ended badly is not checked, and one without an expected output is', async () => {
  const answer = await run({
    language: 'bash',
    code: 'read -r x; case $x in bad) exit 3;; much) head -c 3000 /dev/zero;; esac; echo "0 ok"\n',
    checker: OBEDIENT,
    output_limit_kb: 2,
    test_cases: [{ input: 'bad' }, { input: 'much' }, { input: 'good' }],
  });
  assert.deepEqual(statuses(answer), ['runtime_error', 'output_limit_exceeded', 'accepted']);
});

test('the checker gets input, output, answer and its own arguments, and the solution sees none of them', async () => {
  const answer = await run({
    language: 'bash',
    code: 'ls -A /code; echo seen\n',
    checker: {
      type: 'program',
      language: 'bash',
      code: 'for f in "$1" "$2" "$3"; do echo "[$(cat "$f")]"; done >&2; echo "$# $4 $5 $(cat extra.txt)" >&2; exit 1\n',
      files: [{ path: 'extra.txt', content: 'beside' }],
      args: ['-a', 'b c'],
    },
    test_cases: [{ input: 'in', expected_output: 'ans' }],
  });
  assert.equal(answer.results[0]?.stdout, 'main.sh\nseen\n');
  assert.equal(answer.results[0]?.message, '[in]\n[main.sh\nseen]\n[ans]\n5 -a b c beside');
});

test('bytes that are no text reach the checker as they are', async () => {
  const answer = await check(
    { type: 'program', language: 'bash', code: 'od -An -tx1 "$1" "$2" "$3" >&2; exit 1\n' },
    [{ input: '/wA=', expected_output: '/g==', encoding: 'base64' }],
  );
  assert.equal(answer.results[0]?.message, 'ff 00 ff 00 fe');
});

const VALIDATOR = `import sys
from pathlib import Path
input_file, answer_file, feedback = sys.argv[1:4]
words = sys.stdin.read().split()
if words[0] == 'judge':
    Path(feedback, 'judgemessage.txt').write_text('secret ' + Path(answer_file).read_text())
if words[0] == 'team':
    Path(feedback, 'teammessage.txt').write_text('hint')
if words[0] == 'score':
    Path(feedback, 'score.txt').write_text(words[1])
sys.exit(int(words[-1]))
`;
const ICPC: Checker = { type: 'program', protocol: 'icpc', language: 'python', code: VALIDATOR };

test('an output validator decides with exit codes and files of its feedback directory', async () => {
  const rows: readonly (readonly [string, string, number, string | null, string | undefined])[] = [
    ['42', 'accepted', 1, null, undefined],
    ['43', 'wrong_answer', 0, null, undefined],
    ['team 43', 'wrong_answer', 0, 'hint', undefined],
    ['judge 43', 'wrong_answer', 0, null, 'secret ans'],
    ['score 0.25 42', 'partially_accepted', 0.25, null, undefined],
    [
      'score -1 42',
      'checker_error',
      0,
      'The checker\'s score.txt must hold a number from 0 on, got "-1".',
      undefined,
    ],
    [
      '0',
      'checker_error',
      0,
      'The checker exited with code 0; in the protocol icpc, 42 accepts and 43 rejects.',
      undefined,
    ],
  ];
  const answer = await check(
    ICPC,
    rows.map(([input]) => ({ input, expected_output: 'ans' })),
  );
  assert.deepEqual(
    answer.results.map(({ stdout, status, score, message, judge_message }) => [
      stdout,
      status,
      score,
      message,
      judge_message,
    ]),
    rows,
  );
});

test('a hidden test reveals no message of a checker', async () => {
  const answer = await check(ICPC, [
    { input: 'team 43', is_hidden: true },
    { input: 'judge 43', is_hidden: true, expected_output: 'ans' },
    { input: '1', is_hidden: true },
  ]);
  assert.deepEqual(statuses(answer), ['wrong_answer', 'wrong_answer', 'checker_error']);
  for (const result of answer.results) {
    assert.equal(result.message, null);
    assert.equal('judge_message' in result, false);
  }
  assert.doesNotMatch(JSON.stringify(answer.results), /hint|secret|ans"/);
});

/** Accepts two passes: the second has the first one's output as input, and a file that the first left. */
const TWO_PASSES = `import sys
from pathlib import Path
feedback = Path(sys.argv[3])
number = int(sys.stdin.read())
seen = feedback / 'seen'
if number > 90 or not seen.exists() and number > 1000:
    sys.exit(43)
if seen.exists():
    (feedback / 'teammessage.txt').write_text(seen.read_text() + f' then {number}')
    sys.exit(42)
seen.write_text(str(number))
(feedback / 'nextpass.in').write_text(str(number))
sys.exit(42)
`;

suite('passes', () => {
  const SQUARE = { language: 'python', code: 'n = int(input())\nprint(n * n)\n' };
  const passes = (count: number | undefined, input: string) =>
    run({
      ...SQUARE,
      checker: {
        ...ICPC,
        code: TWO_PASSES,
        ...(count !== undefined && { validation_passes: count }),
      },
      test_cases: [{ input }],
    });

  test('the solution runs again on what the checker leaves, until it leaves nothing', async () => {
    const [result] = (await passes(2, '3')).results;
    assert.deepEqual([result?.status, result?.message, result?.stdout], ['accepted', '9 then 81', '81\n']);
  });

  test('the first pass that is not accepted decides', async () => {
    assert.deepEqual(statuses(await passes(2, '4')), ['wrong_answer']);
    assert.deepEqual(statuses(await passes(2, '40')), ['wrong_answer']);
  });

  test('more passes than allowed are a fault of the checker', async () => {
    const answer = await passes(undefined, '3');
    assert.deepEqual(statuses(answer), ['checker_error']);
    assert.match(answer.results[0]?.message ?? '', /nextpass\.in after the last pass/);
  });

  test('the request may name their number too', async () => {
    const checker = { ...ICPC, code: TWO_PASSES };
    const answer = await run({ ...SQUARE, checker, validation_passes: 2, test_cases: [{ input: '3' }] });
    assert.deepEqual(statuses(answer), ['accepted']);
  });
});

test('a checker is compiled once for all tests, and a later request finds it compiled', async () => {
  const test_cases = Array.from({ length: 5 }, () => ({ input: '1 7\n' }));
  const code = 'read -r _; cat\n';
  const first = await run({ language: 'bash', code, checker: PERMUTATION, test_cases });
  const again = await run({ language: 'bash', code, checker: PERMUTATION, test_cases });
  assert.deepEqual(statuses(first), statuses(again));
  assert.ok(again.total_time_ms < 2500, `${again.total_time_ms} ms`);
});

suite('a checker that is not complete is refused', () => {
  const ROWS: readonly (readonly [checker: object, status: number, path: string, message: RegExp])[] = [
    [{ code: 'x' }, 400, 'checker.language', /^checker\.language is required$/],
    [{ language: 'bash' }, 400, 'checker.code', /^checker\.code is required \(or files\)$/],
    [{ language: 'klingon', code: 'x' }, 422, 'checker.language', /^checker\.language must be one of python/],
    [
      { language: 'python', version: '1.0', code: 'x' },
      422,
      'checker.version',
      /^checker\.version must be one of/,
    ],
    [
      { language: 'bash', code: 'x', time_limit: 31 },
      400,
      'checker.time_limit',
      /between 1 and 30|at most 30/,
    ],
    [{ language: 'bash', code: 'x', protocol: 'peg' }, 400, 'checker.protocol', /testlib/],
    [{ language: 'bash', code: 'x', validation_passes: 2 }, 400, 'checker.validation_passes', /icpc/],
    [
      { language: 'bash', code: 'x', protocol: 'icpc', validation_passes: 101 },
      400,
      'checker.validation_passes',
      /100/,
    ],
    [
      { language: 'bash', code: 'x', files: [{ path: '../x', content: '' }] },
      400,
      'checker.files[0].path',
      /^checker\.files/,
    ],
    [{ language: 'bash', code: 'x'.repeat(50_001) }, 413, 'checker.code', /50000/],
  ];
  for (const [checker, status, path, message] of ROWS) {
    test(`${path}: ${JSON.stringify(checker).slice(0, 60)}`, async () => {
      const response = await execute(theService(), {
        ...ECHO,
        checker: { type: 'program', ...checker } as Checker,
        test_cases: [{ input: '' }],
      });
      const body = (await response.json()) as { errors: { path: string; message: string }[] };
      assert.equal(response.status, status, JSON.stringify(body));
      assert.equal(body.errors[0]?.path, path, JSON.stringify(body));
      assert.match(body.errors[0]?.message ?? '', message);
    });
  }
});

test('a service with one slot has room for an interactor beside the solution', async () => {
  const answer = await run({
    language: 'bash',
    code: 'read -r number; echo "$((number * 2))"',
    interactor: { language: 'bash', code: 'cat "$1"; read -r got; exit "$((got != 2 * $(cat "$1")))"' },
    test_cases: ['3', '4', '5'].map((number) => ({ input: `${number}\n` })),
  });
  assert.equal(answer.status, 'accepted', JSON.stringify(answer));
});

test('a checker in C++ binds no shared libraries at its start', async () => {
  const code = `#include <fstream>
#include <iostream>
#include <string>
int main() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (line.find(".so") != std::string::npos) { std::cerr << line; return 1; }
  return 0;
}
`;
  const answer = await check({ type: 'program', language: 'cpp', code }, [{ input: '1' }]);
  assert.equal(answer.status, 'accepted', JSON.stringify(answer.results));
});

test('a problem is kept if its checker compiles, and refused with what the compiler wrote if not', async () => {
  const put = async (checker: Checker) => {
    const answer = await fetch(`${theService().url}/api/v1/problems/kept-checker`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ test_cases: [{ input: '1 1' }], checker }),
    });
    return { status: answer.status, ...((await answer.json()) as { detail?: string; tests?: number }) };
  };
  const broken = await put({
    ...PERMUTATION,
    code: '#include "testlib.h"\nint main() { return missing; }\n',
  });
  assert.equal(broken.status, 400, JSON.stringify(broken));
  assert.match(broken.detail ?? '', /^checker does not compile: [\s\S]*missing/);
  const misspelt = await put({ type: 'program', language: 'python', code: 'if True\n' });
  assert.equal(misspelt.status, 400, JSON.stringify(misspelt));
  const kept = await put(PERMUTATION);
  assert.deepEqual([kept.status, kept.tests], [200, 1], JSON.stringify(kept));
});

const POLYGON_XML = `<?xml version="1.0" encoding="utf-8"?>
<problem short-name="permutation"><names><name language="english" value="Permutation"/></names>
  <judging input-file="" output-file=""><testset name="tests"><time-limit>1000</time-limit>
    <memory-limit>268435456</memory-limit><input-path-pattern>tests/%02d</input-path-pattern>
    <answer-path-pattern>tests/%02d.a</answer-path-pattern><tests><test sample="true"/><test/></tests></testset></judging>
  <assets><checker type="testlib"><source path="files/check.cpp" type="cpp.g++17"/></checker><solutions>
    <solution tag="main"><source path="solutions/last.py" type="python.3"/></solution>
    <solution tag="wrong-answer"><source path="solutions/none.py" type="python.3"/></solution>
  </solutions></assets></problem>`;

test('a package of Polygon is judged by its own checker, and its solutions end as their tags say', async () => {
  const files = {
    'problem.xml': POLYGON_XML,
    'files/check.cpp': PERMUTATION.code ?? '',
    'tests/01': '2 1 2\n',
    'tests/01.a': '1 2\n',
    'tests/02': '3 5 6 7\n',
    'tests/02.a': '5 6 7\n',
    'solutions/last.py': 'print(*reversed(input().split()[1:]))\n',
    'solutions/none.py': 'print(*input().split()[:-1])\n',
  };
  const entries = Object.entries(files).map(([path, text]) => [path, strToU8(text)]);
  const answer = await fetch(`${theService().url}/api/v1/problems/check`, {
    method: 'POST',
    headers: { 'content-type': 'application/zip' },
    body: Buffer.from(zipSync(Object.fromEntries(entries))),
  });
  const report = (await answer.json()) as PackageReport;
  assert.equal(answer.status, 200, JSON.stringify(report));
  assert.deepEqual(
    report.submissions.map(({ path, status, agrees }) => [path, status, agrees]),
    [
      ['solutions/last.py', 'accepted', true],
      ['solutions/none.py', 'wrong_answer', true],
    ],
  );
  assert.deepEqual([report.name, report.tests, report.time_limit], ['Permutation', 2, 1]);
});
