// The log of what the gateway refuses: complete for a few, bounded for a flood.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRefusalLog } from './refusal-log.ts';

test('of a flood a hundred lines a second are written, and the rest is counted', () => {
  let now = 5000;
  const written: object[] = [];
  const log = createRefusalLog(
    (details) => written.push(details),
    () => now,
  );
  for (let count = 0; count < 250; count++) log.note({ count });
  assert.equal(written.length, 100);
  assert.deepEqual(written.at(-1), { count: 99 });
  now += 999;
  log.note({ count: 250 });
  assert.equal(written.length, 100);
  now += 1;
  log.note({ count: 251 });
  log.note({ count: 252 });
  assert.deepEqual(written.slice(100), [{ count: 251, left_out: 151 }, { count: 252 }]);
});
