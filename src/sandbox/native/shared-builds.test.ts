// Two native sandboxes, as on two machines, that share builds: what one has built, the other only shows.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { COMPILE_LIMITS } from '../../limits.ts';
import { PROBE } from '../contract-fixture.ts';
import type { BoxCommand, Sandbox } from '../sandbox.ts';
import { BARE_ROOT } from '../self-test.ts';
import type { PortableBuild, SharedBuilds } from '../shared-builds.ts';
import { startSandbox } from './supervisor-fixture.ts';

/** What a store of builds does, in memory. */
function createBuilds(): SharedBuilds & { readonly kept: Map<string, PortableBuild> } {
  const kept = new Map<string, PortableBuild>();
  return {
    kept,
    maxFileBytes: 1e6,
    find: async (key) => kept.get(key) ?? null,
    keep: async (key, build) => void kept.set(key, structuredClone(build)),
  };
}

async function buildAndRun(
  sandbox: Sandbox,
  { isLocal = false, exitCode = '0' } = {},
): Promise<{ readonly cached: boolean; readonly exitCode: number | null; readonly shown: string }> {
  const probe = { path: 'probe', content: await readFile(PROBE) };
  const { signal } = new AbortController();
  const command = (...args: string[]): BoxCommand => ({ argv: ['/code/probe', ...args], environment: {} });
  await using workspace = await sandbox.open(BARE_ROOT, [probe]);
  const built = await workspace.build({ ...command('build', exitCode), isLocal }, COMPILE_LIMITS, signal);
  const ran = await workspace.run(command('print', '/build/inner/data'), Buffer.of(), COMPILE_LIMITS, signal);
  const { cached } = built;
  return { cached, exitCode: built.exitCode, shown: Buffer.from(ran.stdout).toString() };
}

test('a build made by one sandbox is used by another, unless it must be made there', async (t) => {
  const sharedBuilds = createBuilds();
  const { sandbox: one } = await startSandbox({ slots: 1, sharedBuilds });
  t.after(() => one.close());
  const { sandbox: other } = await startSandbox({ slots: 1, sharedBuilds });
  t.after(() => other.close());
  const files = { exitCode: 0, shown: 'xxxxx' };
  assert.deepEqual(await buildAndRun(one), { ...files, cached: false });
  assert.equal(sharedBuilds.kept.size, 1);
  assert.deepEqual(await buildAndRun(other, { isLocal: true }), { ...files, cached: false });
  await other.cleanUp();
  assert.deepEqual(await buildAndRun(other), { ...files, cached: true });
  assert.deepEqual(await buildAndRun(other), { ...files, cached: true });

  const failed = { exitCode: 3, shown: 'ENOENT\n' };
  assert.deepEqual(await buildAndRun(other, { exitCode: '3' }), { ...failed, cached: false });
  assert.deepEqual(await buildAndRun(one, { exitCode: '3' }), { ...failed, cached: true });
});

test('a build that cannot be taken in is made', async (t) => {
  const sharedBuilds = createBuilds();
  const { sandbox } = await startSandbox({ slots: 1, sharedBuilds });
  t.after(() => sandbox.close());
  await buildAndRun(sandbox);
  const [[key, build] = []] = [...sharedBuilds.kept];
  assert.ok(key && build);
  // One file, whose name leads out of the store.
  const path = Buffer.from('../../escape');
  const files = Buffer.concat([Buffer.of(1, 0, path.length, 0, 0, 0), path, Buffer.of(1, 0, 0, 0, 120)]);
  sharedBuilds.kept.set(key, { ...build, files });
  await sandbox.cleanUp();
  assert.deepEqual(await buildAndRun(sandbox), { cached: false, exitCode: 0, shown: 'xxxxx' });
});
