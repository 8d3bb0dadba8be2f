// A language is offered only when its examples have proven it.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { Language } from '../languages/language.ts';
import {
  demoLanguage,
  demoPart,
  type RecordingInstaller,
  recordingInstaller,
} from './demo-language-fixture.ts';
import { findHostSet } from './host-set.ts';
import { installSet, offerKnown } from './install-set.ts';

let directory: string;
let installer: RecordingInstaller;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'install-set-'));
  installer = recordingInstaller(join(directory, 'lock'));
});
afterEach(() => rm(directory, { recursive: true }));

async function setOf(...languages: Language[]) {
  return (await findHostSet(languages, { prebuilt: directory, bundled: directory }, new Map())).set;
}

const partsOf = (id: string) =>
  installer.offered.filter(({ languageId }) => languageId === id).map(({ prebuiltParts }) => prebuiltParts);

test('a language is offered when its examples have proven it', async () => {
  const problems = await installSet(await setOf(demoLanguage('a'), demoLanguage('b')), installer);
  assert.deepEqual(installer.proven.sort(), ['a', 'b']);
  assert.equal(problems.size, 0);
  assert.deepEqual(new Set(installer.offered.map(({ languageId }) => languageId)), new Set(['a', 'b']));
});

test('a language that fails its examples is never offered, and the others are', async () => {
  installer = recordingInstaller(join(directory, 'lock'), { refuse: 'a' });
  const problems = await installSet(await setOf(demoLanguage('a'), demoLanguage('b')), installer);
  assert.deepEqual([...problems], [['a', 'a does not work']]);
  assert.deepEqual(partsOf('a'), []);
  assert.notEqual(partsOf('b').length, 0);
});

test('a language is not offered before its essential part is there', async () => {
  await installSet(await setOf(demoLanguage('a', demoPart('slow', 'true', true))), installer);
  assert.ok(partsOf('a').every((parts) => parts.includes('slow')));
});

test('essential parts are built before those that a language can be offered without', async () => {
  const [fast, usable] = [demoPart('fast', 'true', false), demoPart('usable', 'true', true)];
  await installSet(await setOf(demoLanguage('a', fast), demoLanguage('b', usable)), installer);
  assert.ok(!partsOf('b')[0]?.includes('fast'), String(partsOf('b')[0]));
});

test('a language is not offered before a part that is only written', async () => {
  const written = { ...demoPart('written', 'true', false), commands: () => [] };
  await installSet(await setOf(demoLanguage('a', written)), installer);
  assert.ok(partsOf('a').length > 0 && partsOf('a').every((parts) => parts.includes('written')));
});

test('a language is offered before its other parts and again with them, in another root', async () => {
  await installSet(await setOf(demoLanguage('a', demoPart('extra', 'true', false))), installer);
  assert.deepEqual(partsOf('a')[0], []);
  assert.deepEqual(partsOf('a').at(-1), ['extra']);
  const fingerprints = installer.offered.map(({ root }) => root.fingerprint);
  assert.notEqual(fingerprints[0], fingerprints.at(-1));
});

test('a part that cannot be built takes away a language only when it is essential', async () => {
  const set = await setOf(
    demoLanguage('a', demoPart('broken', 'exit 1', false)),
    demoLanguage('b', demoPart('missing', 'exit 1', true)),
  );
  const problems = await installSet(set, installer);
  assert.deepEqual([...problems.keys()], ['b']);
  assert.notEqual(partsOf('a').length, 0);
  assert.deepEqual(partsOf('b'), []);
});

test('at the next start everything is there at once, and a new recipe is proven anew', async () => {
  const set = await setOf(demoLanguage('a', demoPart('part', 'true', true)));
  await installSet(set, installer);
  const before = installer.offered.at(-1)?.root.fingerprint;
  installer.offered.length = 0;
  await offerKnown(set, installer);
  assert.equal(installer.offered[0]?.root.fingerprint, before);
  installer.offered.length = 0;
  const changed = await setOf(demoLanguage('a', demoPart('part', 'true # changed', true)));
  await offerKnown(changed, installer);
  assert.equal(installer.offered.length, 0);
  await installSet(changed, installer);
  assert.deepEqual(installer.proven, ['a', 'a']);
  assert.notEqual(installer.offered.at(-1)?.root.fingerprint, before);
});
