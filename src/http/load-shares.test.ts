// Who counts as the cause of load.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLoadShares } from './load-shares.ts';

test('a client is heavy with its equal share of requests and bytes, or more', () => {
  const shares = createLoadShares();
  for (let count = 0; count < 100; count += 1) shares.charge('many', 0);
  shares.charge('large', 10_000_000);
  shares.charge('light', 1000);
  assert.deepEqual(['many', 'large', 'light', 'new'].map(shares.isHeavy), [true, true, false, false]);
});

test('a client alone is heavy, and equal ones are', () => {
  const shares = createLoadShares();
  shares.charge('a', 100);
  assert.equal(shares.isHeavy('a'), true);
  shares.charge('b', 100);
  assert.deepEqual(['a', 'b'].map(shares.isHeavy), [true, true]);
});

test('use of two periods ago does not count', () => {
  const shares = createLoadShares();
  shares.charge('a', 1_000_000);
  shares.turn();
  shares.charge('b', 10_000);
  assert.deepEqual(['a', 'b'].map(shares.isHeavy), [true, false]);
  shares.turn();
  assert.deepEqual(['a', 'b'].map(shares.isHeavy), [false, true]);
});
