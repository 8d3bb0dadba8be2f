// What is left of JavaScript without its literals, and that finding out takes no time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuTimeMsOf } from '../../test/cpu-time.ts';
import { withoutLiterals } from './javascript-source.ts';

const CASES: readonly [name: string, code: string, left: string][] = [
  ['comments', 'a; // b "\n/* c ` */d;', 'a; \nd;'],
  ['strings', `f("a\\"/*", 'b\\'"', "")`, 'f("", "", "")'],
  ['a string over two lines', '"a\\\nb"; c', '""; c'],
  ['a string without an end', '"a\nb', '""\nb'],
  ['templates', 'f(`a\n\\`b\nimport c`); d', 'f(""); d'],
  ['expressions in templates', `\`a \${ b({ c: \`d \${e}\` }) } f\` + g`, '"" b({ c: ""e"" }) "" + g'],
  ['braces without a template', '} { } `a` }', '} { } "" }'],
  ['regular expressions', 'x = /`/; return /[/"]\\/\'/g;', 'x = ""; return ""g;'],
  ['quotients', "a / 2 + 'b' / c++ / (d) / e", 'a / 2 + "" / c++ / (d) / e'],
  ['a property named as a keyword', "a.of / 'b' / c", 'a.of / "" / c'],
  ['a comment without an end', 'a /* b', 'a '],
];
for (const [name, code, left] of CASES) {
  test(`${name} leave what is around them`, () => assert.equal(withoutLiterals(code), left));
}

for (const part of ['/* ', '//', '"\\', "'", '`', '`${', '=/', '=/[', '=/\\', '}', '{', '/**/ /', ' ']) {
  test(`many ${JSON.stringify(part)} are read in no time`, async () => {
    assert.ok((await cpuTimeMsOf(() => withoutLiterals(part.repeat(200_000)))) < 1000);
  });
}
