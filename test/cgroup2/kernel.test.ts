// What the native sandbox takes for granted of control groups version 2, asked of the kernel itself: when one of these
// fails, look at the machine before the sandbox. Runs only in the guest that run.sh boots.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MIB } from '../../src/units.ts';

const options = { skip: process.env.CGROUP2_GUEST ? false : 'needs the guest of test/cgroup2/run.sh' };
const ROOT = '/sys/fs/cgroup';

interface Group extends AsyncDisposable {
  read(file: string): string;
  write(file: string, text: string): void;
}

/** A control group that is emptied and removed at the end of the test. */
function group(name: string): Group {
  const path = `${ROOT}/probe-${name}`;
  const box: Group = {
    read: (file) => readFileSync(`${path}/${file}`, 'utf8'),
    write: (file, text) => writeFileSync(`${path}/${file}`, text),
    async [Symbol.asyncDispose]() {
      box.write('cgroup.kill', '1');
      while (/^populated 1/m.test(box.read('cgroup.events'))) await sleep(20);
      rmdirSync(path);
    },
  };
  enableControllers(ROOT);
  mkdirSync(path);
  return box;
}

/** Gives controllers to the groups below `path`; in a container its processes have to leave it for that. */
function enableControllers(path: string): void {
  const enable = () => writeFileSync(`${path}/cgroup.subtree_control`, '+memory +pids +cpu');
  try {
    enable();
  } catch {
    mkdirSync(`${path}/leaf`, { recursive: true });
    for (const pid of readFileSync(`${path}/cgroup.procs`, 'utf8').trim().split('\n'))
      writeFileSync(`${path}/leaf/cgroup.procs`, pid);
    enable();
  }
}

/** A shell that waits for a line on its stdin, so that it can be put into a group before it does anything. */
function waitingShell(script: string): ChildProcess & { go(): Promise<[number | null, string | null]> } {
  const child = spawn('/bin/bash', ['-c', `read -r; ${script}`], { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  return Object.assign(child, {
    go: () => {
      child.stdin.write('\n');
      return ended;
    },
  });
}

test('the guest has cgroup v2 with memory, pids and cpu', options, () => {
  const controllers = readFileSync(`${ROOT}/cgroup.controllers`, 'utf8').trim().split(' ');
  for (const name of ['memory', 'pids', 'cpu'])
    assert.ok(controllers.includes(name), `${name} in ${controllers}`);
});

test('a group with processes gives no controllers to those below', options, async () => {
  await using box = group('full');
  const shell = waitingShell('true');
  box.write('cgroup.procs', String(shell.pid));
  assert.throws(() => box.write('cgroup.subtree_control', '+memory'), { code: 'EBUSY' });
});

test('memory.max ends the whole group and memory.events says so', options, async () => {
  await using box = group('memory');
  box.write('memory.max', String(32 * MIB));
  box.write('memory.oom.group', '1');
  const shell = waitingShell('sleep 60 & exec tail /dev/zero');
  box.write('cgroup.procs', String(shell.pid));
  assert.deepEqual(await shell.go(), [null, 'SIGKILL']);
  assert.match(box.read('memory.events'), /^oom_kill [1-9]/m);
  assert.match(box.read('cgroup.events'), /^populated 0/m);
  assert.equal(Number(box.read('memory.peak')), 32 * MIB);
});

test('pids.max refuses a further process', options, async () => {
  await using box = group('pids');
  box.write('pids.max', '2');
  const shell = waitingShell('sleep 60 & sleep 60 & wait');
  box.write('cgroup.procs', String(shell.pid));
  shell.go();
  for (let attempt = 0; attempt < 100 && !/^max [1-9]/m.test(box.read('pids.events')); attempt++)
    await sleep(20);
  assert.match(box.read('pids.events'), /^max [1-9]/m);
});

test('cpu.max holds a spinning program back and cpu.stat counts it', options, async () => {
  await using box = group('cpu');
  box.write('cpu.max', '20000 100000');
  const shell = waitingShell('while :; do :; done');
  box.write('cgroup.procs', String(shell.pid));
  const ended = shell.go();
  await sleep(2000);
  const used = Number(/^usage_usec (\d+)/.exec(box.read('cpu.stat'))?.[1]);
  box.write('cgroup.kill', '1');
  assert.deepEqual(await ended, [null, 'SIGKILL']);
  assert.ok(used > 100_000 && used < 900_000, `used ${used} of about 400000 microseconds`);
});
