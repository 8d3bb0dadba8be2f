// A C compiler in a box, for the attacks that compilers carry out: this machine's own, shown read-only.

import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import type { BoxLimits, DirectoryRoot } from '../../src/sandbox/sandbox.ts';
import { MIB } from '../../src/units.ts';
import { commandOf, type Ending, endingOf, LIMITS, sandboxOf, TIME_FACTOR } from './attack.ts';
import type { Stage } from './stage.ts';

/** `/usr` and the links to it that the root of this machine has (`/lib64`, …), or the directories themselves. */
export const COMPILER_ROOT: DirectoryRoot = {
  fingerprint: 'compiler',
  mounts: ['/usr', '/bin', '/lib', '/lib32', '/lib64', '/libx32', '/sbin']
    .filter(existsSync)
    .map((target) => {
      const isLink = lstatSync(target).isSymbolicLink();
      return { kind: isLink ? 'symlink' : 'bind', source: isLink ? readlinkSync(target) : target, target };
    }),
};

const COMPILE_LIMITS: BoxLimits = {
  ...LIMITS,
  cpuTimeMs: 10_000 * TIME_FACTOR,
  wallTimeMs: 20_000 * TIME_FACTOR,
  memoryBytes: 256 * MIB,
  diskBytes: 128 * MIB,
  fileSizeBytes: 64 * MIB,
  processes: 32,
  openFiles: 256,
};

/** Compiles a source to `/build/program`; then runs a command, unless the compile failed or there is none. */
export async function compile(
  stage: Stage,
  source: string,
  thenRun: readonly string[] | null = null,
  limits: Partial<BoxLimits> = {},
): Promise<Ending> {
  const { sandbox } = await sandboxOf(stage);
  const { signal } = new AbortController();
  const allLimits = { ...COMPILE_LIMITS, ...limits };
  const file = { path: 'main.c', content: Buffer.from(source) };
  const command = commandOf(['/usr/bin/gcc', '-O0', '-o', '/box/out/program', '/code/main.c'], {
    PATH: '/usr/bin',
    LANG: 'C.UTF-8',
  });
  await using workspace = await sandbox.open(COMPILER_ROOT, [file]);
  const built = await workspace.build(command, allLimits, signal);
  if (built.exitCode !== 0 || !thenRun) return endingOf(built);
  return endingOf(await workspace.run(commandOf(thenRun), new Uint8Array(), allLimits, signal));
}
