// What other judges decide, read from their sources, beside what the checkers that stand for them decide. Where they
// differ on purpose, the row has what ours decides and why.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckerOptions } from './catalog.ts';
import { createChecker } from './catalog.ts';

type Row = readonly [expected: string, output: string, theirs: boolean, ours?: boolean, why?: string];

const JUDGES: Readonly<Record<string, readonly [checker: CheckerOptions, rows: readonly Row[]]>> = {
  'testlib wcmp': [
    { type: 'tokens' },
    [
      ['1 2', '1 2', true],
      ['1 2', '1\n2\n', true],
      ['1 2', ' 1\t2 \r\n', true],
      ['1 2', '1 2 3', false],
      ['1 2', '1', false],
      ['1 2', '12', false],
      ['', '', true],
      ['', '\n \n', true],
      ['Yes', 'yes', false],
      ['1.0', '1.00', false],
      ['007', '7', false],
      ['1\u00a02', '1 2', false],
      ['1 2', '1\f2', false, true, 'a form feed is white space, as in C'],
    ],
  ],
  'testlib lcmp': [
    { type: 'lines' },
    [
      ['1 2\n3', '1 2\n3\n', true],
      ['1 2', '1  2', true],
      ['1 2', '1\n2', false],
      ['a\r\nb\r\n', 'a\nb\n', true],
      ['a\nb', 'a\nb\nc', false],
      ['a', 'A', false],
      ['a\n\nb', 'a\nb', false, true, 'blank lines do not count in `lines`'],
    ],
  ],
  'testlib rcmp6': [
    { type: 'float', absolute: 1e-6, relative: 1e-6 },
    [
      ['1', '1.000001', true],
      ['1', '0.999999', true],
      ['1', '1.0000011', false],
      ['1000000', '1000000.9', true],
      ['1000000', '1000001.1', false],
      ['0', '-0.0', true],
      ['0', '0.000001', true],
      ['0', '0.0000011', false],
      ['1', '1e0', true],
      ['1', '.1e1', true],
      ['1', '+1', true],
      ['1 2', '1\n2', true],
      ['1', '1 1', false],
      ['1', '0x1', false],
      ['1', 'one', false],
    ],
  ],
  'the default validator of ICPC': [
    { type: 'tokens', case_sensitive: false },
    [
      ['Yes', 'YES', true],
      ['yes', 'y es', false],
      ['a b', 'a\n\n b', true],
      ['a', 'a a', false],
      ['a a', 'a', false],
      ['1', '1.0', false],
      ['É', 'é', false],
      ['', ' ', true],
    ],
  ],
  'the default validator of ICPC, case_sensitive': [
    { type: 'tokens' },
    [
      ['Yes', 'YES', false],
      ['Yes', 'Yes', true],
    ],
  ],
  'the default validator of ICPC, space_change_sensitive': [
    { type: 'tokens', case_sensitive: false, space_change_sensitive: true },
    [
      ['a b\n', 'a b\n', true],
      ['a b\n', 'a  b\n', false],
      ['a b\n', 'a\nb\n', false],
      ['a b\n', 'A B\n', true],
      ['a b\n', 'a b', false],
      ['a b', 'a b\n', false],
      ['a b\n', ' a b\n', false],
    ],
  ],
  'the default validator of ICPC, float_tolerance 1e-6': [
    { type: 'float', absolute: 1e-6, relative: 1e-6, case_sensitive: false },
    [
      ['1', '1.0', true],
      ['1', '1.0000009', true],
      ['1.0', '1e0', true],
      ['1000000', '1000000.5', true],
      ['x 1', 'X 1.0', true],
      ['1', 'x', false],
      ['x', '1', false],
      ['1', '0x1', true, false, 'hexadecimal numbers are text'],
      ['1', '1,0', false],
    ],
  ],
  'the default validator of ICPC, float_absolute_tolerance 0.5': [
    { type: 'float', absolute: 0.5, case_sensitive: false },
    [
      ['1000000', '1000000.5', true],
      ['1000000', '1000000.6', false],
      ['-1', '-1.5', true],
    ],
  ],
  'the default validator of ICPC, float_relative_tolerance 0.1': [
    { type: 'float', relative: 0.1, case_sensitive: false },
    [
      ['10', '11', true],
      ['10', '11.1', false],
      ['0', '0.0001', false],
      ['-10', '-9', true],
    ],
  ],
  'DMOJ standard': [
    { type: 'lines' },
    [
      ['1 2\n3', '1   2 \n\n3\n\n', true],
      ['1 2', '1\n2', false],
      ['1\n2', '1 2', false],
      ['', '\n\n', true],
      ['a', 'A', false],
      ['a\r\nb', 'a\nb', true],
      ['a b', 'a\tb', true],
    ],
  ],
  'DMOJ floats': [
    { type: 'float' },
    [
      ['1.0', '1.0000009', true],
      ['1000000', '1000000.9', true],
      ['1.0', '1.1', false],
      ['a 1', 'a 1.0', true],
      ['a', 'b', false],
      ['1', 'x', false],
      ['1 2', '1 2 3', false],
      ['1 2', '1\n2', false, true, '`float` compares tokens and not lines'],
    ],
  ],
};

for (const [judge, [checker, rows]] of Object.entries(JUDGES)) {
  for (const [expected, output, theirs, ours = theirs, why = ''] of rows) {
    const verb = ours ? 'accepts' : 'rejects';
    test(`as ${judge}: ${verb} ${JSON.stringify(output)} for ${JSON.stringify(expected)}${why && `, but ${why}`}`, () => {
      const { passed } = createChecker(checker)(Buffer.from(expected), Buffer.from(output));
      assert.equal(passed, ours);
      assert.equal(ours !== theirs, why !== '');
    });
  }
}
