// Signals to the process group: if the program shared one with the processes that made its box, one call would end
// them, and with them the slot.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SandboxError } from '../../src/sandbox/sandbox.ts';
import { nativeOnly, run, sandboxOf, TIME_FACTOR } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

const killer = attack(`
int main(void) {
  signal(SIGTERM, SIG_IGN);
  kill(0, SIGTERM);
  kill(0, SIGKILL);
  return 0;
}`);

/** Whether the process that makes the slot's boxes lived on. */
async function endsLauncher(stage: Stage): Promise<boolean> {
  const { log } = await sandboxOf(stage);
  await run(stage, killer).catch((error) => assert.ok(error instanceof SandboxError));
  await sleep(100 * TIME_FACTOR);
  return log.some((line) => /a launcher of slot 0 ended/.test(line));
}

const layers = [SERVING, without('USER'), without('OWN_SESSION')];
const weak = without('USER', 'OWN_SESSION');

test(
  'a signal to the process group reaches the program only',
  nativeOnly(
    'no process of its own makes a container’s programs but its first, which no signal from inside ends',
  ),
  async () => {
    for (const stage of layers) assert.equal(await endsLauncher(stage), false);
    assert.equal(await endsLauncher(weak), true);
  },
);
