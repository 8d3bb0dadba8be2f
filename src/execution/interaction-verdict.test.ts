// Who decides on a conversation: every case of the order, as a table.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Decision, scored } from '../checkers/program-end.ts';
import { decideInteraction } from './interaction-verdict.ts';
import type { Verdict } from './status.ts';

const ACCEPTED = scored(1, 'well done');
const REFUSED = scored(0, 'no');
const HALF = scored(0.5, null);
const FAILED: Decision = { status: 'checker_error', score: 0, message: 'it failed', judgeMessage: null };
const CRASH: Verdict = { status: 'runtime_error', message: 'code 3' };
const SLOW: Verdict = { status: 'time_limit_exceeded', limit: 'cpu', message: 'slow' };

for (const [what, first, endVerdict, decision, fault, isDeadlocked, expected] of [
  ['both end well', 'program', null, ACCEPTED, null, false, 'accepted'],
  ['both end well, the interactor first', 'interactor', null, ACCEPTED, null, false, 'accepted'],
  ['a part of the points', 'interactor', null, HALF, null, false, 'partially_accepted'],
  ['a refusal after the program ended well', 'program', null, REFUSED, null, false, 'wrong_answer'],
  ['a refusal before the program crashed on it', 'interactor', CRASH, REFUSED, null, false, 'wrong_answer'],
  ['a refusal before the program was too slow', 'interactor', SLOW, REFUSED, null, false, 'wrong_answer'],
  ['a crash, which the interactor then refuses', 'program', CRASH, REFUSED, null, false, 'the end'],
  ['a limit, which the interactor then refuses', 'program', SLOW, REFUSED, null, false, 'the end'],
  ['a crash after the interactor accepted', 'interactor', CRASH, ACCEPTED, null, false, 'the end'],
  ['a limit after the interactor gave a part', 'interactor', SLOW, HALF, null, false, 'the end'],
  ['a failure of the interactor', 'interactor', null, FAILED, null, false, 'checker_error'],
  ['a failure of the interactor after a crash', 'program', CRASH, FAILED, null, false, 'checker_error'],
  ['a fault whatever the exit code says', 'interactor', null, ACCEPTED, 'killed', false, 'checker_error'],
  ['each waits for the other', 'program', CRASH, FAILED, 'killed', true, 'time_limit_exceeded'],
] as const) {
  test(`${what}: ${expected}`, () => {
    const decided = decideInteraction({ endVerdict, fault, decision, first, isDeadlocked });
    const status =
      decided === null ? 'the end' : ('verdict' in decided ? decided.verdict : decided.decision).status;
    assert.equal(status, expected);
  });
}
