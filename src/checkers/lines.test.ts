// What the checker `lines` takes for the same: it lies between `tokens` and `trim`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createChecker } from './catalog.ts';

const check = (type: 'lines' | 'tokens' | 'trim', expected: string, output: string) =>
  createChecker({ type })(Buffer.from(expected), Buffer.from(output));

for (const [what, expected, output, passed] of [
  ['more white space within a line', 'a b\nc', 'a  b\t\nc', true],
  ['white space at the beginning of a line', 'a b', '  a b', true],
  ['blank lines anywhere', 'a\nb', '\n\na\n \nb\n\n', true],
  ['line ends of Windows', 'a\nb\n', 'a\r\nb\r\n', true],
  ['line ends that are a carriage return alone', 'a\nb', 'a\rb', true],
  ['nothing but white space for nothing', '', ' \n\n', true],
  ['a line cut in two', 'a b', 'a\nb', false],
  ['two lines joined', 'a\nb', 'a b', false],
  ['tokens joined', 'a b', 'ab', false],
  ['another order', 'a\nb', 'b\na', false],
  ['a line too few', 'a\nb', 'a', false],
  ['a line too many', 'a', 'a\nb', false],
  ['another case', 'A', 'a', false],
] as const) {
  test(`${passed ? 'accepts' : 'rejects'} ${what}`, () => {
    assert.equal(check('lines', expected, output).passed, passed);
  });
}

test('the first line that differs is named, and that only white space does', () => {
  assert.equal(
    check('lines', 'a\n\nb c', 'a\nb\nc').message,
    'Line 2 differs: expected "b c", got "b". Only white space differs.',
  );
});

test('accepts all that trim accepts, and no more than tokens', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n'), maxLength: 8 });
  fc.assert(
    fc.property(text, text, (expected, output) => {
      const [trim, lines, tokens] = (['trim', 'lines', 'tokens'] as const).map(
        (type) => check(type, expected, output).passed,
      );
      assert.ok(!trim || lines);
      assert.ok(!lines || tokens);
    }),
  );
});
