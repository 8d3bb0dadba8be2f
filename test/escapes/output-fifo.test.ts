// A build that leaves a FIFO, where whoever opens it to read waits for one who never writes: all other boxes would
// wait with it. Sockets and devices at the same place are left out as well.

import assert from 'node:assert/strict';
import { closeSync, constants, openSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertHeld, closeStage, DRIVER, run, sandboxOf, TIME_FACTOR } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const maker = attack(`
int main(int argc, char **argv) {
  if (strcmp(argv[1], "make") == 0) {
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "/box/out/socket"};
    if (bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, sizeof name) < 0) return 2;
    return mkfifo("/box/out/fifo", 0644) < 0;
  }
  if (access("/build/fifo", F_OK) == 0) escaped("the FIFO was collected"); else held("collect a FIFO");
  if (access("/build/socket", F_OK) == 0) escaped("the socket was collected"); else held("collect a socket");
  return 0;
}`);
const weak = without('FIFO_CHECK');
const attempt = { args: ['make'], thenRun: ['/code/attack', 'look'] };

/** Opens the FIFO for writing where the supervisor holds its directory. */
function release(pid: number): boolean {
  for (const number of readdirSync(`/proc/${pid}/fd`)) {
    try {
      closeSync(openSync(`/proc/${pid}/fd/${number}/fifo`, constants.O_WRONLY | constants.O_NONBLOCK));
      return true;
    } catch {
      // another descriptor, or the supervisor has not opened the FIFO yet: the caller asks again
    }
  }
  return false;
}

test('a FIFO in a build’s output makes nobody wait', async () => {
  assertHeld(await run(SERVING, maker, attempt));
  let isDone = false;
  const stuck = run(weak, maker, attempt).finally(() => {
    isDone = true;
  });
  await sleep(700 * TIME_FACTOR);
  assert.equal(isDone, false, 'without the check the supervisor waits');
  if (DRIVER === 'docker') {
    const rejected = assert.rejects(stuck, { name: 'SandboxError' });
    await closeStage(weak); // its container goes with it
    return rejected;
  }
  assert.ok(release((await sandboxOf(weak)).pid), 'the supervisor waits in the FIFO');
  await stuck;
});
