// What clients see of a language, and the line that lists the languages for people.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LANGUAGES } from '../../languages/catalog.ts';
import { describeLanguage, type LanguageDescription, languagesLine } from './language-description.ts';

const CASES: readonly [states: LanguageDescription['status'][], line: string][] = [
  [['ready', 'ready'], 'a 1.0, b 1.0'],
  [['ready', 'installing', 'missing'], 'a 1.0; installing: b; missing: c'],
  [['installing', 'installing'], 'none ready; trying: a, b'],
  [['missing'], 'none ready; missing: a'],
];
for (const [states, line] of CASES) {
  test(`languages that are ${states.join(' and ')} make a line`, () => {
    const described = states.map((status, index) => ({ id: 'abc'[index], version: '1.0', status }));
    assert.equal(languagesLine(described as LanguageDescription[]), line);
  });
}

test('a language that is being installed says how far it is, and another does not', () => {
  const [language] = LANGUAGES;
  assert.ok(language);
  const installation = {
    step: 2,
    steps: 5,
    doing: 'extracting archives',
    megabytes: 150,
    since: new Date(0),
  };
  const installing = describeLanguage(language, LANGUAGES, {
    status: 'installing',
    version: undefined,
    versions: [],
    installation,
  });
  assert.deepEqual(installing.installation, { ...installation, since: '1970-01-01T00:00:00.000Z' });
  const ready = describeLanguage(language, LANGUAGES, {
    status: 'ready',
    version: '1.0',
    versions: ['1.0'],
    installation: null,
  });
  assert.ok(!('installation' in ready));
});

test('a language lists what unit tests of its programs may be written in, its own first', () => {
  const frameworksOf = (id: string) => {
    const language = LANGUAGES.find((each) => each.id === id);
    assert.ok(language);
    return describeLanguage(language, LANGUAGES, { status: 'ready', version: undefined, versions: ['1.0'] })
      .unit_tests;
  };
  assert.deepEqual(frameworksOf('typescript'), [
    { language: 'typescript', framework: 'node:test' },
    { language: 'javascript', framework: 'node:test' },
  ]);
  assert.deepEqual(frameworksOf('python'), [{ language: 'python', framework: 'unittest' }]);
  assert.deepEqual(frameworksOf('bash'), []);
});
