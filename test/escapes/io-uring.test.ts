// io_uring: system calls by way of shared memory, which no filter sees.

import { test } from 'node:test';
import { shows } from './attack.ts';
import { attack, without } from './stage.ts';

const weapon = attack(`
static bool ring(void) {
  char parameters[256] = {0};
  return syscall(425, 4, parameters) >= 0;
}
int main(void) {
  attempt("make a ring", ring);
  return 0;
}`);

test('io_uring does not exist for a program', shows(weapon, without('SECCOMP')));
