// What is taken out of sources, and that nothing is taken out of data.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLanguage } from './catalog.ts';
import { isSource, normalizedSource } from './source-text.ts';

const normalized = (text: string) => normalizedSource(Buffer.from(text)).toString();

test('a mark goes from the beginning only, and once', () => {
  assert.equal(normalized('\ufeffa\ufeffb'), 'a\ufeffb');
  assert.equal(normalized('\ufeff\ufeffa'), '\ufeffa');
  assert.equal(normalized('\ufeff'), '');
  assert.equal(normalized(''), '');
});

test('CR LF becomes LF; other carriage returns stay', () => {
  assert.equal(normalized('a\r\nb\r\n'), 'a\nb\n');
  assert.equal(normalized('\ufeffa\r\n'), 'a\n');
  assert.equal(normalized('a\rb\r\r\nc\r'), 'a\rb\r\nc\r');
});

test('bytes with NUL are no text', () => {
  const utf16 = Buffer.from('\ufeffa\r\n', 'utf16le');
  assert.deepEqual(normalizedSource(utf16), utf16);
});

test('a source that takes most of a request is normalized at once', () => {
  const start = process.cpuUsage();
  assert.equal(normalizedSource(Buffer.from('\r\n'.repeat(1 << 20))).length, 1 << 20);
  assert.ok(process.cpuUsage(start).user < 1_000_000);
});

for (const [id, path, content, expected] of [
  ['bash', 'lib/helper.sh', '', true],
  ['bash', 'helper', '#!/bin/bash\r\n', true],
  ['bash', 'helper', '\ufeff#!/bin/bash\r\n', true],
  ['bash', 'data', 'a\r\n', false],
  ['bash', 'data.txt', '#!/bin/bash\r\n', false],
  ['c', 'a.h', '', true],
  ['cpp', 'a.hpp', '', true],
  ['python', 'a.csv', '', false],
  ['go', 'go.mod', '', true],
  ['java', 'A.java', '', true],
  ['java', 'a.properties', '', false],
  ['javascript', 'package.json', '', true],
  ['javascript', 'data.json', '', false],
  ['typescript', 'a.d.ts', '', true],
] as const) {
  test(`${id}: ${path} that begins ${JSON.stringify(content)} is ${expected ? 'code' : 'data'}`, () => {
    const language = findLanguage(id) ?? assert.fail(id);
    assert.equal(isSource(language, path, Buffer.from(content)), expected);
  });
}
