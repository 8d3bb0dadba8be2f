// Bytes to text that keeps what is not UTF-8 apart.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { byteStringOf, decodeBytes } from './byte-string.ts';

const decode = (bytes: Uint8Array) => decodeBytes(byteStringOf(bytes));

test('UTF-8 is its text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(decode(Buffer.from(text)), text)),
  );
});

test('different bytes are different text, and the characters among them are kept', () => {
  const bytes = fc.uint8Array({ maxLength: 6 });
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      assert.equal(decode(one) === decode(other), Buffer.compare(one, other) === 0);
    }),
  );
  assert.equal(decode(Buffer.from([0xff, 0xc3, 0xa9, 0x80])), '\udcffé\udc80');
  assert.equal(decode(Buffer.from([0xed, 0xa0, 0x80])), '\udced\udca0\udc80');
});

test('it agrees with the decoder of the platform on what is UTF-8', () => {
  const byte = fc.constantFrom(
    0x7f,
    0x80,
    0xbf,
    0xc1,
    0xc2,
    0xe0,
    0x9f,
    0xa0,
    0xed,
    0xef,
    0xf0,
    0x8f,
    0x90,
    0xf4,
    0xf5,
  );
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 8 }), (values) => {
      const bytes = Uint8Array.from(values);
      const replaced = decode(bytes).replaceAll(/[\udc80-\udcff]+/g, '\ufffd');
      assert.equal(
        replaced,
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).replaceAll(/\ufffd+/g, '\ufffd'),
      );
    }),
    { numRuns: 2000 },
  );
});
