// Filling the disk: more than the work directory and /tmp may hold together.

import { test } from 'node:test';
import { shows } from './attack.ts';
import { attack, without } from './stage.ts';

const filler = attack(`
int main(void) {
  static char block[1 << 20];
  const char *const places[] = {"/box/work", "/tmp", "/dev/shm"};
  for (int i = 0; i < 24; i++) {
    char name[64];
    snprintf(name, sizeof name, "%s/%d", places[i % 3], i);
    int file = open(name, O_CREAT | O_WRONLY, 0644);
    if (file < 0 || write(file, block, sizeof block) != sizeof block) {
      held("write another file");
      return 0;
    }
    close(file);
  }
  escaped("24 MiB on a disk of 8");
  return 0;
}`);

test(
  'the disk ends at its limit',
  shows(filler, without('DISK_LIMIT'), { limits: { memoryBytes: 2 ** 27 } }),
);
