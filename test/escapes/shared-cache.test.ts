// The page cache and marks on shared files: what one box throws out of memory, others have to read again, and what is in
// memory or marked reveals others.

import { test } from 'node:test';
import { shows } from './attack.ts';
import { attack, without } from './stage.ts';

const weapon = attack(`
#include <sys/uio.h>
#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8
#endif
static bool is_in_memory(int file) {
  char byte;
  struct iovec piece = {.iov_base = &byte, .iov_len = 1};
  return preadv2(file, &piece, 1, 0, RWF_NOWAIT) == 1;
}
// A memory file has no other place to be, so that the call is all that can be tried on one.
static bool evicts(void) {
  int file = open("/etc/passwd", O_RDONLY);
  return syscall(SYS_fadvise64, file, 0, 0, 77) < 0 && errno == EINVAL; // the kernel has looked at what is asked for
}
static bool asks(void) {
  int file = open("/code/attack", O_RDONLY);
  char byte;
  return pread(file, &byte, 1, 0) == 1 && is_in_memory(file);
}
static bool marks(void) {
  uint64_t hint = 3;
  return fcntl(open("/box/work/own", O_CREAT | O_RDWR, 0600), 1036 /* F_SET_RW_HINT */, &hint) == 0;
}
int main(void) {
  attempt("throw a file out of memory", evicts);
  attempt("ask whether a file is in memory", asks);
  attempt("leave a mark on a file", marks);
  return 0;
}`);

test('a program does not steer the cache of files', shows(weapon, without('SECCOMP')));
