// Only one installation runs at a time, even if a process dies.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { lockInstallation } from './installation-lock.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(directory, { recursive: true }));

const forever = new AbortController().signal;

test('the second waits until the first releases the lock', async () => {
  const file = join(directory, 'lock');
  const first = await lockInstallation(file, forever);
  let hasSecond = false;
  const second = lockInstallation(file, forever).then((lock) => {
    hasSecond = true;
    return lock;
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(hasSecond, false);
  await first[Symbol.asyncDispose]();
  await (await second)[Symbol.asyncDispose]();
});

test('a holder that was killed does not block', async () => {
  const file = join(directory, 'lock');
  const script = `import { lockInstallation } from ${JSON.stringify(import.meta.resolve('./installation-lock.ts'))};
await lockInstallation(${JSON.stringify(file)}, new AbortController().signal);
console.log('held');
setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  await assert.rejects(lockInstallation(file, AbortSignal.timeout(200)), { name: 'TimeoutError' });
  holder.kill('SIGKILL');
  const lock = await lockInstallation(file, AbortSignal.timeout(5000));
  await lock[Symbol.asyncDispose]();
});

test('waiting ends when it is called off', async () => {
  const file = join(directory, 'lock');
  await using _first = await lockInstallation(file, forever);
  const stop = new AbortController();
  const waiting = lockInstallation(file, stop.signal);
  stop.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
});
