// The driver's bounds are those of the supervisor.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertFiles, assertRun, BOUNDS } from './bounds.ts';
import { SandboxError } from './sandbox.ts';
import { PROBE_LIMITS } from './self-test.ts';

const COMMON = readFileSync(join(import.meta.dirname, '../../supervisor/common.h'), 'utf8');

for (const [name, value] of Object.entries(BOUNDS))
  test(`${name} is the same in the supervisor`, () => {
    const [, text] = new RegExp(`\\b${name} = ([^,]+),`).exec(COMMON) ?? [];
    const numbers = (text ?? '').split(/<<|\*/).map(Number);
    const [first = Number.NaN, second = 1] = numbers;
    assert.equal(text?.includes('<<') ? first * 2 ** second : first * second, value);
  });

const times = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);
const run = (argv: readonly string[], environment = {}) =>
  assertRun({ command: { argv, environment }, limits: PROBE_LIMITS, stdin: new Uint8Array() });
const { MAX_FILES, MAX_ARGUMENTS, MAX_VARIABLES, MAX_STRINGS, MAX_PATH } = BOUNDS;

for (const [name, bound, ask] of [
  [
    'files',
    MAX_FILES,
    (count) => assertFiles(times(count).map((path) => ({ path, content: new Uint8Array() }))),
  ],
  ['arguments', MAX_ARGUMENTS, (count) => run(times(count))],
  [
    'variables',
    MAX_VARIABLES,
    (count) => run(['x'], Object.fromEntries(times(count).map((key) => [key, '']))),
  ],
  ['bytes of strings', MAX_STRINGS, (count) => run(['x'.repeat(count - 1)])],
  [
    'bytes of a path',
    MAX_PATH - 1,
    (count) => assertFiles([{ path: 'x'.repeat(count), content: new Uint8Array() }]),
  ],
] satisfies [string, number, (count: number) => void][])
  test(`${bound} ${name} are accepted, and one more is rejected`, () => {
    ask(bound);
    assert.throws(() => ask(bound + 1), SandboxError);
  });
