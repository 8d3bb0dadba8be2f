// Core dumps: a file as large as memory, or a program of the machine that the kernel starts for each crash in a box.
// The second has no test here, because the pattern is the whole machine's; a limit of 1 byte is what prevents it.

import { test } from 'node:test';
import { attack, shows, without } from './attack.ts';

const crasher = attack(`
int main(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_CORE, &limit);
  bool would_start = limit.rlim_cur != 1;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_CORE, &limit);
  int status;
  pid_t child = fork();
  if (child == 0) abort();
  waitpid(child, &status, 0);
  if (WCOREDUMP(status)) escaped("a core was dumped");
  else if (would_start) escaped("a program of the machine would have been started");
  else held("dump a core");
  return 0;
}`);

test('a crash leaves no core', shows(crasher, without('CORE_LIMIT')));
