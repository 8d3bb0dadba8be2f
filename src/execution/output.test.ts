// Bytes to text and back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type DecodedOutput, decodeOutput, outputFields, presentCompile } from './output.ts';

const decode = (bytes: readonly number[], isTruncated = false) =>
  decodeOutput(Uint8Array.from(bytes), isTruncated);

test('bytes that are not UTF-8 become U+FFFD and are kept beside the text', () => {
  const { text, exactBase64 } = decode([0x61, 0xff, 0x62]);
  assert.equal(text, 'a\ufffdb');
  assert.equal(exactBase64, Buffer.from([0x61, 0xff, 0x62]).toString('base64'));
});

test('a byte order mark and NUL are text like any other', () => {
  assert.deepEqual(decode([0xef, 0xbb, 0xbf, 0x00]), { text: '\ufeff\0', exactBase64: undefined });
});

test('a character cut by the limit is left out of the text, but not of the bytes', () => {
  const cut = [0x61, 0xf0, 0x9f, 0x98];
  assert.equal(decode(cut, true).text, 'a');
  assert.equal(decode(cut, true).exactBase64, Buffer.from(cut).toString('base64'));
  assert.equal(decode(cut, false).text, 'a\ufffd');
});

test('Base64 gives the exact bytes of any output', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.boolean(), (bytes, isTruncated) => {
      const output = decodeOutput(bytes, isTruncated);
      const compile = {
        status: 'completed' as const,
        exit_code: 0,
        signal: null,
        cpu_time_ms: 0,
        wall_time_ms: 0,
        memory_kb: 0,
        cached: false,
        message: null,
        ...outputFields(output, output),
      };
      const presented = presentCompile(compile, 'base64');
      assert.deepEqual(new Uint8Array(Buffer.from(presented.stdout, 'base64')), bytes);
      assert.deepEqual(new Uint8Array(Buffer.from(presented.stderr, 'base64')), bytes);
      const text = presentCompile(compile, 'utf8');
      assert.deepEqual(Object.keys(text).toSorted(), Object.keys(presented).toSorted());
      assert.equal(text.stdout, output.text);
    }),
  );
});

function compiled(stdout: string | number[], stderr: string | number[], message: string | null = null) {
  const decoded = [stdout, stderr].map((written) => decodeOutput(Buffer.from(written as string), false));
  return {
    status: 'compilation_error' as const,
    exit_code: 1,
    signal: null,
    cpu_time_ms: 0,
    wall_time_ms: 0,
    memory_kb: 0,
    cached: false,
    message,
    ...outputFields(decoded[0] as DecodedOutput, decoded[1] as DecodedOutput),
  };
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
