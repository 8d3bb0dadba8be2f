// Failures of a sandbox are reported, and everything else passes through unchanged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScriptedSandbox } from '../execution/scripted-sandbox-fixture.ts';
import { observeFailures } from './observed-sandbox.ts';
import { type BoxCommand, type BoxLimits, SandboxError } from './sandbox.ts';

const never = new AbortController().signal;
const [command, limits] = [{} as BoxCommand, {} as BoxLimits];
const root = { fingerprint: 'x', mounts: [] };
const fail = (): never => {
  throw new SandboxError('no box', { retryable: true });
};

test('a failure to open, to build or to run is reported and thrown', async () => {
  const reported: string[] = [];
  let isFailing = false;
  const scripted = createScriptedSandbox({
    open: () => (isFailing ? fail() : undefined),
    build: fail,
    run: fail,
  });
  const sandbox = observeFailures(scripted, (operation) => reported.push(operation));
  await using workspace = await sandbox.open(root, []);
  await assert.rejects(workspace.build(command, limits, never), SandboxError);
  await assert.rejects(workspace.run(command, new Uint8Array(), limits, never), SandboxError);
  isFailing = true;
  await assert.rejects(sandbox.open(root, []), SandboxError);
  assert.deepEqual(reported, ['build', 'run', 'open']);
});

test('neither a program that fails nor another error is a failure of the sandbox', async () => {
  const reported: string[] = [];
  const scripted = createScriptedSandbox({
    build: () => {
      throw new TypeError('ours');
    },
    run: () => ({ exitCode: 1 }),
  });
  const sandbox = observeFailures(scripted, (operation) => reported.push(operation));
  assert.equal(sandbox.name, scripted.name);
  assert.equal(sandbox.slots, scripted.slots);
  {
    await using workspace = await sandbox.open(root, []);
    assert.equal((await workspace.run(command, new Uint8Array(), limits, never)).exitCode, 1);
    await assert.rejects(workspace.build(command, limits, never), TypeError);
  }
  assert.equal(scripted.counts.open, 0);
  assert.deepEqual(reported, []);
});
