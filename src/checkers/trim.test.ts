// What the checker `trim` takes for the same, by examples and against its rule in one line.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createChecker } from './catalog.ts';

const checker = createChecker({ type: 'trim' });
const check = (expected: string, output: string) => checker(Buffer.from(expected), Buffer.from(output));

for (const [expected, output] of [
  ['5', '5\n'],
  ['5\n', '5'],
  ['a\nb', 'a  \nb\t\n\n \n'],
  ['a\nb\n', 'a\r\nb\r\n'],
  ['', ' \n\n'],
] as const) {
  test(`${JSON.stringify(output)} answers ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(check(expected, output), { passed: true, message: null });
  });
}

for (const [expected, output, message] of [
  ['5', '6', 'Line 1 differs: expected "5", got "6".'],
  ['a\nb', 'a\n b', 'Line 2 differs: expected "b", got " b". Only white space differs.'],
  ['a\nb', 'a\n\nb', 'Line 2 differs: expected "b", got "". Only white space differs.'],
  ['a\nb', 'a\n', 'Line 2 is missing: expected "b".'],
  ['a', 'a\nb\n', 'Line 2 is one too many: got "b".'],
  ['a', '\na', 'Line 1 differs: expected "a", got "". Only white space differs.'],
  ['a b', 'a  b', 'Line 1 differs: expected "a b", got "a  b". Only white space differs.'],
  ['5', '', 'Line 1 is missing: expected "5".'],
] as const) {
  test(`${JSON.stringify(output)} does not answer ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(check(expected, output), { passed: false, message });
  });
}

test('a difference late in a long line is what the message shows', () => {
  const { message } = check(`${'x'.repeat(5000)}1`, `${'x'.repeat(5000)}2`);
  assert.match(message ?? '', /^Line 1 differs at column 5001: expected …"x{20}1", got …"x{20}2"\./);
});

test('white space added at the ends of lines and of the text never changes the verdict', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\t') });
  const blank = fc.string({ unit: fc.constantFrom(' ', '\t', '\r', '\v', '\f'), maxLength: 4 });
  const padded = fc.array(fc.tuple(line, blank));
  fc.assert(
    fc.property(
      padded,
      padded,
      fc.string({ unit: fc.constantFrom(' ', '\n', '\r\n') }),
      (one, other, tail) => {
        const plain = one.map(([text]) => text).join('\n');
        const spaced = one.map(([text, space]) => text + space).join('\n') + tail;
        const another = other.map(([text]) => text).join('\n');
        assert.equal(check(plain, spaced).passed, true);
        assert.equal(check(another, spaced).passed, check(another, plain).passed);
      },
    ),
  );
});

test('the verdict is that of the rule in one line: split, trim each, trim the whole', () => {
  const trimEnd = (text: string) => text.replace(/[\t-\r ]+$/, '');
  const normal = (text: string) => trimEnd(text.split('\n').map(trimEnd).join('\n'));
  const text = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r'), maxLength: 8 });
  fc.assert(
    fc.property(text, text, (expected, output) => {
      assert.equal(check(expected, output).passed, normal(expected) === normal(output));
    }),
  );
});
