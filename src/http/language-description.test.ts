// The line that tells people which languages there are.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LanguageDescription, languagesLine } from './language-description.ts';

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
