// Histograms that add up: where values fall, and how near percentiles are.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { binOf, countUpTo, percentile } from './bins.ts';

function binsOf(values: readonly number[]): Map<number, number> {
  const bins = new Map<number, number>();
  for (const value of values) bins.set(binOf(value), (bins.get(binOf(value)) ?? 0) + 1);
  return bins;
}

const values = fc.array(fc.oneof(fc.nat(10_000_000), fc.nat(1000)), { minLength: 1, maxLength: 200 });

test('every percentile is within 2.5 % of a value that was counted at its rank', () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (some, share) => {
      const sorted = [...some].sort((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] as number;
      const reported = percentile(binsOf(some), share);
      assert.ok(Math.abs(reported - exact) <= exact * 0.0256, `${reported} for ${exact}`);
    }),
  );
});

test('the bins of two processes add up to those of one process', () => {
  fc.assert(
    fc.property(values, values, (some, others) => {
      const sum = binsOf(some);
      for (const [bin, count] of binsOf(others)) sum.set(bin, (sum.get(bin) ?? 0) + count);
      assert.deepEqual(new Map([...sum].sort()), new Map([...binsOf([...some, ...others])].sort()));
    }),
  );
});

test('counts up to 1, 2 and 5 times each power of ten are exact', () => {
  const bounds = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000].flatMap((power) => [
    power,
    2 * power,
    5 * power,
  ]);
  const around = bounds.flatMap((bound) => [bound - 1, bound, bound + 1]);
  for (const bound of bounds) {
    assert.equal(
      countUpTo(binsOf(around), bound),
      around.filter((value) => value <= bound).length,
      `${bound}`,
    );
  }
});

test('a value larger than every bin counts as the largest, and no values give 0', () => {
  assert.equal(binOf(10_000_001), binOf(1e15));
  assert.notEqual(binOf(10_000_000), binOf(10_000_001));
  assert.equal(percentile(binsOf([1e15]), 0.5), 10_000_000);
  assert.equal(percentile(new Map(), 0.99), 0);
});
