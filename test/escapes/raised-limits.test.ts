// Limits raised by the program itself, priorities over others, and real-time scheduling, which would lock out everybody.

import { test } from 'node:test';
import { assertHeld, hasCapability, run, shows, withstands } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const raiser = attack(`
static bool raises(int resource) {
  struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
  return setrlimit(resource, &limit) == 0;
}
static bool file_size(void) { return raises(RLIMIT_FSIZE); }
static bool cpu_time(void) { return raises(RLIMIT_CPU); }
static bool locked(void) { return raises(RLIMIT_MEMLOCK); }
int main(void) {
  attempt("raise the size of files", file_size);
  attempt("raise the CPU time", cpu_time);
  attempt("raise locked memory", locked);
  return 0;
}`);
const limiter = attack(`
static bool others(void) {
  struct rlimit limit = {0, 0};
  return prlimit(1, RLIMIT_NICE, &limit, NULL) == 0;
}
int main(void) {
  attempt("limit init", others);
  return 0;
}`);
const pusher = attack(`
static bool real_time(void) {
  struct sched_param wanted = {.sched_priority = 1};
  if (sched_setscheduler(0, SCHED_FIFO, &wanted) == 0) return true;
  if (errno == EPERM && geteuid() == 0) errno = ENODEV; // the kernel shares real-time out by groups, and ours have none
  return false;
}
static bool nicer(void) { return setpriority(PRIO_PROCESS, 0, -10) == 0; }
int main(int argc, char **argv) {
  if (argc > 1) attempt("real-time scheduling", real_time);
  else attempt("a better priority", nicer);
  return 0;
}`);
const input_output = attack(`
static bool first(void) { return syscall(SYS_ioprio_set, 1, 0, 2 << 13) == 0; }
int main(void) {
  attempt("set the priority of input and output", first);
  return 0;
}`);

const weak = without('USER');
const CAP_SYS_RESOURCE = 24;
const options = { skip: hasCapability(CAP_SYS_RESOURCE) ? false : 'needs CAP_SYS_RESOURCE' };

test('a program raises no limit', async () => {
  assertHeld(await run(SERVING, raiser));
});
test('as root it would raise them', options, shows(raiser, weak));
test('a program limits no other', async () => {
  assertHeld(await run(SERVING, limiter));
});
test(
  'as root and without the filter it would limit init',
  options,
  shows(limiter, without('SECCOMP', 'USER')),
);
test('a program takes no priority', shows(pusher, weak));
test('nor does it without the filter', withstands(pusher, [without('SECCOMP')]));
test('a program is not scheduled in real time', shows(pusher, weak, { args: ['real-time'] }));
test('the priority of input and output is the filter’s', shows(input_output, without('SECCOMP')));
