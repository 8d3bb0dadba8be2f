// The whole service on control groups version 2: it starts, the verdicts that rest on control groups come out, and it
// stops. Runs only in the guest that run.sh boots, with Python, the first language that is ready: all take minutes there.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { launch, ready, type Service, execute as send } from '../service.ts';

const options = { skip: process.env.CGROUP2_GUEST ? false : 'needs the guest of test/cgroup2/run.sh' };

let service: Service;

before(async () => {
  if (options.skip) return;
  service = await ready(launch({ DATA_DIR: '/run/data', CPU_LIMIT: '1', CODE_VALIDATION: 'off' }), [
    'python',
  ]);
});

after(async () => {
  if (options.skip || service.process.exitCode !== null) return;
  const ended = once(service.process, 'exit');
  service.process.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
});

interface Verdict {
  readonly status: string;
  readonly cpu_time_ms: number;
  readonly memory_kb: number;
}

async function execute(code: string, limits: object = {}): Promise<Verdict> {
  const response = await send(service, { language: 'python', code, time_limit: 10, ...limits });
  assert.equal(response.status, 200);
  return (await response.json()) as Verdict;
}

test('a program runs, and its time and memory are measured', options, async () => {
  const { status, cpu_time_ms, memory_kb } = await execute('print(sum(range(10**6)))');
  assert.equal(status, 'completed');
  assert.ok(cpu_time_ms > 0, `${cpu_time_ms} ms`);
  assert.ok(memory_kb > 1024 && memory_kb < 64 * 1024, `${memory_kb} KiB`);
});

test('memory.max ends in memory_limit_exceeded', options, async () => {
  const { status } = await execute('b = bytearray(256 << 20)', { memory_limit: 64 });
  assert.equal(status, 'memory_limit_exceeded');
});

test('cpu.stat ends in time_limit_exceeded', options, async () => {
  const { status } = await execute('while True: pass', { time_limit: 1 });
  assert.equal(status, 'time_limit_exceeded');
});

test('pids.max ends in a runtime error of the program', options, async () => {
  const { status } = await execute('import os, signal\nwhile True:\n  if os.fork() == 0: signal.pause()');
  assert.equal(status, 'runtime_error');
});

test('the service calls itself healthy', options, async () => {
  const response = await fetch(`${service.url}/api/v1/health`);
  const { checks } = (await response.json()) as { checks: { sandbox: { status: string } } };
  assert.equal(checks.sandbox.status, 'healthy');
});
