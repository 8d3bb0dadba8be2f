// Namespaces of one's own: in a user namespace a program is root and reaches kernel code that is closed to it.

import { test } from 'node:test';
import { shows } from './attack.ts';
import { attack, without } from './stage.ts';

const weapon = attack(`
#include <linux/sched.h>
static bool unshares(void) { return unshare(CLONE_NEWUSER) == 0; }
static bool unshares_all(void) { return unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID) == 0; }
static bool clones(void) {
  pid_t child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) _exit(0);
  return child > 0;
}
static bool clones3(void) {
  struct clone_args arguments = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
  pid_t child = syscall(SYS_clone3, &arguments, sizeof arguments);
  if (child == 0) _exit(0);
  return child > 0;
}
static bool enters(void) { return setns(open("/proc/self/ns/uts", O_RDONLY), 0) == 0 || errno == EPERM; }
int main(void) {
  attempt("unshare", unshares);
  attempt("unshare all", unshares_all);
  attempt("clone", clones);
  attempt("clone3", clones3);
  attempt("ask the kernel for setns", enters);
  return 0;
}`);

test('a program makes no namespace', shows(weapon, without('SECCOMP')));
