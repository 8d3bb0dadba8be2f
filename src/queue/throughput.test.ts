// The time after which a rejected client should try again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createThroughput } from './throughput.ts';

test('the time for some executions follows the rate of the last ones', () => {
  let nowMs = 0;
  const throughput = createThroughput(() => nowMs);
  for (let count = 0; count < 100; count += 1) {
    throughput.countOne();
    nowMs += 250;
  }
  assert.equal(throughput.secondsFor(40), 10);
});

test('the answer is a whole number from 1 to 60, whatever is known', () => {
  let nowMs = 0;
  const throughput = createThroughput(() => nowMs);
  assert.equal(throughput.secondsFor(0), 1);
  assert.equal(throughput.secondsFor(1e9), 60);
  throughput.countOne();
  assert.equal(throughput.secondsFor(10), 1);
  nowMs = 1e9;
  assert.equal(throughput.secondsFor(10), 60);
});
