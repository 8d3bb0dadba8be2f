// Immunity from the OOM killer: a program that it must not choose takes memory until others are chosen.

import { test } from 'node:test';
import { assertHeld, hasCapability, run, shows } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const hider = attack(`
static int score(void) {
  char text[16] = "";
  int file = open("/proc/self/oom_score_adj", O_RDONLY);
  return file < 0 || read(file, text, sizeof text - 1) <= 0 ? 0 : atoi(text);
}
int main(void) {
  const char *const wishes[] = {"-1000", "-500", "-1"};
  for (int i = 0; i < 3; i++) {
    int file = open("/proc/self/oom_score_adj", O_WRONLY);
    errno = 0;
    if (file >= 0 && write(file, wishes[i], strlen(wishes[i])) > 0) escaped("set the score to %s", wishes[i]);
    close(file);
  }
  if (score() < 0) escaped("the score is %d", score());
  else held("lower the score");
  return 0;
}`);

const CAP_SYS_RESOURCE = 24; // without it a supervisor cannot protect itself either
const options = { skip: hasCapability(CAP_SYS_RESOURCE) ? false : 'needs CAP_SYS_RESOURCE' };

test('a program cannot hide from the OOM killer', async () => {
  assertHeld(await run(SERVING, hider));
});
test('it would be as safe from it as the supervisor', options, shows(hider, without('OOM_PROTECTION')));
