// A program on a terminal: it has this one and makes no others, each of which would hold memory of the kernel that no control
// group counts, and uses up a number of the whole machine. It also loads no line disciplines, which are drivers of modems
// and networks with a history of holes.

import { test } from 'node:test';
import { nativeOnly, shows } from './attack.ts';
import { attack, without } from './stage.ts';

const session = { terminal: { columns: 80, rows: 24 } };
const only = nativeOnly('containers have no terminals');

const terminals = attack(`
static bool opens(const char *path) { return open(path, O_RDWR | O_NOCTTY) >= 0; }
static bool makes(void) { return opens("/dev/pts/ptmx"); }
static bool makes_by_the_usual_path(void) { return opens("/dev/ptmx"); }
static bool makes_many(void) {
  int count = 0;
  while (count < 20 && makes()) count++;
  return count == 20;
}
int main(void) {
  attempt("make a terminal", makes);
  attempt("make many terminals", makes_many);
  if (makes_by_the_usual_path()) escaped("the machine's terminals are there");
  return 0;
}`);

const disciplines = attack(`
static bool sets(int discipline) { return ioctl(0, TIOCSETD, &discipline) == 0; }
static bool sets_the_usual(void) { return sets(0); }
int main(void) {
  if (!isatty(0)) return 70;
  attempt("set the line discipline of its terminal", sets_the_usual);
  return 0;
}`);

test(
  'a program on a terminal makes no other',
  only,
  shows(terminals, without('ONE_TERMINAL'), { session, limits: { openFiles: 64 } }),
);

test(
  'a program on a terminal does not choose its line discipline',
  only,
  shows(disciplines, without('SECCOMP'), { session }),
);
