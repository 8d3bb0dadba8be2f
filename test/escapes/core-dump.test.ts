// Core dumps: a file as large as memory, or a program of the machine that the kernel starts for each crash in a box. The
// kernel starts none where the limit is 1 byte, so that limit must stay as it is. The pattern of the machine is not
// touched here.

import { test } from 'node:test';
import { shows } from './attack.ts';
import { attack, without } from './stage.ts';

const crasher = attack(`
int main(void) {
  int status;
  pid_t child = fork();
  if (child == 0) abort();
  waitpid(child, &status, 0);
  if (WCOREDUMP(status)) escaped("a core was dumped");
  else held("dump a core");
  return 0;
}`);
const changer = attack(`
static bool by_setrlimit(void) { struct rlimit none = {0, 1}; return syscall(SYS_setrlimit, RLIMIT_CORE, &none) == 0; }
static bool by_prlimit(void) { struct rlimit none = {0, 1}; return syscall(SYS_prlimit64, 0, RLIMIT_CORE, &none, NULL) == 0; }
int main(void) {
  struct rlimit limit;
  attempt("change the limit by setrlimit", by_setrlimit);
  attempt("change the limit by prlimit64", by_prlimit);
  if (getrlimit(RLIMIT_CORE, &limit) < 0 || limit.rlim_cur != 1) escaped("the limit is %d", (int)limit.rlim_cur);
  if (getrlimit(RLIMIT_STACK, &limit) < 0 || setrlimit(RLIMIT_STACK, &limit) < 0) escaped("no other limit can be set");
  return 0;
}`);

test('a crash leaves no core', shows(crasher, without('CORE_LIMIT')));
test('a program does not change the limit that prevents it', shows(changer, without('SECCOMP')));
