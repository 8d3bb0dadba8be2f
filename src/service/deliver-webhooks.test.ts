// What is asked of a `webhook_url` before its execution is accepted.

import assert from 'node:assert/strict';
import { mkdtempDisposable, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../settings/config.ts';
import { createWebhookAdmission } from './deliver-webhooks.ts';

test('a URL that cannot be tried is rejected with its field, before a secret is made', async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), 'webhook-admission-test-'));
  const admit = createWebhookAdmission(loadConfig({ DATA_DIR: directory.path }));
  await assert.rejects(admit('http://127.0.0.1/', 'grader'), {
    code: 'invalid_request',
    errors: [{ path: 'webhook_url', message: 'webhook_url names 127.0.0.1, an address that is not public' }],
  });
  assert.deepEqual(await readdir(directory.path), []);
  await admit('https://example.com/', 'grader');
  await admit('https://example.com/', null);
  assert.deepEqual((await readdir(join(directory.path, 'webhook-secrets'))).sort(), [
    '_anonymous.json',
    'grader.json',
  ]);
});

test('without a place for its secret a webhook is unavailable for now', async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), 'webhook-admission-test-'));
  const path = join(directory.path, 'secrets');
  await writeFile(path, 'no directory');
  const admit = createWebhookAdmission(loadConfig({ WEBHOOK_SECRETS_DIR: path }));
  await assert.rejects(admit('https://example.com/', 'grader'), {
    code: 'unavailable',
    retryAfterSeconds: 5,
    message: 'The secret that signs webhooks cannot be read or written',
  });
});
