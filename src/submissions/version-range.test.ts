// Which versions are in a range, as clients of other services write them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInRange } from './version-range.ts';

const VERSION = '3.11.2';

for (const range of [
  ...['3', '3.11', '3.11.2', 'v3.11', '*', 'latest', 'LATEST', 'any', 'stable', 'newest', ' 3.11 '],
  ...[
    '3.x',
    '3.X',
    '3.*',
    '3.11.x',
    '3.x.x',
    '>=3.8',
    '>= 3.8',
    '>3',
    '>3.10',
    '>=3.11.2',
    '<=3.11',
    '<4',
    '<3.12',
  ],
  ...['=3.11', '==3.11.2', '^3.8.0', '^3', '~3.11', '~3.11.1', '~3', '~=3.10', '~=3.11.1', '3.8+', '3+'],
  ...['>=3.8 <4', '>=3.8,<4', '>= 3.8, < 4', '^2 || ^3', '2.7||3.11'],
]) {
  const isBefore = range === '>3';
  test(`${VERSION} is ${isBefore ? 'not ' : ''}in ${JSON.stringify(range)}`, () => {
    assert.equal(isInRange(VERSION, range), !isBefore);
  });
}

for (const range of [
  ...['', ' ', '2', '3.1', '4', '3.11.2.1', '3.', '3.11.', '.', 'x', 'X', '>=', '>=x', '||', '3.11.2x'],
  ...[
    '>=3.12',
    '>3.11',
    '<3',
    '<3.11',
    '^3.12',
    '^2',
    '~3.10',
    '~3.11.3',
    '~=3.12',
    '4.x',
    '3.12+',
    '>=3.8 <3.10',
  ],
  ...['python', '-3', '3..11', '1'.repeat(32), '3.11 3.12'],
]) {
  test(`${VERSION} is not in ${JSON.stringify(range)}`, () => assert.equal(isInRange(VERSION, range), false));
}

test('a build number is no part of the comparison', () => {
  assert.equal(isInRange('17.0.9+9', '17.0.9'), true);
  assert.equal(isInRange('17.0.9+9', '>=17'), true);
});
