// A process that leaves its parent, its session and its output behind, to go on after the run: with the machine's time,
// and in the next run of the slot.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeStage, DRIVER, run, TIME_FACTOR } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

const daemon = attack(`
int main(int argc, char **argv) {
  signal(SIGHUP, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  if (fork() == 0) {
    setsid();
    if (fork() == 0) {
      if (strcmp(argv[2], "quiet") == 0)
        for (int file = 0; file < 3; file++) close(file);
      for (;;) {
        usleep(10000);
        if (write(1, "late ", 5) < 0) usleep(10000);
      }
    }
    _exit(0);
  }
  wait(NULL);
  return 0;
}`);
const weak = without('KILL_AT_END');

/** Processes of this machine with `token` among their arguments. */
function processesWith(token: string): number {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers.filter((number) => {
    try {
      return readFileSync(`/proc/${number}/cmdline`, 'utf8').split('\0').includes(token);
    } catch {
      return false; // ended in the meantime
    }
  }).length;
}

async function survivors(stage: Stage, voice: string): Promise<number> {
  const token = `daemon-${crypto.randomUUID()}`;
  const { outcome } = await run(stage, daemon, { args: [token, voice] });
  assert.equal(outcome.exitCode, 0);
  const patience = performance.now() + 1000 * TIME_FACTOR;
  while (processesWith(token) > 0 && performance.now() < patience) await sleep(20);
  return processesWith(token);
}

for (const voice of ['quiet', 'talking'])
  test(`nothing of a run goes on after its end: a ${voice} daemon`, async () => {
    assert.equal(await survivors(SERVING, voice), 0);
    if (DRIVER === 'docker') return; // nothing survives a container: next-run.test.ts looks before its end
    assert.equal(await survivors(weak, voice), 1);
    await closeStage(weak);
  });
