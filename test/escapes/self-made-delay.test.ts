// Looking as if a busy machine held one back, so that the clock stands still: with the lowest priority, the policy for
// idle time, or by staying on one processor, a program waits by its own choice. Without the rule it would have its slot
// for much longer than its wall-clock limit, and end as a failure of the service.

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { holdBack } from '../../src/sandbox/native/supervisor-fixture.ts';
import { SandboxError } from '../../src/sandbox/sandbox.ts';
import { nativeOnly, run, sandboxOf, TIME_FACTOR } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

const idler = attack(`
int main(int argc, char **argv) {
  cpu_set_t all, first;
  struct sched_param none = {0};
  int processor = 0;
  sched_getaffinity(0, sizeof all, &all);
  while (!CPU_ISSET(processor, &all)) processor++;
  CPU_ZERO(&first);
  CPU_SET(processor, &first);
  if (strcmp(argv[1], "nice") == 0 && setpriority(PRIO_PROCESS, 0, 19) < 0) return 1;
  if (strcmp(argv[1], "idle") == 0 && sched_setscheduler(0, SCHED_IDLE, &none) < 0) return 1;
  if (strcmp(argv[1], "pinned") == 0 && sched_setaffinity(0, sizeof first, &first) < 0) return 1;
  for (volatile uint64_t count = 0;; count++) {}
}`);

// Many threads that wake at the same moment and run for a moment: most of the time all sleep.
const flock = attack(`
#include <time.h>
static void *flit(void *unused) {
  for (;;) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    now.tv_nsec = (now.tv_nsec / 20000000 + 1) * 20000000;
    if (now.tv_nsec >= 1000000000) now.tv_sec++, now.tv_nsec -= 1000000000;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &now, NULL);
    for (volatile int count = 0; count < 20000; count++) {}
  }
}
int main(void) {
  for (int i = 0; i < 12; i++)
    if (fork() == 0) flit(NULL);
  flit(NULL);
}`);

const weak = without('OWN_DELAY');
const milliseconds = (count: number) => count * TIME_FACTOR;
const limits = { cpuTimeMs: milliseconds(500), wallTimeMs: milliseconds(400) };
const native = nativeOnly('the rule is the same, and nothing holds containers back that this could set');

async function endOn(stage: Stage, manner: string): Promise<string> {
  const { pid } = await sandboxOf(stage);
  holdBack(pid, 0.01);
  try {
    return (await run(stage, idler, { args: [manner], limits })).outcome.limitReached ?? 'none';
  } catch (error) {
    assert.ok(error instanceof SandboxError);
    return error.busy ? 'busy' : error.message;
  }
}

// First, since the sandbox stays held back afterwards.
test('processes that wait for each other are ended by the clock', async () => {
  assert.equal(await endOfFlock(), 'wall');
});

/** With one processor there is nothing to choose. */
const manners = availableParallelism() > 1 ? ['nice', 'idle', 'pinned'] : ['nice', 'idle'];

for (const manner of manners)
  test(`a program that waits by its own choice is ended by the clock: ${manner}`, native, async () => {
    assert.equal(await endOn(SERVING, manner), 'wall');
    assert.equal(await endOn(weak, manner), 'busy');
  });

/** Tried again where the machine really was busy. */
async function endOfFlock(attempts = 4): Promise<string> {
  try {
    const flockLimits = { cpuTimeMs: milliseconds(5000), wallTimeMs: milliseconds(500) };
    return (await run(SERVING, flock, { limits: flockLimits })).outcome.limitReached ?? 'none';
  } catch (error) {
    assert.ok(error instanceof SandboxError && error.busy, String(error));
    return attempts > 1 ? endOfFlock(attempts - 1) : 'busy';
  }
}
