// A program with live streams that neither reads nor writes: it would hold its slot until its wall-clock limit, which is long
// for programs that people talk to.

import { test } from 'node:test';
import { shows, TIME_FACTOR } from './attack.ts';
import { attack, without } from './stage.ts';

const IDLE_MS = 200 * TIME_FACTOR;

const weapon = attack(`
int main(void) {
  usleep(${5 * IDLE_MS} * 1000);
  escaped("nobody ends a program that says nothing");
  return 0;
}`);

test(
  'a program is not idle for longer than it may',
  shows(weapon, without('IDLE_LIMIT'), { session: { idleTimeMs: IDLE_MS } }),
);
