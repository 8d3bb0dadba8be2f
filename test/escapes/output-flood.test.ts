// A flood on stdout and stderr at the same time, which somebody has to keep in memory.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS, run } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const flood = attack(`
int main(void) {
  static char block[8192];
  signal(SIGPIPE, SIG_IGN);
  memset(block, 'x', sizeof block);
  for (int i = 0; i < 64; i++) {
    write(1, block, sizeof block);
    write(2, block, sizeof block);
  }
  return 0;
}`);

const weak = without('OUTPUT_LIMIT');

test('each stream is kept up to its limit, and its excess ends the program', async () => {
  const { outcome } = await run(SERVING, flood);
  assert.equal(outcome.limitReached, 'output');
  assert.ok(outcome.stdout.length <= LIMITS.outputBytes && outcome.stderr.length <= LIMITS.outputBytes);
  const unlimited = await run(weak, flood);
  assert.equal(unlimited.outcome.limitReached, null);
  assert.equal(unlimited.outcome.stdout.length, 64 * 8192);
  assert.equal(unlimited.outcome.stderr.length, 64 * 8192);
});
