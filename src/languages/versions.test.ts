// Versions beside the usual one: how they are named, and which one a request gets.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findInstallable, KNOWN_LANGUAGES, offerLanguages } from './catalog.ts';
import type { Language } from './language.ts';
import { languageIdOf, numberOf, usualVersion, versionsOf } from './versions.ts';

test('a version is named behind the language, by any of its names', () => {
  assert.equal(findInstallable('node@24')?.id, 'javascript@24');
  assert.equal(findInstallable('python@3.13')?.id, 'python@3.13');
  assert.equal(findInstallable('python@3.1'), null);
  assert.equal(findInstallable('python@'), null);
  assert.equal(findInstallable('bash@5'), null);
});

test('versions are installed beside their language, of which a client sees one', () => {
  const { all, installed, find } = offerLanguages(['python@3.13', 'bash', 'python']);
  assert.deepEqual(
    installed.map(({ id }) => id),
    ['python', 'python@3.13', 'bash'],
  );
  assert.deepEqual(
    all.map(({ id }) => id),
    ['python', 'bash'],
  );
  assert.equal(find('python@3.13'), null);
});

test('a language may be offered in a further version only', () => {
  const { all, installed } = offerLanguages(['python@3.13']);
  assert.deepEqual([all.map(({ id }) => id), installed.map(({ id }) => id)], [['python'], ['python@3.13']]);
});

test('the usual version is used where none is asked for, the newest if there is no other', () => {
  const language = { ...findInstallable('python'), versions: { '3.1': {}, 20: {} } } as unknown as Language;
  const usual = (installed: Readonly<Record<string, string>>) =>
    usualVersion(
      language,
      Object.entries(installed).map(([version, languageId]) => ({ version, languageId })),
    );
  assert.equal(usual({ '20.1': 'python@20', '3.13.5': 'python', '3.1.4': 'python@3.1' }), '3.13.5');
  assert.equal(usual({ '20.1': 'python@20', '3.1.4': 'python' }), '3.1.4');
  assert.equal(usual({ '20.1': 'python@20', '3.1.4': 'python@3.1' }), '20.1');
  assert.equal(usual({ '20.1': 'python', '3.11.2': 'python' }), '3.11.2');
  assert.equal(usual({}), undefined);
});

for (const language of KNOWN_LANGUAGES)
  for (const version of versionsOf(language))
    test(`${version.id} has the tools of ${language.id}, and no other way to this machine's`, () => {
      assert.equal(languageIdOf(version.id), language.id);
      assert.match(numberOf(version.id), /^\d+(\.\d+)?$/);
      assert.deepEqual(
        version.tools.map(({ name }) => name).sort(),
        language.tools.map(({ name }) => name).sort(),
      );
      for (const tool of version.tools)
        if ('hostNames' in tool) {
          assert.deepEqual(tool.hostNames, []);
          if (tool.name === version.versionTool) assert.equal(tool.minimumVersion, numberOf(version.id));
        }
      const rootOf = ({ debianPackages, debianRelease }: Language) => [debianRelease, ...debianPackages];
      assert.notDeepEqual(rootOf(version), rootOf(language));
    });
