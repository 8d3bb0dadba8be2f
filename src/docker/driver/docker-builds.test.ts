// Builds in containers: where they are kept, what they cost the programs that run in them, and that a lost one is there
// again.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PROBE_IN_IMAGE } from '../../../test/bare-image.ts';
import { engineForTests } from '../../../test/docker-engine.ts';
import { attack } from '../../../test/escapes/stage.ts';
import type { BuildOutcome, Workspace } from '../../sandbox/sandbox.ts';
import { MIB } from '../../units.ts';
import { removeContainer } from './container.ts';
import { bareRoot, LIMITS, runProbe, startSandbox } from './docker-fixture.ts';

const { engine } = await engineForTests();
const COMPILE = { ...LIMITS, memoryBytes: 512 * MIB, diskBytes: 192 * MIB, fileSizeBytes: 64 * MIB };
const RUN = { memoryBytes: 32 * MIB, diskBytes: 16 * MIB };

function build(workspace: Workspace, bytes: number): Promise<BuildOutcome> {
  const argv = [PROBE_IN_IMAGE, 'write', '/box/out/built', String(bytes)];
  return workspace.build({ argv, environment: {} }, COMPILE, new AbortController().signal);
}

// Leaves an output behind doors that are closed to its owner too.
const closing = attack(`
#include <sys/stat.h>
int main(int argc, char **argv) {
  if (mkdir("/box/out/d", 0700) < 0 || mkdir("/box/out/d/e", 0700) < 0) return 2;
  int file = open("/box/out/d/e/f", O_CREAT | O_WRONLY, 0600);
  if (write(file, "text", 4) != 4) return 3;
  mode_t mode = strtol(argv[1], NULL, 8);
  return chmod("/box/out/d/e/f", mode) || chmod("/box/out/d/e", mode) || chmod("/box/out/d", mode) ||
         chmod("/box/out", mode) || chmod("/box", mode);
}`);

if (engine) {
  const root = await bareRoot(engine);

  for (const mode of ['0', '0111', '0222', '0444', '0555'])
    test(`an output whose directories have mode ${mode} is a build as any other`, async () => {
      await using used = await startSandbox(engine);
      await using workspace = await used.sandbox.open(root, [closing.file]);
      const command = { argv: ['/code/attack', mode], environment: {} };
      const built = await workspace.build(command, COMPILE, new AbortController().signal);
      assert.equal(built.exitCode, 0, Buffer.from(built.stderr).toString());
      const listed = await runProbe(workspace, ['list', '/build/d/e'], { limits: RUN });
      assert.equal(Buffer.from(listed.stdout).toString(), 'f\n');
    });

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
