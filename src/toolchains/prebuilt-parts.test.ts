// What is built ahead: built once, stopped half way, failed, changed.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { PrebuildStep } from '../languages/language.ts';
import { buildPart, isBuilt, type PartPlan, planPart } from './prebuilt-parts.ts';
import { systemMounts } from './system-mounts.ts';

let store: string;
beforeEach(async () => {
  store = await mkdtemp(join(tmpdir(), 'prebuilt-'));
});
afterEach(() => rm(store, { recursive: true }));

function part(script: string): PrebuildStep {
  return {
    part: 'demo',
    essential: true,
    inputs: [{ path: 'in/seed', content: 'seed\n' }],
    commands: (tools, directory) => [
      { argv: [tools.sh ?? '', '-c', script, 'sh', directory], environment: { PATH: '/usr/bin:/bin' } },
    ],
  };
}

const plan = (script: string, identity: unknown = 'v1'): PartPlan =>
  planPart(part(script), { sh: '/bin/sh' }, identity, store);

async function build(planned: PartPlan, signal = new AbortController().signal): Promise<void> {
  await buildPart(planned, await systemMounts('/', []), signal);
}

test('a part is built at its place in the root, from its inputs', async () => {
  const planned = plan('cat "$1/in/seed" >"$1/result"; echo "$1" >>"$1/result"');
  assert.equal(await isBuilt(planned), false);
  await build(planned);
  assert.equal(await isBuilt(planned), true);
  assert.equal(await readFile(join(planned.source, 'result'), 'utf8'), 'seed\n/opt/prebuilt/demo\n');
});

test('a part whose build was stopped is not there, and the next start builds it', async () => {
  const planned = plan('echo x >>"$1/runs"; [ -e "$1/slow" ] || sleep "$(cat "$1/in/seed" | tr -d a-z)"1');
  const stop = new AbortController();
  const building = build(planned, stop.signal);
  setTimeout(() => stop.abort(), 400);
  await assert.rejects(building, { name: 'AbortError' });
  assert.equal(await isBuilt(planned), false);
  assert.equal((await readdir(store)).length, 1);
  await build(planned);
  assert.equal(await readFile(join(planned.source, 'runs'), 'utf8'), 'x\n');
  assert.deepEqual(await readdir(store), [planned.name]);
});

test('a part that fails says why and is not there', async () => {
  const planned = plan('echo "no compiler" >&2; exit 1');
  await assert.rejects(build(planned), /building demo failed: no compiler/);
  assert.equal(await isBuilt(planned), false);
});

test('another recipe or another tool makes another part', () => {
  const names = [plan('true'), plan('false'), plan('true', 'v2')].map(({ name }) => name);
  assert.equal(new Set(names).size, 3);
  assert.equal(plan('true').name, names[0]);
});

test('a part that no tool works on is the same for all tools', () => {
  const files: PrebuildStep = { ...part(''), commands: () => [] };
  const names = ['v1', 'v2'].map((identity) => planPart(files, { sh: '/bin/sh' }, identity, store).name);
  assert.equal(names[0], names[1]);
});
