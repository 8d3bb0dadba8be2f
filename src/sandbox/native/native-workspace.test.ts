// A workspace beside a supervisor that fails where no program can make the real one fail.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunAnswer, RunFrame } from '../frames.ts';
import { CANCELLED, SandboxError } from '../sandbox.ts';
import { BARE_ROOT, PROBE_LIMITS, probeCommand } from '../self-test.ts';
import { openWorkspace } from './native-workspace.ts';
import type { Supervisor } from './supervisor.ts';
import { createSupervisorState } from './supervisor-state.ts';

const NEVER = new AbortController().signal;
const FULL = new SandboxError('cannot store a: No space left on device', { retryable: true });
const NO_FILES = new SandboxError('cannot start a box: No such file or directory', { retryable: true });
const ANSWER: RunAnswer = {
  outcome: { ...CANCELLED, cancelled: false, exitCode: 0 },
  ...{ collected: false, artifactBytes: 0, problem: '' },
};

const answered = () => new Promise((resolve) => setImmediate(resolve));

/** Its store is full for one artifact; a run without its files fails, as the real one's does. */
function fakeSupervisor(failing: number): Supervisor {
  const artifacts = new Set<number>();
  const fake: Partial<Supervisor> = {
    isAlive: () => true,
    async store(number: number) {
      await answered();
      if (number === failing) throw FULL;
      artifacts.add(number);
    },
    async run({ code }: RunFrame) {
      await answered();
      if (!artifacts.has(code)) throw NO_FILES;
      return ANSWER;
    },
    drop: (number: number) => void artifacts.delete(number),
  };
  return fake as Supervisor;
}

test('files that cannot be stored are the reason of a failed run, and are stored by the next', async () => {
  const state = createSupervisorState(fakeSupervisor(1), { capacityBytes: 1 << 20 });
  const files = [{ path: 'a', content: Buffer.from('a') }];
  await using workspace = await openWorkspace(async () => state, BARE_ROOT, files);
  const run = () => workspace.run(probeCommand('exit', '0'), Buffer.alloc(0), PROBE_LIMITS, NEVER);
  await assert.rejects(run(), FULL);
  assert.equal((await run()).exitCode, 0);
});

test('files of one run that cannot be stored are its reason too', async () => {
  const state = createSupervisorState(fakeSupervisor(2), { capacityBytes: 1 << 20 });
  const files = [{ path: 'a', content: Buffer.from('a') }];
  await using workspace = await openWorkspace(async () => state, BARE_ROOT, []);
  const run = () =>
    workspace.run(probeCommand('exit', '0'), Buffer.alloc(0), PROBE_LIMITS, NEVER, undefined, files);
  await assert.rejects(run(), FULL);
  assert.equal((await run()).exitCode, 0);
});
