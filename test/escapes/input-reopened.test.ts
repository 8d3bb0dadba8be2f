// The input opened again for writing by /proc/self/fd/0: whoever shares it would read something else, and its memory is
// nobody's limit.

import { test } from 'node:test';
import { shows } from './attack.ts';
import { attack, without } from './stage.ts';

const writer = attack(`
static bool writes(void) { return write(open("/proc/self/fd/0", O_RDWR), "bad", 3) == 3; }
static bool grows(void) { return ftruncate(open("/proc/self/fd/0", O_RDWR), 512 << 10) == 0; }
static bool shrinks(void) { return ftruncate(open("/proc/self/fd/0", O_RDWR), 0) == 0; }
static bool maps(void) {
  return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, open("/proc/self/fd/0", O_RDWR), 0) != MAP_FAILED;
}
int main(void) {
  attempt("write", writes);
  attempt("map to write", maps);
  attempt("grow", grows);
  attempt("shrink", shrinks);
  return 0;
}`);

test('the input cannot be changed', shows(writer, without('SEALED_INPUT'), { stdin: 'good' }));
