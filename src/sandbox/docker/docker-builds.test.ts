// Builds in containers: where they are kept, what they cost the programs that run in them, and that a lost one is there
// again.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PROBE_IN_IMAGE } from '../../../test/bare-image.ts';
import { engineForTests } from '../../../test/docker-engine.ts';
import type { BuildOutcome, Workspace } from '../sandbox.ts';
import { removeContainer } from './container.ts';
import { bareRoot, LIMITS, runProbe, startSandbox } from './docker-fixture.ts';

const { engine } = await engineForTests();
const MIB = 1024 * 1024;
const COMPILE = { ...LIMITS, memoryBytes: 512 * MIB, diskBytes: 192 * MIB, fileSizeBytes: 64 * MIB };
const RUN = { memoryBytes: 32 * MIB, diskBytes: 16 * MIB };

function build(workspace: Workspace, bytes: number): Promise<BuildOutcome> {
  const argv = [PROBE_IN_IMAGE, 'write', '/box/out/built', String(bytes)];
  return workspace.build({ argv, environment: {} }, COMPILE, new AbortController().signal);
}

if (engine) {
  const root = await bareRoot(engine);
  describe('a build of', { concurrency: 2 }, () => {
    for (const { mib, cached } of [
      { mib: 20, cached: true },
      { mib: 45, cached: false }, // more than is moved
      { mib: 60, cached: false }, // more than a frame takes
    ])
      test(`${mib} MiB leaves a program its memory, is ${cached ? '' : 'not '}kept outside, and is there again when it is lost`, async () => {
        await using used = await startSandbox(engine);
        await using workspace = await used.sandbox.open(root, []);
        assert.equal((await build(workspace, mib * MIB)).exitCode, 0);
        for (let lost = 0; lost < 2; lost++) {
          const listed = await runProbe(workspace, ['list', '/build'], { limits: RUN });
          assert.equal(Buffer.from(listed.stdout).toString(), 'built\n');
          assert.ok(listed.memoryBytes < 8 * MIB, `${listed.memoryBytes} bytes of memory are told`);
          const hungry = await runProbe(workspace, ['memory', String(24 * MIB)], { limits: RUN });
          assert.deepEqual([hungry.exitCode, hungry.limitReached], [0, null]);
          for (const { Id } of await used.containers()) await removeContainer(engine, Id);
        }
        await using other = await used.sandbox.open(root, []);
        assert.equal((await build(other, mib * MIB)).cached, cached);
      });
  });
}
