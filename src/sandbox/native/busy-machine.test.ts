// On a busy machine, a program is never judged for what it could not do for lack of a processor. Here a quota on the control
// group above the boxes throttles them, on which programs have no influence.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type BoxLimits, type Sandbox, SandboxError } from '../sandbox.ts';
import { BARE_ROOT, PROBE_LIMITS, probeCommand, probeFiles } from '../self-test.ts';
import { holdBack, startSandbox, TIME_FACTOR } from './supervisor-fixture.ts';

const NOTHING = new Uint8Array();
const { signal } = new AbortController();
const milliseconds = (count: number) => count * TIME_FACTOR;

const limits: BoxLimits = {
  ...PROBE_LIMITS,
  cpuTimeMs: milliseconds(1000),
  wallTimeMs: milliseconds(600),
};
/** Too little for a run of `hungry` in its limits, several times over. */
const CRUMB = 0.01;
const hungry = probeCommand('burn', String(milliseconds(300)));
const hurried: BoxLimits = { ...limits, cpuTimeMs: milliseconds(500), wallTimeMs: milliseconds(300) };
const patient: BoxLimits = { ...hurried, wallTimeMs: milliseconds(3000) };

const isBusy = (error: unknown) => error instanceof SandboxError && error.retryable && error.busy;

describe('on a busy machine', () => {
  let sandbox: Sandbox;
  let supervisor: number;
  before(async () => {
    const started = await startSandbox();
    sandbox = started.sandbox;
    supervisor = started.supervisors.at(-1) as number;
  });
  beforeEach(() => holdBack(supervisor, 0.1));
  after(() => sandbox.close());

  async function run(command: readonly string[], changes: Partial<BoxLimits> = {}) {
    await using workspace = await sandbox.open(BARE_ROOT, await probeFiles());
    return await workspace.run(probeCommand(...command), NOTHING, { ...limits, ...changes }, signal);
  }

  test('a program that waits for a processor is not ended by the clock', async () => {
    const outcome = await run(['burn', String(milliseconds(100))]);
    assert.deepEqual([outcome.limitReached, outcome.exitCode], [null, 0]);
    assert.ok(outcome.wallTimeMs > limits.wallTimeMs, `${outcome.wallTimeMs} ms`);
  });

  test('nor one that has a larger quota than all boxes together', async () => {
    for (const cpuQuota of [0.5, 0, 0.5]) {
      const outcome = await run(['burn', String(milliseconds(50))], { cpuQuota });
      assert.deepEqual([outcome.limitReached, outcome.exitCode], [null, 0]);
    }
  });

  test('nor one of several processes', async () => {
    const outcome = await run(['burn-children', '5', String(milliseconds(30))]);
    assert.deepEqual([outcome.limitReached, outcome.exitCode], [null, 0]);
  });

  test('nor one that sleeps while the supervisor itself has no processor', async () => {
    holdBack(supervisor, 1);
    const outcome = run(['sleep', String(milliseconds(800))]);
    await delay(milliseconds(150));
    process.kill(supervisor, 'SIGSTOP');
    await delay(milliseconds(550));
    process.kill(supervisor, 'SIGCONT');
    const { limitReached, exitCode, wallTimeMs } = await outcome;
    assert.deepEqual([limitReached, exitCode], [null, 0]);
    assert.ok(wallTimeMs > limits.wallTimeMs, `${wallTimeMs} ms`);
  });

  test('nor a compiler', async () => {
    await using workspace = await sandbox.open(BARE_ROOT, await probeFiles());
    const outcome = await workspace.build(probeCommand('burn', String(milliseconds(100))), limits, signal);
    assert.deepEqual([outcome.limitReached, outcome.exitCode], [null, 0]);
    assert.ok(outcome.wallTimeMs > limits.wallTimeMs, `${outcome.wallTimeMs} ms`);
  });

  test('a program that sleeps is ended by the clock', async () => {
    assert.equal((await run(['sleep', '3600000'])).limitReached, 'wall');
    assert.equal((await run(['burn-and-sleep', String(milliseconds(50)), '3600000'])).limitReached, 'wall');
  });

  for (const processes of ['1', '8'])
    test(`a program that spins is ended by its CPU time: ${processes}`, async () => {
      const outcome = await run(['spin', processes], { cpuTimeMs: milliseconds(150) });
      assert.equal(outcome.limitReached, 'cpu');
    });

  test('a program that got almost no CPU time is not judged', async () => {
    holdBack(supervisor, CRUMB);
    await using workspace = await sandbox.open(BARE_ROOT, await probeFiles());
    await assert.rejects(workspace.run(hungry, NOTHING, hurried, signal), isBusy);
    holdBack(supervisor, 1);
    assert.equal((await workspace.run(hungry, NOTHING, patient, signal)).exitCode, 0);
  });

  test('nor is a compiler, and its build is not kept', async () => {
    holdBack(supervisor, CRUMB);
    await using workspace = await sandbox.open(BARE_ROOT, await probeFiles());
    for (let attempt = 0; attempt < 2; attempt++)
      await assert.rejects(workspace.build(hungry, hurried, signal), isBusy);
    holdBack(supervisor, 1);
    const outcome = await workspace.build(hungry, patient, signal);
    assert.deepEqual([outcome.exitCode, outcome.cached], [0, false]);
  });
});
