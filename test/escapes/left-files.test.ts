// Files left behind for the next run: in the work directory, /tmp and /dev/shm.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertHeld, runInTurn, whyNoSuchStage } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

const courier = attack(`
static const char *const PLACES[] = {"/box/work/word", "/tmp/word", "/dev/shm/word"};
int main(int argc, char **argv) {
  for (int i = 0; i < 3; i++) {
    if (strcmp(argv[1], "leave") == 0) {
      if (open(PLACES[i], O_CREAT | O_WRONLY, 0644) >= 0) escaped("left %s", PLACES[i]);
    } else if (access(PLACES[i], F_OK) == 0) {
      escaped("found %s", PLACES[i]);
    } else {
      held(PLACES[i]);
    }
  }
  unlink("/box/work/attack"); // the link to this program, which the next box makes anew
  return 0;
}`);
/** In one workspace, because without mounts of its own a box cannot get another one's files. */
const leaveAndFind = (stage: Stage) => runInTurn(stage, courier, [['leave'], ['find']]);

const weak = without('PRIVATE_MOUNTS');

test('no file is left for the next run', async (context) => {
  assertHeld(await leaveAndFind(SERVING));
  const reason = whyNoSuchStage(weak);
  if (reason !== null) return context.diagnostic(reason);
  const { escaped, stdout } = await leaveAndFind(weak);
  assert.equal(escaped.length, 3, stdout);
});
