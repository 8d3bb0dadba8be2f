// Ordinary programs, as textbooks, contests and katas have them, pass the validation of code, whatever they are made of;
// dangerous ones are refused. They are in `test/ordinary/` and `test/dangerous/`, one file a language, with a line of
// `=` between two.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { KNOWN_LANGUAGES } from '../src/languages/catalog.ts';
import { ANALYSES } from '../src/validation/catalog.ts';
import { analyze } from '../src/validation/engine/analyze.ts';
import { loadParsers } from '../src/validation/engine/parser.ts';

const parse = loadParsers();
const SEPARATOR = /^=+$/m;

/** A variant of a language has the rules of that, and the same programs. */
const VALIDATED = KNOWN_LANGUAGES.filter(({ id }, index) => {
  const first = KNOWN_LANGUAGES.findIndex((each) => ANALYSES[each.id] === ANALYSES[id]);
  return id in ANALYSES && first === index;
});

for (const { id, examples } of VALIDATED) {
  const ordinary = [examples.hello.code, examples.sum.code, ...programsIn('ordinary', id)];
  suite(`ordinary programs in ${id}`, () => {
    for (const [index, code] of ordinary.entries())
      test(`pass: ${titleOf(index, code)}`, () => assert.deepEqual(refusalsOf(id, code), []));
  });
  suite(`dangerous programs in ${id}`, () => {
    for (const [index, code] of programsIn('dangerous', id).entries())
      test(`are refused: ${titleOf(index, code)}`, () => assert.notDeepEqual(refusalsOf(id, code), []));
  });
}

function programsIn(folder: string, id: string): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, folder, `${id}.txt`), 'utf8');
  return text.split(SEPARATOR).map((code) => code.trimStart());
}

function titleOf(index: number, code: string): string {
  return `${index} ${code.trim().split('\n')[0]?.slice(0, 50)}`;
}

function refusalsOf(id: string, code: string) {
  const language = ANALYSES[id] ?? assert.fail(`${id} has no rules`);
  const severe = new Set(
    language.rules.filter(({ severity }) => severity === 'error').map((rule) => rule.id),
  );
  return analyze(parse, language, code).matches.filter(({ rule }) => severe.has(rule));
}
