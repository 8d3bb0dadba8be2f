// Ordinary programs, as textbooks, contests and katas have them, pass the validation of code. They are in
// `test/ordinary/`, one file a language, with a line of `=` between two. What they are made of only looks dangerous.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { LANGUAGES } from '../src/languages/catalog.ts';
import { analyze } from '../src/validation/analyze.ts';
import { ANALYSES } from '../src/validation/catalog.ts';
import { loadParsers } from '../src/validation/parser.ts';

const parse = loadParsers();
const SEPARATOR = /^=+$/m;

for (const { id, examples } of LANGUAGES) {
  const language = ANALYSES[id] ?? assert.fail(`${id} has no rules`);
  const severe = new Set(
    language.rules.filter(({ severity }) => severity === 'error').map((rule) => rule.id),
  );
  const file = readFileSync(join(import.meta.dirname, 'ordinary', `${id}.txt`), 'utf8');
  const programs = [examples.hello.code, examples.sum.code, ...file.split(SEPARATOR)];
  suite(`ordinary programs in ${id}`, () => {
    for (const [index, code] of programs.entries())
      test(`pass: ${index} ${code.trim().split('\n')[0]?.slice(0, 50)}`, () => {
        const found = analyze(parse, language, code.trimStart()).matches.filter(({ rule }) =>
          severe.has(rule),
        );
        assert.deepEqual(found, []);
      });
  });
}
