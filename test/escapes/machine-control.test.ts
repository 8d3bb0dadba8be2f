// Control over the machine: clock, host name, swap, restart, kernel modules, ports. Each call is made so that it does
// nothing when it is permitted: with arguments that are refused after the permission was asked for.

import { test } from 'node:test';
import { shows, withstands } from './attack.ts';
import { attack, without } from './stage.ts';

const weapon = attack(`
#include <sys/timex.h>
static bool clock_set(void) { return syscall(SYS_settimeofday, NULL, NULL) == 0; }
static bool clock_adjusted(void) {
  struct timex change = {.modes = ADJ_STATUS | ADJ_NANO}, now = {0};
  if (adjtimex(&now) < 0) return false;
  change.status = now.status;
  change.modes = ADJ_STATUS;
  return adjtimex(&change) >= 0;
}
static bool host_name(void) { return sethostname("box", 3) == 0; }
static bool domain_name(void) { return syscall(SYS_setdomainname, "", -1) == 0 || errno == EINVAL; }
static bool swaps(void) { return syscall(SYS_swapon, "/nowhere", 0) == 0 || errno == ENOENT; }
static bool restarts(void) { return syscall(SYS_reboot, 1, 2, 3, 0) == 0 || errno == EINVAL; }
static bool loads_module(void) { return syscall(SYS_init_module, NULL, 0, "") == 0 || errno == ENOEXEC || errno == EFAULT; }
static bool accounts(void) { return syscall(SYS_acct, "/nowhere") == 0 || errno == ENOENT; }
static bool hangs_up(void) { return syscall(SYS_vhangup) == 0; }
#ifdef __x86_64__
static bool ports(void) { return syscall(SYS_iopl, 0) == 0 && syscall(SYS_ioperm, 0x80, 1, 1) == 0; }
#endif
int main(void) {
  attempt("set the clock", clock_set);
  attempt("adjust the clock", clock_adjusted);
  attempt("set the host name", host_name);
  attempt("set the domain name", domain_name);
  attempt("swap", swaps);
  attempt("restart", restarts);
  attempt("load a module", loads_module);
  attempt("account processes", accounts);
  attempt("hang up the terminal", hangs_up);
#ifdef __x86_64__
  attempt("use ports", ports);
#endif
  return 0;
}`);

test('a program has no say over the machine', shows(weapon, without('SECCOMP', 'USER')));
test(
  'the filter and the lack of capabilities are each enough',
  withstands(weapon, [without('USER'), without('SECCOMP')]),
);
