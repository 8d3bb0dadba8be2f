// Figures of a run that its program could forge: peaks of memory are read from texts of the kernel that have the name of a
// process in them, and files that were there before count for every process that maps them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MIB } from '../../src/units.ts';
import { LIMITS, nativeOnly, run, TIME_FACTOR } from './attack.ts';
import { attack, SERVING } from './stage.ts';

const namesake = attack(`
int main(int argc, char **argv) {
  prctl(PR_SET_NAME, argv[1]);
  for (;;) pause();
}`);
const reader = attack(`
int main(void) {
  volatile char sum = 0;
  struct stat status;
  int file = open("/code/large", O_RDONLY);
  fstat(file, &status);
  const char *text = mmap(NULL, status.st_size, PROT_READ, MAP_SHARED, file, 0);
  for (off_t i = 0; i < status.st_size; i += 4096) sum += text[i];
  held("nothing");
  return 0;
}`);

for (const name of ['VmHWM:99999999', '\nVmHWM:999999'])
  test(`a process named ${JSON.stringify(name)} uses no more memory than it does`, async () => {
    const { outcome } = await run(SERVING, namesake, {
      args: [name],
      limits: { wallTimeMs: 300 * TIME_FACTOR },
    });
    assert.equal(outcome.limitReached, 'wall');
    assert.ok(outcome.memoryBytes < 8 * MIB, `${outcome.memoryBytes} bytes`);
  });

test(
  'no program that ends by itself used more than its limit',
  nativeOnly('what a container shows to programs counts as its own memory'),
  async () => {
    const content = Buffer.alloc(LIMITS.memoryBytes + 8 * MIB, 1);
    const { outcome } = await run(SERVING, reader, { files: [{ path: 'large', content }] });
    assert.equal(outcome.exitCode, 0);
    assert.equal(outcome.memoryBytes, LIMITS.memoryBytes);
  },
);
