// How the end of an output validator is read: a table of exit codes and files of the feedback directory.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideIcpc } from './icpc-protocol.ts';
import type { Decision } from './program-end.ts';

interface Row {
  readonly what: string;
  readonly exitCode: number;
  readonly files?: Readonly<Record<string, string>>;
  readonly weight?: number;
  readonly passesLeft?: number;
  readonly status: Decision['status'];
  readonly score: number;
  readonly message?: RegExp;
  readonly next?: string;
}

const NEXT = { 'nextpass.in': '7\n' };

const ROWS: readonly Row[] = [
  { what: 'acceptance', exitCode: 42, status: 'accepted', score: 1 },
  { what: 'rejection', exitCode: 43, status: 'wrong_answer', score: 0 },
  {
    what: 'a good end of another protocol',
    exitCode: 0,
    status: 'checker_error',
    score: 0,
    message: /code 0/,
  },
  { what: 'a failure', exitCode: 1, status: 'checker_error', score: 0, message: /code 1/ },
  { what: 'a signal as a shell says it', exitCode: 139, status: 'checker_error', score: 0 },
  {
    what: 'a message for the team',
    exitCode: 43,
    files: { 'teammessage.txt': 'too low\n' },
    status: 'wrong_answer',
    score: 0,
    message: /^too low$/,
  },
  {
    what: 'a score',
    exitCode: 42,
    files: { 'score.txt': '0.25\n' },
    status: 'partially_accepted',
    score: 0.25,
  },
  {
    what: 'a score of points',
    exitCode: 42,
    files: { 'score.txt': '5' },
    weight: 10,
    status: 'partially_accepted',
    score: 0.5,
  },
  {
    what: 'a score over all points',
    exitCode: 42,
    files: { 'score.txt': '12' },
    weight: 10,
    status: 'accepted',
    score: 1,
  },
  { what: 'a score of nothing', exitCode: 42, files: { 'score.txt': '0' }, status: 'wrong_answer', score: 0 },
  {
    what: 'a multiplier',
    exitCode: 42,
    files: { 'score_multiplier.txt': '.5' },
    status: 'partially_accepted',
    score: 0.5,
  },
  {
    what: 'a multiplier over 1',
    exitCode: 42,
    files: { 'score_multiplier.txt': '2' },
    status: 'accepted',
    score: 1,
  },
  {
    what: 'a score of a rejection',
    exitCode: 43,
    files: { 'score.txt': '1' },
    status: 'wrong_answer',
    score: 0,
  },
  {
    what: 'a negative score',
    exitCode: 42,
    files: { 'score.txt': '-1' },
    status: 'checker_error',
    score: 0,
    message: /score\.txt must/,
  },
  {
    what: 'a score that is no number',
    exitCode: 42,
    files: { 'score.txt': 'NaN' },
    status: 'checker_error',
    score: 0,
    message: /"NaN"/,
  },
  {
    what: 'an empty score',
    exitCode: 42,
    files: { 'score_multiplier.txt': '' },
    status: 'checker_error',
    score: 0,
  },
  {
    what: 'a next pass',
    exitCode: 42,
    files: NEXT,
    passesLeft: 1,
    status: 'accepted',
    score: 1,
    next: '7\n',
  },
  {
    what: 'a next pass after the last',
    exitCode: 42,
    files: NEXT,
    status: 'checker_error',
    score: 0,
    message: /after the last pass/,
  },
  {
    what: 'a next pass beside a rejection',
    exitCode: 43,
    files: NEXT,
    passesLeft: 1,
    status: 'checker_error',
    score: 0,
    message: /rejected/,
  },
  {
    what: 'a next pass beside a failure',
    exitCode: 1,
    files: NEXT,
    passesLeft: 1,
    status: 'checker_error',
    score: 0,
    message: /code 1/,
  },
];

for (const { what, exitCode, files = {}, weight = 1, passesLeft = 0, status, score, message, next } of ROWS) {
  test(`${what} is ${status} with ${score}`, () => {
    const feedback = new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
    const end = { subject: 'The checker', exitCode, stderr: '', feedback } as const;
    const decision = decideIcpc(end, weight, passesLeft);
    assert.deepEqual([decision.status, decision.score], [status, score]);
    assert.match(decision.message ?? '', message ?? /^/);
    assert.equal(decision.nextInput && Buffer.from(decision.nextInput).toString(), next ?? null);
  });
}

test('what is for the author of the problem stays apart', () => {
  const feedback = new Map([['judgemessage.txt', Buffer.from('expected 7\n')]]);
  const end = { subject: 'The checker', exitCode: 43, stderr: '', feedback } as const;
  const { message, judgeMessage } = decideIcpc(end, 1);
  assert.deepEqual([message, judgeMessage], [null, 'expected 7']);
});
