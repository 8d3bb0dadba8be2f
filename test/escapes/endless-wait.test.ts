// Waiting for ever, which takes no CPU time: asleep, stopped by one's own signal, or with all output closed, which looks
// like an end to whoever waits for the output only.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, TIME_FACTOR } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const waiter = attack(`
int main(int argc, char **argv) {
  for (int number = 1; number < 65; number++) signal(number, SIG_IGN);
  if (strcmp(argv[1], "stopped") == 0) kill(0, SIGSTOP);
  if (strcmp(argv[1], "mute") == 0)
    for (int file = 0; file < 3; file++) close(file);
  for (;;) pause();
}`);
const counter = attack(`
int main(void) {
  for (;; usleep(10000)) write(1, ".", 1);
}`);
const weak = without('WALL_LIMIT');
const wallTimeMs = 200 * TIME_FACTOR;

for (const manner of ['asleep', 'stopped', 'mute'])
  test(`a program that waits for ever is ended: ${manner}`, async () => {
    const attempt = { args: [manner], limits: { wallTimeMs } };
    const { outcome } = await run(SERVING, waiter, attempt);
    assert.equal(outcome.limitReached, 'wall');
    assert.equal(outcome.signal, 'SIGKILL');
    const unlimited = await run(weak, waiter, { ...attempt, signal: AbortSignal.timeout(3 * wallTimeMs) });
    assert.equal(unlimited.outcome.cancelled, true, 'it would have gone on');
  });

test('and in time: it sees no more of it than it may', async () => {
  const wallTimeMs = 600 * TIME_FACTOR;
  const { outcome, stdout } = await run(SERVING, counter, { limits: { wallTimeMs } });
  assert.equal(outcome.limitReached, 'wall');
  // A busy machine makes them fewer, and never more.
  assert.ok(stdout.length <= (1.5 * wallTimeMs) / 10, `${stdout.length} times 10 ms`);
});
