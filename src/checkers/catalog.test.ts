// What holds for every checker: it accepts the answer itself, words a refusal shortly, and is quick with long
// outputs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MIB } from '../units.ts';
import { CHECKER_TYPES, createChecker } from './catalog.ts';

const LONG_BYTES = 2 * MIB;
/** CPU time, so that a busy machine does not matter: a linear checker needs a hundredth, a quadratic one hours. */
const MAX_CPU_MS = 10_000;

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'A', '1', '.', ' ', '\n', '\r'), maxLength: 12 }),
  fc.string({ unit: 'binary' }),
);

for (const type of CHECKER_TYPES) {
  const checker = createChecker({ type });
  const check = (expected: string, output: string) => checker(Buffer.from(expected), Buffer.from(output));

  test(`${type} accepts any text as the answer to itself`, () => {
    fc.assert(fc.property(text, (same) => assert.equal(check(same, same).passed, true)));
  });

  test(`${type} has a bounded message exactly when it does not pass`, () => {
    fc.assert(
      fc.property(text, text, (expected, output) => {
        const { passed, message } = check(expected, output);
        assert.equal(message === null, passed);
        assert.ok((message ?? '').length <= 1000);
        assert.ok((message ?? '').isWellFormed());
      }),
    );
  });

  test(`${type} accepts all that exact accepts`, () => {
    const exact = createChecker({ type: 'exact' });
    fc.assert(
      fc.property(text, text, (expected, output) => {
        const isExact = exact(Buffer.from(expected), Buffer.from(output)).passed;
        assert.ok(!isExact || check(expected, output).passed);
      }),
    );
  });

  test(`${type} distinguishes invalid UTF-8 from other invalid UTF-8 and from U+FFFD`, () => {
    const bad = (...bytes: number[]) => Buffer.from(bytes);
    assert.equal(checker(Buffer.from('\ufffd'), bad(0xff)).passed, false);
    assert.equal(checker(bad(0xff), bad(0xfe)).passed, false);
    assert.equal(checker(bad(0xc3), bad(0xc3, 0xa9)).passed, false);
    assert.equal(checker(bad(0x31, 0x0a, 0xff), bad(0x31, 0x0a, 0xff)).passed, true);
  });

  for (const [shape, unit] of [
    ['one token', '1'],
    ['short lines', '1\n'],
    ['white space', ' '],
    ['line feeds', '\n'],
    ['spaces before a line feed', `${' '.repeat(1000)}\n`],
  ] as const) {
    test(`${type} is quick with 2 MB of ${shape}`, () => {
      const long = unit.repeat(LONG_BYTES / unit.length);
      const start = process.cpuUsage();
      check(`${long}x`, `${long}y`);
      check(long, `${long}z`);
      const { user, system } = process.cpuUsage(start);
      assert.ok((user + system) / 1000 < MAX_CPU_MS);
    });
  }
}

test('float takes its tolerance from the request', () => {
  const outputs = [Buffer.from('1'), Buffer.from('1.4')] as const;
  assert.equal(createChecker({ type: 'float', absolute: 0.5 })(...outputs).passed, true);
  assert.equal(createChecker({ type: 'float' })(...outputs).passed, false);
});
