// The cases that every store of problems passes: blobs by their digests, versions that never change, bounds of each owner,
// and what is removed when nobody needs it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../errors.ts';
import { sha256Of, versionOf } from './blobs-named.ts';
import type { ProblemContent, ProblemStore, StoreBounds } from './problem-store.ts';

export interface ProblemsUnderTest extends AsyncDisposable {
  readonly store: ProblemStore;
  /** Another store with what this one had. */
  afterRestart(): Promise<ProblemsUnderTest>;
}

type Open = (bounds?: Partial<StoreBounds>) => Promise<ProblemsUnderTest>;

const OWNER = 'key:a';
const OTHER = 'key:b';

export const BOUNDS: StoreBounds = {
  maxBytes: 1e9,
  maxProblems: 100,
  maxBlobs: 100,
  maxVersions: 3,
  unusedMs: 0,
};

async function addText(store: ProblemStore, text: string, owner = OWNER): Promise<string> {
  const content = Buffer.from(text);
  await store.addBlob(owner, sha256Of(content), content);
  return sha256Of(content);
}

function contentOf(input: string | { blob: string }): ProblemContent {
  return { definition: { test_cases: [{ input }] }, files: null };
}

async function addProblem(store: ProblemStore, id: string, input: string | { blob: string }, owner = OWNER) {
  const content = contentOf(input);
  return store.add(owner, id, versionOf(content), content);
}

function tooLarge(pattern: RegExp) {
  return (error: unknown) =>
    error instanceof ServiceError && error.code === 'too_large' && pattern.test(error.message);
}

export function testProblemContract(open: Open): void {
  testBlobs(open);
  testVersions(open);
  testBounds(open);
  testCleaningUp(open);
}

function testBlobs(open: Open): void {
  test('a blob is there for its owner alone, also after a restart', async () => {
    await using tested = await open();
    const { store } = tested;
    const bytes = Buffer.from([0, 0xff, 10]);
    const sha256 = sha256Of(bytes);
    assert.equal(await store.findBlob(OWNER, sha256), null);
    assert.equal(await store.addBlob(OWNER, sha256, bytes), true);
    assert.equal(await store.addBlob(OWNER, sha256, bytes), false);
    await using again = await tested.afterRestart();
    for (const each of [store, again.store]) {
      assert.deepEqual(await each.findBlob(OWNER, sha256), { bytes: 3, isText: false });
      assert.deepEqual(await each.readBlob(OWNER, sha256), bytes);
      assert.equal(await each.findBlob(OTHER, sha256), null);
      assert.equal(await each.readBlob(OTHER, sha256), null);
    }
  });

  test('a blob is known to be text, and may be empty', async () => {
    await using tested = await open();
    const { store } = tested;
    assert.deepEqual(await store.findBlob(OWNER, await addText(store, 'é')), { bytes: 2, isText: true });
    const empty = await addText(store, '');
    assert.deepEqual(await store.findBlob(OWNER, empty), { bytes: 0, isText: true });
    assert.deepEqual(await store.readBlob(OWNER, empty), Buffer.alloc(0));
  });

  test('the same blob added at once by many is added once', async () => {
    await using tested = await open();
    const { store } = tested;
    const content = Buffer.from('shared');
    const added = await Promise.all(
      Array.from({ length: 8 }, () => store.addBlob(OWNER, sha256Of(content), content)),
    );
    assert.equal(added.filter(Boolean).length, 1);
    const { blobs, bytes } = await store.counts();
    assert.deepEqual({ blobs, bytes }, { blobs: 1, bytes: content.length });
  });
}

