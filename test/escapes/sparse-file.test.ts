// A huge sparse file: a terabyte that costs nothing to make, and everything to whoever reads or copies it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, shows } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const maker = attack(`
int main(void) {
  if (getenv("IGNORE")) signal(SIGXFSZ, SIG_IGN);
  int file = open("/box/work/huge", O_CREAT | O_WRONLY, 0644);
  if (ftruncate(file, 1ll << 40) == 0) escaped("a file of a terabyte");
  else held("a file of a terabyte");
  if (pwrite(file, "x", 1, 1ll << 39) == 1) escaped("a byte in the middle");
  return 0;
}`);
const weak = without('FILE_SIZE_LIMIT');

test('a file ends at the limit of its size', shows(maker, weak));
test('ignoring the signal does not help', shows(maker, weak, { environment: { IGNORE: 'yes' } }));
test('the program gets SIGXFSZ', async () => {
  assert.equal((await run(SERVING, maker)).outcome.signal, 'SIGXFSZ');
});
