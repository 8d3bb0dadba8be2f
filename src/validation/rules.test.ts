// Every rule finds its samples, and nothing in the look-alikes.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ANALYSES } from './catalog.ts';
import { analyze } from './engine/analyze.ts';
import { loadParsers } from './engine/parser.ts';

const parse = loadParsers();

for (const [id, language] of Object.entries(ANALYSES)) {
  suite(`the rules of ${id}`, () => {
    for (const rule of language.rules) {
      for (const [index, code] of rule.refuses.entries())
        test(`${rule.id} finds sample ${index}`, () => {
          const rules = analyze(parse, language, code).matches.map((match) => match.rule);
          assert.ok(rules.includes(rule.id), `found only ${rules} in\n${code}`);
        });
      for (const [index, code] of rule.allows.entries())
        test(`${rule.id} passes look-alike ${index}`, () => {
          const counts = new Set(
            [...language.rules.filter(({ severity }) => severity === 'error'), rule].map(({ id }) => id),
          );
          const { matches } = analyze(parse, language, code);
          assert.deepEqual(
            matches.filter((match) => counts.has(match.rule)),
            [],
            code,
          );
        });
    }
  });
}

test('names that are bound to more and more of themselves come to an end', () => {
  const code = 'package main\nimport "os"\nfunc main() { x := os.Args; for { x = x.a; y := x.b; x = y } }';
  const language = ANALYSES.go;
  assert.ok(language);
  assert.deepEqual(analyze(parse, language, code).matches, []);
});
