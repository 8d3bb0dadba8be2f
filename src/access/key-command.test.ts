// Making, listing and revoking keys, and the file that comes of it.

import assert from 'node:assert/strict';
import { chmod, mkdtempDisposable, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { digestOf } from './key.ts';
import { runKeyCommand } from './key-command.ts';
import { readKeyFile } from './key-file.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');

async function keyFile() {
  const directory = await mkdtempDisposable(join(tmpdir(), 'keys-test-'));
  const path = join(directory.path, 'kept', 'keys.json');
  const run = (...args: string[]) => runKeyCommand(args, path, { now: () => NOW });
  return { path, run, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

suite('npm run keys', () => {
  test('makes a key that is shown once and kept as a digest, for its owner only', async () => {
    await using file = await keyFile();
    const { output, notes } = await file.run('make', 'grader');
    assert.match(output, /^ces_[A-Za-z0-9_-]{43}\n$/);
    assert.match(notes, /the service requires a key/);
    const key = output.trim();
    const text = await readFile(file.path, 'utf8');
    assert.ok(!text.includes(key.slice(4)));
    assert.equal((await stat(file.path)).mode & 0o777, 0o600);
    assert.deepEqual(await readKeyFile(file.path), [
      {
        name: 'grader',
        scopes: ['execute', 'metrics'],
        created_at: '2030-01-01T00:00:00.000Z',
        sha256: digestOf(key).toString('hex'),
      },
    ]);
  });

  test('makes keys with scopes, an end and limits of their own, and lists them', async () => {
    await using file = await keyFile();
    const limits = ['--days', '30', '--requests-per-minute', '60', '--executions-per-day', '1000'];
    await file.run('make', 'course', '--scopes', 'admin,execute', ...limits);
    const [entry] = (await readKeyFile(file.path)) ?? [];
    assert.deepEqual(entry?.scopes, ['execute', 'admin']);
    assert.equal(entry?.expires_at, '2030-01-31T00:00:00.000Z');
    const { output } = await file.run('list');
    const [header, row] = output.split('\n');
    assert.match(header ?? '', /^ID +NAME +SCOPES +MADE +EXPIRES +LIMITS$/);
    assert.match(row ?? '', /^[0-9a-f]{8} +course +execute,admin .* 2030-01-31\S+ +60\/minute, 1000\/day$/);
    const later = await runKeyCommand(['list'], file.path, { now: () => NOW + 31 * 86_400_000 });
    assert.match(later.output, /\(expired\)/);
  });

  test('keeps the old key of a name beside the new one until it is revoked by its ID', async () => {
    await using file = await keyFile();
    await file.run('make', 'grader');
    const [old] = (await readKeyFile(file.path)) ?? [];
    const id = old?.sha256.slice(0, 8) ?? '';
    assert.match((await file.run('make', 'grader')).notes, new RegExp(`still accepted: ${id}`));
    await file.run('make', 'other');
    assert.match((await file.run('revoke', id)).notes, new RegExp(`Revoked grader \\(${id}\\)`));
    const names = ((await readKeyFile(file.path)) ?? []).map(({ name }) => name);
    assert.deepEqual(names, ['grader', 'other']);
    await file.run('revoke', 'grader');
    assert.equal((await readKeyFile(file.path))?.length, 1);
    await assert.rejects(file.run('revoke', 'grader'), /There is no key "grader"/);
  });

  test('leaves the rights of a file that is there as they are', async () => {
    await using file = await keyFile();
    await file.run('make', 'one');
    await chmod(file.path, 0o640);
    await file.run('make', 'two');
    assert.equal((await stat(file.path)).mode & 0o777, 0o640);
  });

  const refused: [args: string[], message: RegExp][] = [
    [[], /Give a command/],
    [['make'], /Give a command/],
    [['list', 'x'], /Give a command/],
    [['make', 'a b'], /NAME must be 1–64 letters, .*, got "a b"/],
    [['make', 'a', 'b', 'c'], /one argument too many: b c/],
    [['make', 'a', '--scopes', 'execute,root'], /--scopes must be a list of .*, got "root"/],
    [['make', 'a', '--days', '0'], /--days must be an integer from 1 to 36500, got "0"/],
    [['make', 'a', '--requests-per-minute', '1e3'], /--requests-per-minute must be .*, got "1e3"/],
    [['make', 'a', '--hours', '3'], /Unknown option '--hours'/],
  ];
  for (const [args, message] of refused) {
    test(`rejects "${args.join(' ')}" and makes no file`, async () => {
      await using file = await keyFile();
      await assert.rejects(file.run(...args), { message });
      assert.equal(await readKeyFile(file.path), null);
    });
  }
});

suite('a file of keys that is not valid', () => {
  const sha256 = '0'.repeat(64);
  const invalid: [content: unknown, message: RegExp][] = [
    ['{', /the file is not JSON/],
    [[], /the file must be object/],
    [
      { keys: [{ name: 'a', sha256: '00', scopes: ['execute'] }] },
      /keys\.0\.sha256 must be 64 hexadecimal digits in lower case/,
    ],
    [{ keys: [{ name: 'a', sha256, scopes: [] }] }, /keys\.0\.scopes must not have fewer than 1/],
    [{ keys: [{ name: 'a', sha256, scopes: ['root'] }] }, /keys\.0\.scopes\.0 must be equal to one of/],
    [
      { keys: [{ name: 'a', sha256, scopes: ['admin'], expires_at: 'soon' }] },
      /keys\.0\.expires_at must match/,
    ],
    [{ keys: [{ name: 'a', sha256, scopes: ['admin'], until: 1 }] }, /keys\.0 must not have additional/],
    [
      { keys: Array(1001).fill({ name: 'a', sha256, scopes: ['admin'] }) },
      /keys must not have more than 1000/,
    ],
  ];
  for (const [content, message] of invalid) {
    test(`is rejected: ${message.source}`, async () => {
      await using file = await keyFile();
      await file.run('make', 'a');
      await writeFile(file.path, typeof content === 'string' ? content : JSON.stringify(content));
      await assert.rejects(readKeyFile(file.path), { message });
    });
  }
});
