// Proofs of toolchains: in real boxes, and with a sandbox that fails.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSandbox } from '../sandbox/native/supervisor-fixture.ts';
import { type Sandbox, SandboxError } from '../sandbox/sandbox.ts';
import { demoLanguage } from './demo-language-fixture.ts';
import { PREBUILT } from './prebuilt-parts.ts';
import { proveToolchain } from './prove-toolchain.ts';
import { systemMounts } from './system-mounts.ts';
import type { Toolchain } from './toolchain.ts';

const never = new AbortController().signal;

async function toolchain(): Promise<Toolchain> {
  const mounts = await systemMounts('/', ['/usr/bin/bash']);
  return {
    source: 'host',
    languageId: 'a',
    version: '5.2.15',
    root: { fingerprint: 'demo', mounts },
    tools: { bash: '/usr/bin/bash' },
    prebuilt: PREBUILT,
    prebuiltParts: [],
  };
}

/** A sandbox that cannot open a workspace, and the number of attempts. */
function failingSandbox(retryable: boolean) {
  const state = { attempts: 0 };
  const open: Sandbox['open'] = async () => {
    state.attempts += 1;
    throw new SandboxError('the sandbox failed', { retryable });
  };
  return { state, open };
}

test('a toolchain is proven by its examples in a box', async () => {
  const { sandbox } = await startSandbox();
  try {
    const language = demoLanguage('a');
    await proveToolchain(sandbox, language, await toolchain(), never);
    const hello = { ...language.examples.hello, code: 'echo hello; id -u >&2; exit 3' };
    const failing = { ...language, examples: { ...language.examples, hello } };
    await assert.rejects(
      proveToolchain(sandbox, failing, await toolchain(), never),
      /^Error: a 5\.2\.15 fails its example hello: printed "hello\\n", exit code 3, signal null, 6\d{4}$/,
    );
    const refused = {
      ...language,
      compile: () => ({
        argv: ['/usr/bin/bash', '-c', 'echo wrong >&2; exit 1'],
        environment: { PATH: '/usr/bin' },
      }),
    };
    await assert.rejects(proveToolchain(sandbox, refused, await toolchain(), never), /exit code 1, .*wrong$/);
  } finally {
    await sandbox.close();
  }
});

test('a sandbox failure that may pass is tried three times, another failure once', async () => {
  for (const [retryable, attempts] of [
    [true, 3],
    [false, 1],
  ] as const) {
    const { state, open } = failingSandbox(retryable);
    await assert.rejects(
      proveToolchain({ open }, demoLanguage('a'), await toolchain(), never),
      /the sandbox failed/,
    );
    assert.equal(state.attempts, attempts);
  }
});

test('an aborted proof is not a failure of the toolchain', async () => {
  const { state, open } = failingSandbox(true);
  const signal = AbortSignal.abort(new Error('stopping'));
  await assert.rejects(proveToolchain({ open }, demoLanguage('a'), await toolchain(), signal), /stopping/);
  assert.equal(state.attempts, 1);
});
