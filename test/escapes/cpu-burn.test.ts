// Burning time by many processes at once, each of which stays below a limit that counts one process only; and going on
// in spite of every signal that can be ignored.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, TIME_FACTOR } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const burner = attack(`
int main(int argc, char **argv) {
  int processes = atoi(argv[1]);
  for (int number = 1; number < 65; number++) signal(number, SIG_IGN);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  for (int i = 1; i < processes; i++)
    if (fork() == 0) break;
  for (volatile uint64_t count = 0;; count++) {}
}`);
const weak = without('CPU_LIMIT');
const cpuTimeMs = 300 * TIME_FACTOR;
const limits = { cpuTimeMs, wallTimeMs: 6 * cpuTimeMs };
/** Other work of the machine is not to end it first. */
const patient = { cpuTimeMs, wallTimeMs: 40 * cpuTimeMs };

for (const processes of [1, 8])
  test(`the CPU time of all processes together is limited: ${processes}`, async () => {
    const attempt = { args: [String(processes)], limits };
    const { outcome } = await run(SERVING, burner, { ...attempt, limits: patient });
    assert.equal(outcome.limitReached, 'cpu');
    assert.equal(outcome.signal, 'SIGKILL');
    assert.ok(outcome.cpuTimeMs < 2 * cpuTimeMs, `${outcome.cpuTimeMs} ms`);
    const unlimited = await run(weak, burner, attempt);
    assert.equal(unlimited.outcome.limitReached, 'wall');
    assert.ok(unlimited.outcome.cpuTimeMs > cpuTimeMs, `${unlimited.outcome.cpuTimeMs} ms`);
  });
