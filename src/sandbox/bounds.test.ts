// The driver's bounds are those of the supervisor.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BOUNDS } from './bounds.ts';

const COMMON = readFileSync(join(import.meta.dirname, '../../supervisor/common.h'), 'utf8');

for (const [name, value] of Object.entries(BOUNDS))
  test(`${name} is what the supervisor has`, () => {
    const [, text] = new RegExp(`\\b${name} = ([^,]+),`).exec(COMMON) ?? [];
    const numbers = (text ?? '').split(/<<|\*/).map(Number);
    const [first = Number.NaN, second = 1] = numbers;
    assert.equal(text?.includes('<<') ? first * 2 ** second : first * second, value);
  });
