// Keys that come and go while the service runs: the file changes, and requests are accepted or rejected accordingly.

import assert from 'node:assert/strict';
import { mkdtempDisposable, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createTestLog } from '../log-fixture.ts';
import { runKeyCommand } from './key-command.ts';
import { createKeyRing } from './key-ring.ts';
import { watchKeys } from './watched-keys.ts';

const LOOK_EVERY_MS = 5;
const DEADLINE_MS = 10_000;

async function watched(options: { isNamed?: boolean; before?: (path: string) => Promise<unknown> } = {}) {
  const directory = await mkdtempDisposable(join(tmpdir(), 'watched-keys-'));
  const path = join(directory.path, 'keys.json');
  await options.before?.(path);
  const logged: string[] = [];
  const keys = await watchKeys({
    path,
    isNamed: options.isNamed ?? false,
    log: createTestLog(({ message }) => logged.push(message)),
    lookEveryMs: LOOK_EVERY_MS,
  });
  return {
    path,
    logged,
    ring: createKeyRing({ apiKeys: [], adminApiKeys: [], watched: keys }),
    make: async (name: string, ...args: string[]) =>
      (await runKeyCommand(['make', name, ...args], path)).output.trim(),
    [Symbol.asyncDispose]: async () => {
      await keys[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (; !condition(); await delay(LOOK_EVERY_MS)) assert.ok(Date.now() < deadline, `${condition}`);
}

test('a key that is made is accepted, and one that is revoked is not, without a restart', async () => {
  await using file = await watched();
  assert.equal(file.ring.isRequired(), false);
  const first = await file.make('first');
  await until(() => file.ring.find([first])?.name === 'first');
  assert.equal(file.ring.isRequired(), true);
  const second = await file.make('second', '--scopes', 'admin');
  await until(() => file.ring.find([second]) !== null);
  assert.equal(file.ring.hasScope('admin'), true);
  await runKeyCommand(['revoke', 'first'], file.path);
  await until(() => file.ring.find([first]) === null);
  assert.equal(file.ring.find([second])?.name, 'second');
});

test('the last key that goes, and the file that goes, leave the service asking for keys', async () => {
  await using file = await watched();
  const key = await file.make('only');
  await until(() => file.ring.find([key]) !== null);
  await runKeyCommand(['revoke', 'only'], file.path);
  await until(() => file.ring.find([key]) === null);
  assert.equal(file.ring.isRequired(), true);
  const next = await file.make('next');
  await until(() => file.ring.find([next]) !== null);
  await rm(file.path);
  await until(() => file.ring.find([next]) === null);
  assert.equal(file.ring.isRequired(), true);
  assert.match(file.logged.at(-1) ?? '', /is gone/);
});

test('a file that becomes invalid changes no key, and is logged', async () => {
  await using file = await watched();
  const key = await file.make('only');
  await until(() => file.ring.find([key]) !== null);
  await writeFile(file.path, '{"keys": [');
  await until(() => file.logged.some((message) => message.includes('stay as they were')));
  assert.equal(file.ring.find([key])?.name, 'only');
});

test('a file that is invalid at the start is rejected, with its name', async () => {
  await assert.rejects(watched({ before: (path) => writeFile(path, '[]') }), /keys\.json are not valid/);
});

test('a file that the operator named is waited for, and until then no key is valid', async () => {
  await using file = await watched({ isNamed: true });
  assert.equal(file.ring.isRequired(), true);
  assert.match(file.logged[0] ?? '', /is not there/);
  const key = await file.make('first');
  await until(() => file.ring.find([key]) !== null);
});
