// TIOCSTI: typing on somebody else's terminal. There is no terminal in a box; the filter answers before the kernel looks
// for one (ENOTTY).

import { test } from 'node:test';
import { shows } from './attack.ts';
import { attack, without } from './stage.ts';

const weapon = attack(`
static bool types(void) { return ioctl(0, TIOCSTI, "x") == 0 || errno == ENOTTY; }
static bool selects(void) { return ioctl(0, TIOCLINUX, "x") == 0 || errno == ENOTTY; }
static bool with_high_bits(void) { return syscall(SYS_ioctl, 0, 0x100000000 | TIOCSTI, "x") == 0 || errno == ENOTTY; }
static bool opens(void) { return open("/dev/tty", O_RDWR) >= 0 || open("/dev/ptmx", O_RDWR) >= 0 || open("/dev/console", O_RDWR) >= 0; }
int main(void) {
  errno = 0;
  if (opens()) escaped("a terminal is there");
  attempt("type into a terminal", types);
  attempt("paste into a console", selects);
  attempt("type by a call with high bits", with_high_bits);
  return 0;
}`);

test('a program types on no terminal', shows(weapon, without('SECCOMP')));
