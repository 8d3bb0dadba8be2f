// Which builds may stand for identical ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRepeatable } from './build-cache.ts';
import { type BoxOutcome, CANCELLED } from './sandbox.ts';

const ENDED: BoxOutcome = { ...CANCELLED, cancelled: false, exitCode: 0 };
const said = (text: string) => Buffer.from(text);

const ends: readonly [what: string, end: Partial<BoxOutcome>, isRepeatable: boolean][] = [
  ['that succeeded', {}, true],
  ['that succeeded with a word of memory', { stderr: said('warning: out of memory is not handled') }, true],
  ['with an error in the source', { exitCode: 1, stderr: said("main.c:1:1: error: unknown type 'x'") }, true],
  ['that a limit ended', { exitCode: null, signal: 'SIGKILL', limitReached: 'cpu' }, false],
  ['that a signal ended', { exitCode: null, signal: 'SIGKILL' }, false],
  ['that ran out of memory', { exitCode: 1, outOfMemory: true }, false],
  ['that was cancelled', { exitCode: null, signal: 'SIGKILL', cancelled: true }, false],
  ['without room', { exitCode: 1, stderr: said('/tmp/cc1.s: No space left on device\n') }, false],
  ['that could not fork', { exitCode: 1, stderr: said('fork: Resource temporarily unavailable') }, false],
  ['that could not spawn', { exitCode: 1, stdout: said('Error: spawn EAGAIN') }, false],
  [
    'whose part was killed',
    { exitCode: 1, stderr: said('g++: fatal error: Killed signal terminated') },
    false,
  ],
];

for (const [what, end, expected] of ends)
  test(`a build ${what} is ${expected ? '' : 'not '}kept`, () => {
    assert.equal(isRepeatable({ ...ENDED, ...end }), expected);
  });
