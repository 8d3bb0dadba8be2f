// Using up the CPU quota so that the next run in the slot, somebody else's, starts throttled. On cgroup v2 each box has a
// group of its own, and there is nothing to carry over.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DRIVER, run, TIME_FACTOR } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

const spinner = attack(`
int main(int argc, char **argv) {
  if (argc > 1) return 0;
  for (volatile uint64_t count = 0;; count++) {}
}`);
// Of each second a fiftieth: the spinner has had it at once and is held back for the rest.
const cpuQuota = 0.02;
const stopAfterMs = 100;
const TRIES = 20; // the second may be nearly over when the spinner is ended
/** Longer than a run takes to start on a busy machine, shorter than the rest of most seconds. */
const HELD_UP_MS = Math.min(600, 300 * TIME_FACTOR);

/** Milliseconds from the moment that a throttled run is stopped to the end of a run after it. */
async function delay(stage: Stage): Promise<number> {
  const start = performance.now();
  await run(stage, spinner, { limits: { cpuQuota }, signal: AbortSignal.timeout(stopAfterMs) });
  await run(stage, spinner, { args: ['next'], limits: { cpuQuota } });
  return performance.now() - start - stopAfterMs;
}

async function worstDelay(stage: Stage): Promise<number> {
  let worst = 0;
  for (let attempt = 0; attempt < TRIES && worst < HELD_UP_MS; attempt++)
    worst = Math.max(worst, await delay(stage));
  return worst;
}

const isV2 = !/ cgroup .*\bcpu\b/.test(readFileSync('/proc/mounts', 'utf8'));

const skip = DRIVER === 'docker' ? 'another submission has another container' : isV2 && 'cgroup v2';
const weak = without('QUOTA_RESET');

test('a throttled run does not hold up the next one', { skip }, async () => {
  const [quick, slow] = [await worstDelay(SERVING), await worstDelay(weak)];
  assert.ok(quick < HELD_UP_MS, `with the reset the delay was ${quick} ms`);
  assert.ok(slow >= HELD_UP_MS, `without the reset it was ${slow} ms`);
});
