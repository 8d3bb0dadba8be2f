// What the Docker driver does when the first process of a container is held, chosen by the kernel when memory is used up,
// or left alone by a service that dies.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { engineForTests } from '../../../test/docker-engine.ts';
import { attack } from '../../../test/escapes/stage.ts';
import { MIB } from '../../units.ts';
import { specFor } from './container-size.ts';
import {
  assertServes,
  bareRoot,
  containersOf,
  eventually,
  firstProcessOf,
  isOnThisMachine,
  LIMITS,
  nothingLeft,
  probe,
  runningContainer,
  startSandbox,
} from './docker-fixture.ts';

// Leaves its first process no memory to take in what it writes.
const hog = attack(`
static long usage(void) {
  char text[64] = "";
  int file = open("/sys/fs/cgroup/memory/memory.usage_in_bytes", O_RDONLY);
  if (file < 0) file = open("/sys/fs/cgroup/memory.current", O_RDONLY);
  if (file < 0 || read(file, text, sizeof text - 1) <= 0) exit(2);
  close(file);
  return atol(text);
}
int main(int argc, char **argv) {
  static char block[65536];
  int file = open("/box/work/file", O_CREAT | O_WRONLY, 0600);
  memset(block, 'x', sizeof block);
  while (usage() < atol(argv[1])) if (write(file, block, sizeof block) < 0) return 3;
  for (int i = 0; i < 160; i++) if (write(1, block, sizeof block) < 0) return 4;
  return 0;
}`);

const { engine } = await engineForTests();
if (engine) {
  const root = await bareRoot(engine);
  const isLocal = await isOnThisMachine(engine, root);

  // When even the supervisor finds no memory, the kernel may end it too.
  test('memory that is used up to the last page is told as the memory limit', async () => {
    await using used = await startSandbox(engine);
    await using workspace = await used.sandbox.open(root, [hog.file]);
    const limits = { ...LIMITS, outputBytes: 10 * MIB, diskBytes: 256 * MIB, fileSizeBytes: 256 * MIB };
    const { signal } = new AbortController();
    const { memoryBytes } = specFor(root, limits, {
      codeBytes: hog.file.content.length,
      buildBytes: 0,
      stdinBytes: 0,
    }).limits;
    const command = { argv: ['/code/attack', String(memoryBytes - MIB / 4)], environment: {} };
    const outcome = await workspace.run(command, new Uint8Array(), limits, signal);
    assert.equal(outcome.limitReached, 'memory');
    assert.equal(outcome.outOfMemory, true);
  });

  test('a program that writes as much as it may to both outputs stays within its memory', async () => {
    await using used = await startSandbox(engine);
    const stdin = Buffer.alloc(10 * MIB, 'x');
    const limits = { memoryBytes: 32 * MIB, outputBytes: stdin.length };
    const outcome = await probe(used, root, ['echo-twice'], { stdin, limits });
    assert.deepEqual([outcome.exitCode, outcome.limitReached], [0, null]);
    assert.ok(stdin.equals(outcome.stdout) && stdin.equals(outcome.stderr));
  });

  describe('a service that is killed', () => {
    test('leaves nothing that runs, and nothing at all after the next start of its home', async () => {
      const home = randomUUID();
      await using neighbour = await startSandbox(engine, { poolSize: 1 });
      await assertServes(neighbour, root);
      await eventually('one is ready', () => neighbour.sandbox.pool().idle === 1);
      const service = await startService(home);
      await runningContainer(engine, home);
      await eventually('one is ready', async () => (await containersOf(engine, home)).length === 2);
      await kill(service);
      await eventually('nothing runs', async () =>
        (await containersOf(engine, home)).every(({ State }) => State !== 'running'),
      );
      await using next = await startSandbox(engine, { home });
      await nothingLeft(engine, next.home);
      assert.equal(neighbour.sandbox.pool().idle, 1);
      const others = await neighbour.containers();
      assert.deepEqual(others.filter(({ State }) => State === 'running').length, 1);
      await assertServes(neighbour, root);
    });

    test('while a supervisor is held leaves its container until the next start of its home', {
      skip: !isLocal,
    }, async () => {
      const home = randomUUID();
      const service = await startService(home);
      const id = await runningContainer(engine, home);
      process.kill(await firstProcessOf(engine, id), 'SIGSTOP');
      await kill(service);
      assert.ok((await containersOf(engine, home)).some(({ Id, State }) => Id === id && State === 'running'));
      await using next = await startSandbox(engine, { home });
      await nothingLeft(engine, next.home);
    });
  });
}

/** A process that has a program running in a container and another container ready. */
async function startService(home: string): Promise<ChildProcess> {
  const source = `
    const { bareRoot, LIMITS, runProbe, startSandbox } = await import(${JSON.stringify(join(import.meta.dirname, 'docker-fixture.ts'))});
    const { createDockerEngine } = await import(${JSON.stringify(join(import.meta.dirname, '../engine.ts'))});
    const engine = createDockerEngine(process.argv[1]);
    const { sandbox } = await startSandbox(engine, { home: process.argv[2], poolSize: 1 });
    const workspace = await sandbox.open(await bareRoot(engine), []);
    console.log('ready');
    await runProbe(workspace, ['sleep', '60000']);`;
  const argv = ['--input-type=module', '-e', source, engine?.address ?? '', home];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout)) if (line === 'ready') return child;
  throw new Error('the service did not start');
}

async function kill(service: ChildProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  service.once('exit', () => resolve());
  service.kill('SIGKILL');
  await promise;
}