function testVersions(open: Open): void {
  test('versions never change: the last one added is the latest, each is there under its name', async () => {
    await using tested = await open();
    const { store } = tested;
    const first = await addProblem(store, 'sum', '1');
    const second = await addProblem(store, 'sum', '2');
    await using again = await tested.afterRestart();
    for (const each of [store, again.store]) {
      assert.deepEqual(await each.find(OWNER, 'sum'), second);
      assert.deepEqual(await each.find(OWNER, 'sum', first.version), first);
      assert.equal(await each.find(OWNER, 'sum', '0'.repeat(32)), null);
      const versions = (await each.versions(OWNER, 'sum')).map(({ version }) => version);
      assert.deepEqual(versions, [second.version, first.version]);
    }
  });

  test('content that was there before becomes the latest again, under the same version', async () => {
    await using tested = await open();
    const { store } = tested;
    const first = await addProblem(store, 'sum', '1');
    await addProblem(store, 'sum', '2');
    const renewed = await addProblem(store, 'sum', '1');
    assert.equal(renewed.version, first.version);
    assert.deepEqual(await store.find(OWNER, 'sum'), renewed);
    assert.equal((await store.versions(OWNER, 'sum')).length, 2);
    assert.deepEqual(await addProblem(store, 'sum', '1'), renewed);
  });

  test('a problem is there for its owner alone', async () => {
    await using tested = await open();
    const { store } = tested;
    await addProblem(store, 'sum', '1');
    assert.equal(await store.find(OTHER, 'sum'), null);
    assert.deepEqual(await store.list(OTHER, { after: '', limit: 10 }), []);
    assert.deepEqual(await store.versions(OTHER, 'sum'), []);
    assert.equal(await store.remove(OTHER, 'sum'), false);
    const own = await addProblem(store, 'sum', '2', OTHER);
    assert.deepEqual(await store.find(OTHER, 'sum'), own);
    assert.equal((await store.find(OWNER, 'sum'))?.definition.test_cases[0]?.input, '1');
  });

  test('ids are listed in order, page by page', async () => {
    await using tested = await open();
    const { store } = tested;
    for (const id of ['c', 'a', 'b']) await addProblem(store, id, id);
    assert.deepEqual(await store.list(OWNER, { after: '', limit: 2 }), ['a', 'b']);
    assert.deepEqual(await store.list(OWNER, { after: 'b', limit: 2 }), ['c']);
  });

  test('a problem that is removed is not there any more', async () => {
    await using tested = await open();
    const { store } = tested;
    const { version } = await addProblem(store, 'sum', '1');
    await addProblem(store, 'sum', '2');
    assert.equal(await store.remove(OWNER, 'sum'), true);
    assert.equal(await store.remove(OWNER, 'sum'), false);
    await using again = await tested.afterRestart();
    for (const each of [store, again.store]) {
      assert.equal(await each.find(OWNER, 'sum'), null);
      assert.equal(await each.find(OWNER, 'sum', version), null);
      assert.deepEqual(await each.list(OWNER, { after: '', limit: 10 }), []);
    }
    assert.deepEqual(await store.counts(), { owners: 0, problems: 0, blobs: 0, bytes: 0 });
  });
}

function testBounds(open: Open): void {
  test('the oldest version goes beyond the bound', async () => {
    await using tested = await open({ maxVersions: 2 });
    const { store } = tested;
    const [first, second, third] = [
      await addProblem(store, 'sum', '1'),
      await addProblem(store, 'sum', '2'),
      await addProblem(store, 'sum', '3'),
    ];
    const versions = (await store.versions(OWNER, 'sum')).map(({ version }) => version);
    assert.deepEqual(versions, [third.version, second.version]);
    assert.equal(await store.find(OWNER, 'sum', first.version), null);
  });

  test('problems, blobs and bytes are bounded for each owner', async () => {
    await using tested = await open({ maxProblems: 1, maxBlobs: 2, maxBytes: 1000 });
    const { store } = tested;
    await addProblem(store, 'one', '1');
    await assert.rejects(addProblem(store, 'two', '1'), tooLarge(/at most 1 problems; it has 1/));
    await addProblem(store, 'one', '2');
    await addProblem(store, 'two', '1', OTHER);
    await addText(store, 'x');
    await assert.rejects(addText(store, 'y'.repeat(1000)), tooLarge(/this adds 1000/));
    await addText(store, 'z');
    await assert.rejects(addText(store, 'zz'), tooLarge(/at most 2 blobs; it has 2/));
    await addText(store, 'zz', OTHER);
    const { problems, blobs } = await store.counts();
    assert.deepEqual({ problems, blobs }, { problems: 2, blobs: 3 });
  });
}

function testCleaningUp(open: Open): void {
  test('blobs go that nothing names and nobody used for a while, and what a version names stays', async () => {
    await using tested = await open();
    const { store } = tested;
    const [named, unused] = [await addText(store, 'named'), await addText(store, 'unused')];
    await addProblem(store, 'sum', { blob: named });
    await addProblem(store, 'sum', '2');
    assert.deepEqual(await store.cleanUp(), { blobs: 1, bytes: 'unused'.length });
    assert.equal(await store.findBlob(OWNER, unused), null);
    assert.notEqual(await store.findBlob(OWNER, named), null);
    await store.remove(OWNER, 'sum');
    assert.deepEqual(await store.cleanUp(), { blobs: 1, bytes: 'named'.length });
    assert.deepEqual(await store.counts(), { owners: 0, problems: 0, blobs: 0, bytes: 0 });
  });

  test('a blob that was used lately stays', async () => {
    await using tested = await open({ unusedMs: 3_600_000 });
    const { store } = tested;
    const blob = await addText(store, 'fresh');
    assert.deepEqual(await store.cleanUp(), { blobs: 0, bytes: 0 });
    assert.notEqual(await store.findBlob(OWNER, blob), null);
  });
}
