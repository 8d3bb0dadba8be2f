// How the end of a program of testlib is read: a table of exit codes, words and points.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decision } from './program-end.ts';
import { decideTestlib } from './testlib-protocol.ts';

type Row = readonly [
  what: string,
  exitCode: number,
  stderr: string,
  weight: number,
  status: Decision['status'],
  score: number,
  message: string | RegExp | null,
];

const ROWS: readonly Row[] = [
  ['accepted', 0, 'ok 3 numbers\n', 1, 'accepted', 1, '3 numbers'],
  ['accepted without a word', 0, '', 1, 'accepted', 1, null],
  ['a wrong answer', 1, 'wrong answer 1st words differ\n', 1, 'wrong_answer', 0, '1st words differ'],
  [
    'a presentation error',
    2,
    'wrong output format Expected integer\n',
    1,
    'wrong_answer',
    0,
    'Expected integer',
  ],
  ['a failure of its own', 3, 'FAIL no answer\n', 1, 'checker_error', 0, /its own failure.*no answer$/],
  ['dirt behind the answer', 4, 'wrong output format Extra\n', 1, 'wrong_answer', 0, 'Extra'],
  ['an unexpected end', 8, 'unexpected eof Unexpected end\n', 1, 'wrong_answer', 0, 'Unexpected end'],
  ['half of the points', 7, 'points 0.5 halfway\n', 1, 'partially_accepted', 0.5, 'halfway'],
  ['points of ten decimals', 7, 'points 0.2500000000 \n', 1, 'partially_accepted', 0.25, null],
  ['all points', 7, 'points 1', 1, 'accepted', 1, null],
  ['all points of a weight', 7, 'points 10 full', 10, 'accepted', 1, 'full'],
  ['no points', 7, 'points 0 nothing', 1, 'wrong_answer', 0, 'nothing'],
  ['points over 1 as a part of the weight', 7, 'points 5', 10, 'partially_accepted', 0.5, null],
  ['points up to 1 whatever the weight', 7, 'points 0.5', 10, 'partially_accepted', 0.5, null],
  ['points over the weight', 7, 'points 11', 10, 'checker_error', 0, /at most 10.* got 11/],
  ['points over 1 of a test that weighs less', 7, 'points 2', 0.5, 'checker_error', 0, /at most 1/],
  ['negative points', 7, 'points -1', 1, 'checker_error', 0, /from 0 on, got "-1"/],
  ['points that are no number', 7, 'points nan', 1, 'checker_error', 0, /got "nan"/],
  ['infinite points', 7, 'points inf', 1, 'checker_error', 0, /got "inf"/],
  ['code 7 without points', 7, 'halfway', 1, 'checker_error', 0, /no "points X".*halfway/],
  ['points behind other lines', 7, 'debug\npoints 0.5 so\n', 1, 'partially_accepted', 0.5, 'so'],
  [
    'partial correctness, which collides with codes',
    50,
    'partially correct (50)',
    1,
    'checker_error',
    0,
    /quitp/,
  ],
  ['another code', 42, '', 1, 'checker_error', 0, /code 42.* means nothing/],
  ['a code that only points would have with accepted words', 5, 'ok', 1, 'checker_error', 0, /code 5/],
];

for (const [what, exitCode, stderr, weight, status, score, message] of ROWS) {
  test(`${what} is ${status} with ${score}`, () => {
    const end = { subject: 'The checker', exitCode, stderr, feedback: new Map() } as const;
    const decision = decideTestlib(end, weight);
    assert.equal(decision.status, status);
    assert.equal(decision.score, score);
    if (message instanceof RegExp) assert.match(decision.message ?? '', message);
    else assert.equal(decision.message, message);
  });
}

test('a long message is cut', () => {
  const end = {
    subject: 'The checker',
    exitCode: 1,
    stderr: 'x'.repeat(10_000),
    feedback: new Map(),
  } as const;
  assert.equal(decideTestlib(end, 1).message?.length, 4097);
});
