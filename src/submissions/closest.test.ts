// What is offered to somebody who mistyped a word, and that nothing is offered for another word.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closestOf } from './closest.ts';

const WORDS = ['python', 'javascript', 'java', 'c', 'cpp', 'go', 'golang', 'rust', 'typescript', 'bash'];

for (const [written, meant] of [
  ['pyhton', 'python'],
  ['Pythn', 'python'],
  ['jvaa', 'java'],
  ['javascipt', 'javascript'],
  ['typscript', 'typescript'],
  ['rusr', 'rust'],
  ['bahs', 'bash'],
  ['glang', 'golang'],
] as const) {
  test(`${written} is ${meant}`, () => assert.equal(closestOf(written, WORDS), meant));
}

for (const written of ['ruby', 'php', 'kotlin', 'cobol', 'c#', 'r', '', 'x'.repeat(100)]) {
  test(`${JSON.stringify(written.slice(0, 20))} is none of them`, () =>
    assert.equal(closestOf(written, WORDS), null));
}
