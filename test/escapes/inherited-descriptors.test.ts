// A walk through /proc/self/fd: whatever is open beside stdin, stdout and stderr was left open by mistake, and may lead
// to the supervisor or to other boxes.

import { test } from 'node:test';
import { shows } from './attack.ts';
import { attack, without } from './stage.ts';

const walker = attack(`
int main(void) {
  DIR *directory = opendir("/proc/self/fd");
  bool found = false;
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    char target[256] = "", path[300];
    int number = atoi(entry->d_name);
    if (entry->d_name[0] == '.' || number < 3 || number == dirfd(directory)) continue;
    snprintf(path, sizeof path, "/proc/self/fd/%d", number);
    if (readlink(path, target, sizeof target - 1) < 0) continue;
    escaped("descriptor %d is %s", number, target);
    found = true;
  }
  for (int number = 3; number < 4096; number++)
    if ((!directory || number != dirfd(directory)) && fcntl(number, F_GETFD) >= 0 && !found) escaped("descriptor %d", number);
  errno = EBADF;
  if (!found) held("find a descriptor");
  return 0;
}`);

test('a program holds stdin, stdout and stderr only', shows(walker, without('CLOSED_DESCRIPTORS')));
