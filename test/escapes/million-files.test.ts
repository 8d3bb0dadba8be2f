// A million small files: each takes memory of the kernel, whatever the size of the disk.

import { test } from 'node:test';
import { shows } from './attack.ts';
import { attack, without } from './stage.ts';

const maker = attack(`
int main(void) {
  char name[32];
  for (int i = 0; i < 10000; i++) {
    snprintf(name, sizeof name, "/box/work/%d", i);
    int file = open(name, O_CREAT | O_WRONLY, 0644);
    if (file < 0) {
      held("make another file");
      return 0;
    }
    close(file);
  }
  escaped("10000 files");
  return 0;
}`);

test(
  'the number of files is bounded',
  shows(maker, without('DISK_LIMIT'), { limits: { memoryBytes: 2 ** 27 } }),
);
