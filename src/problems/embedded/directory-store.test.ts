// The store in a directory passes the cases of all stores of problems, and takes no half of a file for a whole one.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { sha256Of } from '../blobs-named.ts';
import { BOUNDS, type ProblemsUnderTest, testProblemContract } from '../problem-contract.ts';
import type { StoreBounds } from '../problem-store.ts';
import { openDirectoryStore } from './directory-store.ts';

async function open(directory: string, bounds: StoreBounds, isFirst = true): Promise<ProblemsUnderTest> {
  const store = await openDirectoryStore(directory, bounds);
  return {
    store,
    afterRestart: () => open(directory, bounds, false),
    [Symbol.asyncDispose]: async () => {
      await store.close();
      if (isFirst) await rm(directory, { recursive: true });
    },
  };
}

const newDirectory = () => mkdtemp(join(tmpdir(), 'problems-test-'));

suite('the store of problems in a directory', () => {
  testProblemContract(async (bounds = {}) => open(await newDirectory(), { ...BOUNDS, ...bounds }));

  test('what a crash left half written is no blob, and goes', async () => {
    const directory = await newDirectory();
    await using tested = await open(directory, BOUNDS);
    const content = Buffer.from('whole');
    await tested.store.addBlob('key:a', sha256Of(content), content);
    const [owner = ''] = await readdir(directory);
    const blobs = join(directory, owner, 'blobs');
    const half = sha256Of(Buffer.from('half'));
    await writeFile(join(blobs, `${half}.text.part`), 'ha');
    await using again = await tested.afterRestart();
    assert.equal(await again.store.findBlob('key:a', half), null);
    assert.deepEqual(await readdir(blobs), [`${sha256Of(content)}.text`]);
  });

  test('a full disk is unavailable, and nothing is left of what it has no room for', async () => {
    const directory = await newDirectory();
    await using tested = await open(directory, BOUNDS);
    const [first, second] = [Buffer.from('first'), Buffer.from('second')];
    await tested.store.addBlob('key:a', sha256Of(first), first);
    const [owner = ''] = await readdir(directory);
    const blobs = join(directory, owner, 'blobs');
    await symlink('/dev/full', join(blobs, `${sha256Of(second)}.text.part`));
    await assert.rejects(tested.store.addBlob('key:a', sha256Of(second), second), {
      code: 'unavailable',
      message: 'The store of problems is temporarily unavailable',
    });
    assert.deepEqual(await readdir(blobs), [`${sha256Of(first)}.text`]);
  });

  test('what cannot be written whole leaves no half', async () => {
    const directory = await newDirectory();
    await using tested = await open(directory, BOUNDS);
    const [first, second] = [Buffer.from('first'), Buffer.from('second')];
    await tested.store.addBlob('key:a', sha256Of(first), first);
    const [owner = ''] = await readdir(directory);
    const blobs = join(directory, owner, 'blobs');
    // What stands in the way of a name fails after the bytes were written.
    await mkdir(join(blobs, `${sha256Of(second)}.text`));
    await assert.rejects(tested.store.addBlob('key:a', sha256Of(second), second));
    assert.deepEqual(
      (await readdir(blobs)).toSorted(),
      [first, second].map((each) => `${sha256Of(each)}.text`).toSorted(),
    );
  });
});
