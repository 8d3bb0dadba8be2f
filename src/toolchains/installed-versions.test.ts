// Entries for versions, as one catalog of languages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinVersions } from './installed-versions.ts';
import type { InstallationProgress, Toolchain, ToolchainCatalog, ToolchainStatus } from './toolchain.ts';

const PROGRESS: InstallationProgress = {
  step: 1,
  steps: 1,
  doing: 'extracting archives',
  megabytes: null,
  since: new Date(0),
};

/** An entry that is ready has a version. */
function catalogOf(entries: Readonly<Record<string, ToolchainStatus | { version: string }>>) {
  const found = (id: string) => entries[id] ?? 'missing';
  const catalog: ToolchainCatalog = {
    of: (id) => {
      const entry = found(id);
      return typeof entry === 'object' ? [{ version: entry.version } as Toolchain] : [];
    },
    status: (id) => {
      const entry = found(id);
      return typeof entry === 'object' ? 'ready' : entry;
    },
    problem: (id) => (found(id) === 'missing' ? `no ${id}` : null),
    progress: (id) => (found(id) === 'installing' ? PROGRESS : null),
    settled: async () => {},
    close: async () => {},
  };
  return joinVersions(catalog, (id) =>
    Object.keys(entries).filter((each) => each === id || each.startsWith(`${id}@`)),
  );
}

test('all versions of a language are found under its name, the newest first', () => {
  const catalog = catalogOf({ a: { version: '3.9' }, 'a@3.13': { version: '3.13.5' }, b: { version: '9' } });
  const versions = (id: string) => catalog.of(id).map(({ version }) => version);
  assert.deepEqual(versions('a'), ['3.13.5', '3.9']);
  assert.deepEqual(versions('a@3.13'), ['3.13.5']);
  assert.deepEqual(versions('b'), ['9']);
  const twice = catalogOf({ a: { version: '12.2' }, 'a@12': { version: '12.2' } });
  assert.equal(twice.of('a').length, 1);
});

test('a language is ready with its first version, and reports how the next gets on', () => {
  const catalog = catalogOf({ a: { version: '3.9' }, 'a@3.13': 'installing' });
  assert.equal(catalog.status('a'), 'ready');
  assert.equal(catalog.status('a@3.13'), 'installing');
  assert.equal(catalog.progress?.('a'), PROGRESS);
  assert.equal(catalog.problem('a'), null);
});

test('a language is being installed as long as one version is, and then missing with the reason', () => {
  assert.equal(catalogOf({ a: 'missing', 'a@2': 'installing' }).status('a'), 'installing');
  const none = catalogOf({ a: 'missing', 'a@2': 'missing' });
  assert.equal(none.status('a'), 'missing');
  assert.equal(none.problem('a'), 'no a');
  assert.equal(none.status('b'), 'missing');
});
