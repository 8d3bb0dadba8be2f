// Bytes to text and back.

import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { beginningOf, bytesInOutput, lastWordsOf, outputOf, presentCompile } from './output.ts';

const NOTHING_SAID = {
  status: 'completed' as const,
  exit_code: 0,
  signal: null,
  cpu_time_ms: 0,
  wall_time_ms: 0,
  memory_kb: 0,
  cached: false,
  message: null,
};

const textOf = (bytes: readonly number[], isTruncated = false) => {
  const stdout = outputOf(Uint8Array.from(bytes), isTruncated);
  return presentCompile({ ...NOTHING_SAID, stdout, stderr: '' }, 'utf8').stdout;
};

test('bytes that are not UTF-8 become U+FFFD', () => {
  assert.equal(textOf([0x61, 0xff, 0x62]), 'a\ufffdb');
});

test('a byte order mark and NUL are text like any other', () => {
  assert.equal(outputOf(Uint8Array.from([0xef, 0xbb, 0xbf, 0x00]), false), '\ufeff\0');
});

test('a character cut by the limit is left out of the text', () => {
  const cut = [0x61, 0xf0, 0x9f, 0x98];
  assert.equal(textOf(cut, true), 'a');
  assert.equal(textOf(cut, false), 'a\ufffd');
});

test('Base64 gives the exact bytes of any output', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.boolean(), (bytes, isTruncated) => {
      const output = outputOf(bytes, isTruncated);
      assert.equal(bytesInOutput(output), bytes.length);
      const record = { ...NOTHING_SAID, stdout: output, stderr: output };
      const exact = presentCompile(record, 'base64');
      assert.deepEqual(new Uint8Array(Buffer.from(exact.stdout, 'base64')), bytes);
      assert.deepEqual(new Uint8Array(Buffer.from(exact.stderr, 'base64')), bytes);
      const text = presentCompile(record, 'utf8');
      assert.deepEqual(Object.keys(text).toSorted(), Object.keys(exact).toSorted());
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
      assert.equal(text.stdout, decoder.decode(bytes, { stream: isTruncated }));
    }),
  );
});

test('the beginning of an output is as much as fits into its share of the JSON', () => {
  const unit = fc.constantFrom('a', '"', '\\', '\n', '\u0001', '\u007f', 'é', '😀');
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.string({ unit, maxLength: 60 }).map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(bytes, fc.integer({ min: 0, max: 200 }), (output, share) => {
      const jsonBytes = (part: Uint8Array) =>
        Buffer.byteLength(JSON.stringify(Buffer.from(part).toString())) - 2;
      const beginning = beginningOf(output, share);
      assert.deepEqual([...beginning], [...output.subarray(0, beginning.length)]);
      assert.ok(jsonBytes(beginning) <= share + 3, 'a character that was cut is one that is replaced');
      if (isUtf8(output) && beginning.length < output.length) {
        assert.ok(jsonBytes(output.subarray(0, beginning.length + 1)) > share - 3);
      }
    }),
  );
  assert.equal(beginningOf(Buffer.alloc(100, 'x'), 100).length, 100);
  assert.equal(beginningOf(Buffer.alloc(100, 1), 100).length, 16);
  assert.equal(beginningOf(Buffer.alloc(100, 0xff), 100).length, 33);
  assert.equal(beginningOf(Buffer.from([0xf4, 0x90]), 2).length, 0, 'the beginning of no character');
});

test('of the last words a bounded number is decoded', () => {
  assert.equal(lastWordsOf(Buffer.from('é: no memory')), 'é: no memory');
  assert.equal(lastWordsOf(Buffer.from(`${'x'.repeat(1_000_000)}end`)).length, 16 * 1024);
});

function compiled(stdout: string | number[], stderr: string | number[], message: string | null = null) {
  const output = (written: string | number[]) => outputOf(Buffer.from(written as string), false);
  return { ...NOTHING_SAID, message, stdout: output(stdout), stderr: output(stderr) };
}

test('what a compiler wrote is read in one place, whichever stream it used', () => {
  const cases: [stdout: string, stderr: string, message: string | null, output: string][] = [
    ['main.ts(1,1): error', '', null, 'main.ts(1,1): error'],
    ['', 'main.cpp:1:1: error\n', null, 'main.cpp:1:1: error\n'],
    ['first', 'second', null, 'first\nsecond'],
    ['first\n', 'second', 'not needed', 'first\nsecond'],
    ['', '', 'The compiler exceeded its time limit', 'The compiler exceeded its time limit'],
    ['', '', null, ''],
  ];
  for (const [stdout, stderr, message, output] of cases) {
    const record = compiled(stdout, stderr, message);
    assert.equal(presentCompile(record, 'utf8').output, output);
    const encoded = presentCompile(record, 'base64').output;
    assert.equal(Buffer.from(encoded, 'base64').toString(), output);
  }
  const { output } = presentCompile(compiled([0xff], [0xfe]), 'base64');
  assert.deepEqual([...Buffer.from(output, 'base64')], [0xff, 0x0a, 0xfe]);
});
