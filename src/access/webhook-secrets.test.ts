// The secrets that sign webhooks: made once, shown and replaced by the operator's command, readable by their owner only.

import assert from 'node:assert/strict';
import { mkdtempDisposable, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runKeyCommand } from './key-command.ts';
import { runWebhookSecretCommand } from './webhook-secret-command.ts';
import { createWebhookSecrets } from './webhook-secrets.ts';

const HOUR_MS = 3_600_000;
const FORM = /^whsec_[A-Za-z0-9+/]{43}=$/;

async function secretsDirectory() {
  const directory = await mkdtempDisposable(join(tmpdir(), 'webhook-secrets-test-'));
  const path = join(directory.path, 'secrets');
  let nowMs = Date.parse('2030-01-01T00:00:00Z');
  const secrets = createWebhookSecrets(path, () => nowMs);
  return {
    path,
    keyFile: join(directory.path, 'keys.json'),
    secrets,
    /** The valid secrets of a name. */
    valid: async (name: string | null) => (await secrets.find(name)).map(({ secret }) => secret),
    pass: (ms: number) => {
      nowMs += ms;
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

test('twenty that need the first secret of a name at once get the same one, for its owner only', async () => {
  await using kept = await secretsDirectory();
  const all = await Promise.all(Array.from({ length: 20 }, () => kept.secrets.ensure('grader')));
  const found = new Set(all.map(([first]) => first?.secret));
  assert.equal(found.size, 1);
  assert.match([...found][0] ?? '', FORM);
  assert.deepEqual(await readdir(kept.path), ['grader.json']);
  assert.equal((await stat(join(kept.path, 'grader.json'))).mode & 0o777, 0o600);
  assert.equal((await stat(kept.path)).mode & 0o777, 0o700);
});

test('names have secrets of their own, and so do clients without a key', async () => {
  await using kept = await secretsDirectory();
  for (const name of ['one', 'two', null]) await kept.secrets.ensure(name);
  const [one, two, anonymous] = await Promise.all(['one', 'two', null].map(kept.valid));
  assert.equal(new Set([one?.[0], two?.[0], anonymous?.[0]]).size, 3);
  assert.deepEqual(await kept.valid('three'), []);
  for (const name of ['../one', 'a/b', '.one', '_anonymous'])
    await assert.rejects(kept.secrets.ensure(name), /is not the name of a key/);
});

test('a replaced secret stays valid beside the new one for a while, and never a third', async () => {
  await using kept = await secretsDirectory();
  const command = (...args: string[]) => runWebhookSecretCommand(args, kept.secrets);
  const first = (await command('grader')).output.trim();
  const rotation = await command('grader', '--rotate', '--keep-hours', '2');
  const [second = '', old] = rotation.output.trim().split('\n');
  assert.match(second, FORM);
  assert.notEqual(second, first);
  assert.equal(old, first);
  assert.match(rotation.notes, /signed with both.* until 2030-01-01T02:00:00.000Z/);
  assert.deepEqual(await kept.valid('grader'), [second, first]);
  const [third = ''] = (await command('grader', '--rotate', '--keep-hours', '2')).output.split('\n');
  assert.deepEqual(await kept.valid('grader'), [third, second]);
  kept.pass(2 * HOUR_MS);
  assert.deepEqual(await kept.valid('grader'), [third]);
  await command('grader', '--rotate', '--keep-hours', '0');
  assert.equal((await kept.valid('grader')).includes(third), false);
});

test('revoking the last key of a name takes its secret along', async () => {
  await using kept = await secretsDirectory();
  const run = (...args: string[]) => runKeyCommand(args, kept.keyFile, { webhookSecrets: kept.secrets });
  await run('make', 'grader');
  await run('make', 'grader');
  const [secret] = await kept.secrets.ensure('grader');
  const { output } = await run('list');
  const id = output.split('\n')[1]?.split(' ')[0] ?? '';
  await run('revoke', id);
  assert.deepEqual(await kept.valid('grader'), [secret?.secret]);
  await run('revoke', 'grader');
  assert.deepEqual(await kept.valid('grader'), []);
});

test('wrong arguments and a broken file are reported without a secret', async () => {
  await using kept = await secretsDirectory();
  const command = (...args: string[]) => runWebhookSecretCommand(args, kept.secrets);
  await assert.rejects(command('a', 'b'), /one argument too many: b/);
  await assert.rejects(command('a b'), /NAME must be 1–64 letters/);
  await assert.rejects(command('a', '--rotate', '--keep-hours', '721'), /from 0 to 720, got "721"/);
  await assert.rejects(command('a', '--keep-hours', '1'), /needs --rotate/);
  await kept.secrets.ensure('a');
  await writeFile(join(kept.path, 'a.json'), '{"secrets": [{"secret": "whsec_x"}]}');
  await assert.rejects(kept.secrets.find('a'), (error: Error) => {
    assert.match(error.message, /a\.json are not valid/);
    return !error.message.includes('whsec_x');
  });
});
