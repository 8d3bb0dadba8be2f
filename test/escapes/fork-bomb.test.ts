// A fork bomb: processes until the machine has no number left for another one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS, run, shows } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const bomb = attack(`
int main(int argc, char **argv) {
  int wanted = atoi(argv[1]), count = 1;
  for (; count < wanted; count++) {
    pid_t child = fork();
    if (child < 0) break;
    if (child == 0) for (;;) pause();
  }
  if (count == wanted) escaped("%d processes", count);
  else held("fork");
  return 0;
}`);
const weak = without('PROCESS_LIMIT');
const args = [String(LIMITS.processes + 40)];

test('a fork bomb ends at the limit of processes', shows(bomb, weak, { args }));

test('the limit is reached exactly, and the slot is free after it', async () => {
  assert.equal((await run(SERVING, bomb, { args: [String(LIMITS.processes)] })).escaped.length, 1);
  assert.equal((await run(SERVING, bomb, { args: [String(LIMITS.processes + 1)] })).escaped.length, 0);
  assert.equal((await run(SERVING, bomb, { args: ['2'] })).escaped.length, 1);
});
