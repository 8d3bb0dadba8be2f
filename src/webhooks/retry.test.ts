// Which outcomes are tried again, and after how long.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AttemptResult, delayAfter, MAX_DELAY_MS, MAX_TRIES, retryAfterMs } from './retry.ts';

const HOUR_MS = 3_600_000;
const NO_ANSWER: AttemptResult = { statusCode: null, error: 'x', isRefused: false, retryAfterMs: null };
const answered = (statusCode: number, retryAfter: number | null = null): AttemptResult => ({
  ...NO_ANSWER,
  statusCode,
  error: null,
  retryAfterMs: retryAfter,
});

test('failures of the receiver and of the network are tried again, what the receiver rejects is not', () => {
  const isRetried = (result: AttemptResult) => delayAfter(result, 1, () => 0.5) !== null;
  for (const status of [500, 502, 503, 504, 599, 429, 408])
    assert.ok(isRetried(answered(status)), `${status}`);
  for (const status of [301, 302, 307, 308, 304, 400, 401, 404, 410, 422, 499])
    assert.equal(isRetried(answered(status)), false, `${status}`);
  assert.ok(isRetried(NO_ANSWER));
  assert.equal(isRetried({ ...NO_ANSWER, isRefused: true }), false);
});

test('delays grow to hours, anywhere between none and twice as long as the one before', () => {
  const delays = (random: number) =>
    Array.from({ length: MAX_TRIES - 1 }, (_, index) => delayAfter(NO_ANSWER, index + 1, () => random) ?? 0);
  const longest = delays(0.999_999_999);
  assert.deepEqual(longest.slice(0, 4), [10_000, 20_000, 40_000, 80_000]);
  assert.equal(longest.at(-1), MAX_DELAY_MS);
  const total = longest.reduce((sum, each) => sum + each, 0);
  assert.ok(total > 12 * HOUR_MS && total < 13 * HOUR_MS);
  assert.deepEqual(new Set(delays(0)), new Set([1000]));
  assert.equal(
    delayAfter(NO_ANSWER, MAX_TRIES, () => 0),
    null,
  );
});

test('a receiver that asks for time gets it, within bounds', () => {
  const delay = (header: unknown, nowMs = 0) =>
    delayAfter(answered(429, retryAfterMs(header, nowMs)), 1, () => 0);
  assert.equal(delay('120'), 120_000);
  assert.equal(delay('999999'), MAX_DELAY_MS);
  assert.equal(delay('Wed, 21 Oct 2026 07:28:00 GMT', Date.parse('2026-10-21T07:27:00Z')), 60_000);
  for (const odd of ['-5', 'soon', '1e9', '', undefined, ['5'], 'Wed, x'.repeat(100)])
    assert.equal(delay(odd), 1000);
});
