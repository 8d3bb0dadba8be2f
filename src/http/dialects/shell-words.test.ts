// How a text is split into words.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shellWords } from './shell-words.ts';

const cases: [text: string, words: string[]][] = [
  ['', []],
  ['  a  b\tc\n', ['a', 'b', 'c']],
  ['-c "print(1)"', ['-c', 'print(1)']],
  [`'a "b' "c 'd"`, ['a "b', "c 'd"]],
  ['a\\ b \\"', ['a b', '"']],
  ['"a\\"b\\\\c\\n"', ['a"b\\c\\n']],
  ["'a\\b'", ['a\\b']],
  ["'' x''y", ['', 'xy']],
  ['$HOME `id` $(id) *', ['$HOME', '`id`', '$(id)', '*']],
  ['"open', ['open']],
  ['end\\', ['end\\']],
];

for (const [text, words] of cases) {
  test(`${JSON.stringify(text)} has the words ${JSON.stringify(words)}`, () => {
    assert.deepEqual(shellWords(text), words);
  });
}
