// What tests of whole services start: it ends with the test's process, and disturbs no other test's.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { TIME_FACTOR } from './service.ts';

/** As a test file does. */
const STARTING = `import { launch, ready } from ${JSON.stringify(join(import.meta.dirname, 'service.ts'))};
const { process: child } = await ready(launch({ LANGUAGES: 'bash' }), ['bash']);
console.log(child.pid);
setInterval(() => {}, 1000);`;

async function startFile(): Promise<{ file: ChildProcess; service: string; data: string }> {
  const file = spawn(process.execPath, ['--input-type=module', '-e', STARTING]);
  const [service] = await once(createInterface(file.stdout), 'line');
  const environment = readFileSync(`/proc/${service}/environ`, 'utf8');
  return { file, service, data: /(?:^|\0)DATA_DIR=([^\0]+)/.exec(environment)?.[1] ?? '' };
}

/** One that has ended and that nobody has waited for yet is not alive. */
function isAlive(pid: string): boolean {
  try {
    return !/\) [XZ] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('a service has its own data, and ends with the test file that started it, even one that is killed', async (t) => {
  const files = await Promise.all([startFile(), startFile()]);
  t.after(() => {
    for (const { file, data } of files) {
      file.kill('SIGKILL');
      rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    }
  });
  assert.notEqual(files[0].data, files[1].data);
  for (const { file, service } of files) {
    assert.ok(isAlive(service));
    file.kill('SIGKILL');
    for (let attempt = 0; isAlive(service); attempt++) {
      assert.ok(attempt < 200, `the service ${service} is left`);
      await delay(100 * TIME_FACTOR);
    }
  }
});
