// ptrace and its relatives: read and change the memory of a process of the same user. The target is a process that the
// test starts; the filter of system calls and the box's own process numbers stand between.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { assertHeld, run, whyNoSuchStage } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const tracer = attack(`
#include <sys/ptrace.h>
#include <sys/uio.h>
static pid_t target;
static bool trace(void) { return ptrace(PTRACE_SEIZE, target, NULL, NULL) == 0; }
static bool read_memory(void) {
  char path[64], line[256] = "", byte;
  snprintf(path, sizeof path, "/proc/%d/maps", target);
  FILE *maps = fopen(path, "r");
  if (!maps || !fgets(line, sizeof line, maps)) return false;
  struct iovec here = {&byte, 1}, there = {(void *)strtoul(line, NULL, 16), 1};
  return process_vm_readv(target, &here, 1, &there, 1, 0) == 1;
}
static bool take_descriptor(void) {
  int process = syscall(SYS_pidfd_open, target, 0);
  return process >= 0 && syscall(SYS_pidfd_getfd, process, 0, 0) >= 0;
}
int main(int argc, char **argv) {
  target = atoi(argv[1]);
  attempt("trace", trace);
  attempt("read memory", read_memory);
  attempt("take a descriptor", take_descriptor);
  return 0;
}`);
const init = attack(`
#include <sys/ptrace.h>
static bool by_attach(void) { return ptrace(PTRACE_ATTACH, 1, NULL, NULL) == 0; }
static bool by_parent(void) { return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0; }
int main(void) {
  attempt("attach to init", by_attach);
  if (fork() == 0) { // the parent of a process of the box's own
    attempt("seize init", by_attach);
    attempt("seize the own parent", by_parent);
    return 0;
  }
  wait(NULL);
  return 0;
}`);
const weak = without('SECCOMP', 'PRIVATE_PROCESSES');
const layers = [SERVING, without('SECCOMP'), without('PRIVATE_PROCESSES')];
const FIRST_UID = 60_000;

test('no process outside of the box can be traced, read or robbed of a descriptor', async (context) => {
  const target = spawn('/bin/sleep', ['60'], { uid: FIRST_UID, gid: FIRST_UID, stdio: 'ignore' });
  try {
    const args = [String(target.pid)];
    const there = layers.filter((stage) => whyNoSuchStage(stage) === null);
    for (const stage of there) assertHeld(await run(stage, tracer, { args }));
    const reason = whyNoSuchStage(weak);
    if (reason !== null) return context.diagnostic(reason);
    const { escaped, stdout } = await run(weak, tracer, { args });
    assert.deepEqual(escaped, ['trace', 'read memory', 'take a descriptor'], stdout);
  } finally {
    target.kill('SIGKILL');
  }
});

test('a program cannot trace the box’s init, which is not its user’s', async () => {
  assertHeld(await run(SERVING, init));
});
