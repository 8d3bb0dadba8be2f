// `npm run dev` on a small project of the same shape: a change restarts the service, a change of C builds the supervisor first,
// what cannot be built is waited for, and Ctrl-C ends everything.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { PROJECT, TIME_FACTOR } from './service.ts';

const WAIT_MS = 60_000 * TIME_FACTOR;
const MAKEFILE = 'build/supervisor: main.c\n\tmkdir -p build\n\tgcc -o build/supervisor main.c\n';
/** Prints what the built supervisor prints, and its own pid. */
const SERVICE = `
  import { execFileSync } from 'node:child_process';
  console.log('serving', execFileSync('supervisor/build/supervisor').toString().trim(), process.pid);
  setInterval(() => {}, 1000);
`;
const program = (word: string) => `#include <stdio.h>\nint main(void) { puts("${word}"); return 0; }\n`;

async function startDev(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'dev-'));
  const write = (path: string, text: string) => writeFileSync(join(directory, path), text);
  for (const name of ['src', 'supervisor']) mkdirSync(join(directory, name));
  cpSync(join(PROJECT, 'scripts'), join(directory, 'scripts'), { recursive: true });
  write('package.json', '{"type":"module"}');
  write('supervisor/Makefile', MAKEFILE);
  write('supervisor/main.c', program('one'));
  write('src/main.ts', SERVICE);
  write('start.mjs', "import './src/main.ts';");
  const dev = spawn(process.execPath, ['scripts/dev.ts'], { cwd: directory });
  let output = '';
  for (const stream of [dev.stdout, dev.stderr]) stream.on('data', (data) => (output += data));
  t.after(async () => {
    if (dev.exitCode === null && dev.signalCode === null) {
      dev.kill('SIGKILL');
      await once(dev, 'exit');
    }
    rmSync(directory, { recursive: true, maxRetries: 20, retryDelay: 100 });
  });
  /** The next text that matches, after all that matched before. */
  let seen = 0;
  const next = async (pattern: RegExp): Promise<string> => {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const match = pattern.exec(output.slice(seen));
      if (match !== null) {
        seen += match.index + match[0].length;
        return match[1] ?? '';
      }
      assert.ok(Date.now() < deadline && dev.exitCode === null, `${pattern} does not come:\n${output}`);
      await delay(20);
    }
  };
  return { dev, write, next };
}

/** One that has ended and that nobody has waited for yet is not alive. */
function isAlive(pid: string): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('the service is restarted when a source changes, and Ctrl-C ends it', async (t) => {
  const { dev, write, next } = await startDev(t);
  const first = await next(/serving one (\d+)/);
  write('src/main.ts', SERVICE.replace('serving', 'now serving'));
  const second = await next(/now serving one (\d+)/);
  assert.ok(!isAlive(first));
  dev.kill('SIGINT');
  assert.deepEqual(await once(dev, 'exit'), [0, null]);
  assert.ok(!isAlive(second));
});

test('the supervisor is built when C changes, and what cannot be built is waited for', async (t) => {
  const { write, next } = await startDev(t);
  const first = await next(/serving one (\d+)/);
  write('supervisor/main.c', 'no C');
  await next(/building the supervisor failed[\s\S]*waiting for a change/);
  assert.ok(!isAlive(first));
  write('supervisor/main.c', program('two'));
  await next(/serving two (\d+)/);
});

test('a service that ends by itself is started again with the next change', async (t) => {
  const { write, next } = await startDev(t);
  await next(/serving one (\d+)/);
  write('src/main.ts', 'throw new Error("broken");');
  await next(/the service ended with 1, waiting/);
  write('src/main.ts', SERVICE);
  await next(/serving one (\d+)/);
});

test('the service does not outlive a launcher that is killed', async (t) => {
  const { dev, next } = await startDev(t);
  const service = await next(/serving one (\d+)/);
  dev.kill('SIGKILL');
  await once(dev, 'close'); // its output ends with the last process that holds it
  assert.ok(!isAlive(service));
});
