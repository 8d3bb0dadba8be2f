// Which paths a pattern of a client matches, and that none takes long to say so.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGlob } from './glob.ts';

for (const [pattern, matching, other] of [
  ['a.txt', ['a.txt'], ['b.txt', 'a_txt', 'a.txt.x', 'x/a.txt']],
  ['*.png', ['a.png', '.png', 'ä😀.png'], ['a/b.png', 'a.pngx']],
  ['?.txt', ['a.txt', '😀.txt'], ['.txt', '/.txt', 'ab.txt']],
  ['out/*', ['out/a', 'out/'], ['out', 'out/a/b']],
  ['**', ['a', 'a/b/c'], []],
  ['**/*.txt', ['a.txt', 'a/b.txt', 'a/b/c.txt'], ['a.txt/b']],
  ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb', 'a/x/yb']],
  ['**/a', ['a', 'x/a'], ['xa', 'x/ya']],
  ['[a](b)+$', ['[a](b)+$'], ['a']],
] as const)
  test(`${pattern} matches what it says`, () => {
    const matches = createGlob(pattern);
    for (const path of matching) assert.equal(matches(path), true, path);
    for (const path of other) assert.equal(matches(path), false, path);
  });

test('no pattern takes long for any path', () => {
  const path = 'a'.repeat(1024);
  for (const piece of ['*a', '**', '?*', '**/a', '*']) {
    const start = process.cpuUsage();
    createGlob(`${piece.repeat(200 / piece.length)}b`)(path);
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 200_000, `${piece}: ${user + system} µs`);
  }
});
