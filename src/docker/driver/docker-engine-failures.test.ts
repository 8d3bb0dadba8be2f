// What the Docker driver does when its engine is stopped, killed or out of disk, on an engine of the test's own: runs
// fail as ours and not as the program's, and the same sandbox serves again when the engine does.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startOwnEngine, whyNoOwnEngine } from '../../../test/docker-engine.ts';
import { MIB } from '../../units.ts';
import {
  assertServes,
  bareRoot,
  describeError,
  eventually,
  nothingLeft,
  probe,
  runningContainer,
  runProbe,
  sandboxErrorOf,
  startSandbox,
} from './docker-fixture.ts';

describe('an engine that fails', { skip: whyNoOwnEngine() }, () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const)
    test(`by ${signal} while programs run: the runs fail, and the sandbox serves once it is back`, async () => {
      const own = await startOwnEngine();
      try {
        const root = await bareRoot(own.engine);
        await using used = await startSandbox(own.engine, { poolSize: 2 });
        await assertServes(used, root);
        await eventually('one is ready', () => used.sandbox.pool().idle > 0);
        await using workspace = await used.sandbox.open(root, []);
        const run = sandboxErrorOf(runProbe(workspace, ['sleep', '60000']));
        await runningContainer(own.engine, used.home);
        await own.kill(signal);
        assert.equal((await run).retryable, true);
        const refused = await sandboxErrorOf(runProbe(workspace, ['exit', '0']));
        assert.equal(refused.retryable, true);
        assert.match(
          describeError(refused),
          /^a container cannot be had: .*(ECONNREFUSED|ECONNRESET|ENOENT|other side closed)/,
        );
        await own.start();
        assert.equal((await runProbe(workspace, ['exit', '3'])).exitCode, 3);
        await assertServes(used, root);
        await used.sandbox.close();
        await using next = await startSandbox(own.engine, { home: used.home });
        await nothingLeft(own.engine, next.home);
      } finally {
        await own.close();
      }
    });

  test('for want of disk space: starts fail, and succeed when there is some again', async () => {
    const disk = mkdtempSync(join(tmpdir(), 'docker-disk-'));
    mount(disk, 24 * MIB);
    try {
      const own = await startOwnEngine(['--data-root', disk]);
      try {
        const root = await bareRoot(own.engine);
        await using used = await startSandbox(own.engine);
        await assertServes(used, root);
        await eventually('all are removed', async () => (await used.containers()).length === 0);
        fill(join(disk, 'filler'));
        const error = await sandboxErrorOf(probe(used, root, ['exit', '0']));
        assert.equal(error.retryable, true);
        assert.match(error.message, /no space left on device/);
        rmSync(join(disk, 'filler'));
        await assertServes(used, root);
      } finally {
        await own.close();
      }
    } finally {
      spawnSync('umount', ['-l', disk]);
      rmSync(disk, { recursive: true });
    }
  });
});

function mount(directory: string, bytes: number): void {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'docker-disk', directory]);
  assert.equal(status, 0, 'a disk can be mounted');
}

/** Takes all the space there is. */
function fill(path: string): void {
  const block = Buffer.alloc(64 * 1024);
  for (;;)
    try {
      writeFileSync(path, block, { flag: 'a' });
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
      return;
    }
}
