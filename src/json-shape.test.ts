// Where the scan of a body finds the end of a string.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shapeOf } from './json-shape.ts';

const NO_STRINGS = { depth: 9, values: 9, stringBytes: new Map<string, number>(), otherStringBytes: 0 };

/** Bytes of the first string that is not empty, as it is written. */
function bytesOfString(body: string): number {
  const { fault } = shapeOf(Buffer.from(body), NO_STRINGS);
  return fault?.kind === 'string' ? fault.bytes : 0;
}

/** The same numbers each time. */
function createNumbers(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state % below;
  };
}

test('strings of any length and with any escapes end where JSON ends them', () => {
  const next = createNumbers();
  for (let round = 0; round < 2000; round += 1) {
    const mostly = '\\"a'.charAt(next(3));
    const length = 1 + next(1200);
    const text = Array.from({ length }, () => (next(20) === 0 ? '\\"b'.charAt(next(3)) : mostly)).join('');
    const body = JSON.stringify([text, 'more']);
    assert.equal(bytesOfString(body), JSON.stringify(text).length - 2, body);
  }
});

test('a string without an end ends with the body', () => {
  for (const length of [1, 255, 256, 257, 900])
    for (const last of ['a', '\\', '\\"'])
      assert.equal(bytesOfString(`"${'a'.repeat(length)}${last}`), length + last.length, `${length} ${last}`);
});
