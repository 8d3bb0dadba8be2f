// What the message of a refusal shows of differences that cannot be seen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CHECKER_TYPES, createChecker } from './catalog.ts';

const messageOf = (expected: string | Uint8Array, output: string | Uint8Array) =>
  createChecker({ type: 'trim' })(Buffer.from(expected), Buffer.from(output)).message;

for (const [what, expected, output, message] of [
  [
    'a no-break space',
    '5',
    '5\u00a0',
    'Line 1 differs at column 2: expected "5", got "5\\u00a0". ' +
      'There, the end of the line is expected, not U+00A0 (no-break space).',
  ],
  [
    'a byte order mark',
    '5',
    '\ufeff5',
    'Line 1 differs at column 1: expected "5", got "\\ufeff5". ' +
      'There, U+0035 is expected, not U+FEFF (byte order mark).',
  ],
  [
    'a zero width space',
    'ab',
    'a\u200bb',
    'Line 1 differs at column 2: expected "ab", got "a\\u200bb". ' +
      'There, U+0062 is expected, not U+200B (zero width space).',
  ],
  [
    'a tab',
    'a b',
    'a\tb',
    'Line 1 differs at column 2: expected "a b", got "a\\tb". ' +
      'There, U+0020 (space) is expected, not U+0009 (tab). Only white space differs.',
  ],
  [
    'NUL',
    '5',
    '5\0',
    'Line 1 differs at column 2: expected "5", got "5\\u0000". ' +
      'There, the end of the line is expected, not U+0000.',
  ],
  [
    'a Cyrillic letter',
    'a',
    'а',
    'Line 1 differs at column 1: expected "a", got "а". There, U+0061 is expected, not U+0430.',
  ],
  [
    'a decomposed letter',
    'é',
    'e\u0301',
    'Line 1 differs at column 1: expected "é", got "e\u0301". There, U+00E9 is expected, not U+0065 U+0301. ' +
      'They are forms of the same character in Unicode.',
  ],
  [
    'a digit of full width',
    '５',
    '5',
    'Line 1 differs at column 1: expected "５", got "5". There, U+FF15 is expected, not U+0035. ' +
      'They are forms of the same character in Unicode.',
  ],
  [
    'a character beyond the first plane that cannot be seen',
    '5',
    '5\u{e0001}',
    'Line 1 differs at column 2: expected "5", got "5\\u{e0001}". ' +
      'There, the end of the line is expected, not U+E0001.',
  ],
  [
    'a character that is missing',
    'x\u00a0',
    'x',
    'Line 1 differs at column 2: expected "x\\u00a0", got "x". ' +
      'There, U+00A0 (no-break space) is expected, not the end of the line.',
  ],
] as const) {
  test(`the message shows ${what}`, () => {
    assert.equal(messageOf(expected, output), message);
  });
}

test('bytes that are not UTF-8 are shown as bytes', () => {
  assert.equal(
    messageOf('\ufffd', Buffer.from([0xff])),
    'Line 1 differs at column 1: expected "\ufffd", got "\\xff". There, U+FFFD is expected, not the byte FF.',
  );
  assert.match(messageOf('aé', Buffer.from([0x61, 0xc3])) ?? '', /column 2: expected "aé", got "a\\xc3"/);
  assert.match(messageOf('\\xff', Buffer.from([0xff])) ?? '', /expected "\\\\xff", got "\\xff"/);
});

test('no message of any checker has what cannot be seen, and all are short', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(text)),
    fc
      .string({ unit: fc.constantFrom('\u00a0', '\u{e0001}', '\u0301', 'a', '\n'), maxLength: 300 })
      .map((text) => Buffer.from(text)),
  );
  for (const type of CHECKER_TYPES) {
    const checker = createChecker({ type });
    fc.assert(
      fc.property(bytes, bytes, (expected, output) => {
        const message = checker(expected, output).message ?? '';
        assert.ok(message.length <= 1000);
        assert.doesNotMatch(message, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u00a0]/u);
      }),
    );
  }
});
