// Signals to processes that are not the program's own: killed or stopped, by number. The target is a process that the
// test starts as the user of the box, so nothing but the box's own process numbers stands between.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertHeld, run, whyNoSuchStage } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

const killer = attack(`
int main(int argc, char **argv) {
  pid_t target = atoi(argv[1]);
  if (kill(target, atoi(argv[2])) == 0) escaped("signalled process %d", target);
  else held("kill");
  return 0;
}`);
const everyone = attack(`
static bool init(void) { return kill(1, SIGKILL) == 0; }
static bool by_directory(void) {
  return syscall(SYS_pidfd_send_signal, open("/proc/1", O_RDONLY | O_DIRECTORY), SIGTERM, NULL, 0) == 0;
}
static bool parent(void) { return kill(getppid(), 0) == 0 && getppid() == 1; }
static bool all_others(void) {
  pid_t child = fork(); // the only one that may be hit
  if (child == 0) for (;;) pause();
  errno = 0;
  kill(-1, SIGKILL);
  int status;
  waitpid(child, &status, 0);
  return !WIFSIGNALED(status);
}
int main(void) {
  attempt("kill the first process of the box", init);
  attempt("signal the first process by its directory", by_directory);
  if (parent()) escaped("may signal the parent"); else held("signal the parent");
  if (all_others()) escaped("kill -1 goes past the own child"); else held("kill -1");
  return 0;
}`);
const weak = without('PRIVATE_PROCESSES');
const FIRST_UID = 60_000; // of slot 0

function victim() {
  const process = spawn('/bin/sleep', ['60'], { uid: FIRST_UID, gid: FIRST_UID, stdio: 'ignore' });
  return Object.assign(process, {
    state: () => /\) (\w)/.exec(readFileSync(`/proc/${process.pid}/stat`, 'utf8'))?.[1],
    [Symbol.dispose]: () => void process.kill('SIGKILL'),
  });
}

const strike = (stage: Stage, pid: number | undefined, signal: number) =>
  run(stage, killer, { args: [String(pid), String(signal)] });

test('kill -9 finds no process outside of the box', async (context) => {
  using target = victim();
  assertHeld(await strike(SERVING, target.pid, 9));
  assert.equal(target.exitCode ?? target.signalCode, null);
  const reason = whyNoSuchStage(weak);
  if (reason !== null) return context.diagnostic(reason);
  const ended = once(target, 'exit');
  assert.equal((await strike(weak, target.pid, 9)).escaped.length, 1);
  assert.deepEqual(await ended, [null, 'SIGKILL']);
});

test('kill -STOP finds no process outside of the box', async (context) => {
  using target = victim();
  assertHeld(await strike(SERVING, target.pid, 19));
  assert.notEqual(target.state(), 'T');
  const reason = whyNoSuchStage(weak);
  if (reason !== null) return context.diagnostic(reason);
  assert.equal((await strike(weak, target.pid, 19)).escaped.length, 1);
  for (let attempt = 0; attempt < 100 && target.state() !== 'T'; attempt++) await sleep(20);
  assert.equal(target.state(), 'T');
});

test('kill -9 -1 reaches the program’s own children only, and never init', async () => {
  assertHeld(await run(SERVING, everyone));
});
