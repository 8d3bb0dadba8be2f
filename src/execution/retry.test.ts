// How often something is tried whose sandbox failed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SandboxError } from '../sandbox/sandbox.ts';
import { withOneRetry } from './retry.ts';

const task = { executionId: 'an id' };

/** Counts the attempts at what fails with each error in turn. */
async function attemptsAt(errors: readonly Error[], signal = new AbortController().signal) {
  const warnings: string[] = [];
  const log = { warn: (_details: object, message: string) => void warnings.push(message), error: () => {} };
  let count = 0;
  const attempt = async () => {
    const error = errors[count++];
    if (error) throw error;
    return 'done';
  };
  const outcome = await withOneRetry({ parts: { log }, task }, signal, attempt).catch(
    (error: Error) => error,
  );
  return { count, outcome, warnings };
}

const passing = new SandboxError('the box did not start', { retryable: true });
const lasting = new SandboxError('no cgroup', { retryable: false });

test('what works is done once', async () => {
  assert.deepEqual(await attemptsAt([]), { count: 1, outcome: 'done', warnings: [] });
});

test('a failure that can pass is tried once more, and no third time', async () => {
  const { count, outcome, warnings } = await attemptsAt([passing]);
  assert.deepEqual([count, outcome], [2, 'done']);
  assert.deepEqual(warnings, ['the sandbox failed, trying once more']);
  const twice = await attemptsAt([passing, passing, passing]);
  assert.deepEqual([twice.count, twice.outcome], [2, passing]);
});

test('a failure that cannot pass, and one that is not the sandbox, are not tried again', async () => {
  for (const error of [lasting, new TypeError('a bug')]) {
    const { count, outcome, warnings } = await attemptsAt([error]);
    assert.deepEqual([count, outcome, warnings], [1, error, []]);
  }
});

test('what was cancelled is not tried again', async () => {
  const { count, outcome } = await attemptsAt([passing], AbortSignal.abort());
  assert.deepEqual([count, outcome], [1, passing]);
});
