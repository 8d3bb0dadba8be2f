// Changing what was submitted or built, for the next test's run: writing, removing, renaming, changing rights in /code and
// /build. Root owns them and their mounts are read-only. In a container a program is as much their owner as the supervisor:
// it can change what it sees itself, and they are written anew for the next run.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BARE_ROOT } from '../../src/sandbox/self-test.ts';
import { assertHeld, commandOf, DRIVER, endingOf, LIMITS, nativeOnly, sandboxOf } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

const vandal = attack(`
static bool writes(void) { int file = open("/code/data", O_WRONLY); return file >= 0 && write(file, "bad ", 4) == 4; }
static bool writes_build(void) { int file = open("/build/data", O_WRONLY); return file >= 0 && write(file, "bad ", 4) == 4; }
static bool renames(void) { return rename("/code/old", "/code/new") == 0; }
static bool removes(void) { return unlink("/code/gone") == 0; }
static bool replaces(void) { return symlink("/etc/passwd", "/build/planted") == 0; }
static bool changes_rights(void) { return chmod("/code/data", 0777) == 0; }
static bool writes_by_link(void) { int file = open("/box/work/data", O_WRONLY); return file >= 0 && write(file, "bad ", 4) == 4; }
static bool by_descriptor(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", open("/code/data", O_RDONLY));
  return open(path, O_RDWR) >= 0;
}
int main(int argc, char **argv) {
  if (strcmp(argv[1], "build") == 0) {
    int file = open("/box/out/data", O_CREAT | O_WRONLY, 0644);
    return write(file, "good", 4) != 4;
  }
  if (strcmp(argv[1], "look") == 0) {
    char code[8] = "", build[8] = "";
    read(open("/code/data", O_RDONLY), code, 4);
    read(open("/build/data", O_RDONLY), build, 4);
    bool same = !strcmp(code, "good") && !strcmp(build, "good") && !access("/code/old", F_OK) &&
                !access("/code/gone", F_OK) && access("/build/planted", F_OK);
    if (same) held("change what the next run sees"); else escaped("the next run sees other files");
    return 0;
  }
  if (strcmp(argv[1], "insist") == 0) {
    chmod("/code", 0777);
    chmod("/build", 0777);
    chmod("/code/data", 0777);
    chmod("/build/data", 0777);
  }
  attempt("write to /code", writes);
  attempt("write to /build", writes_build);
  attempt("rename in /code", renames);
  attempt("remove from /code", removes);
  attempt("plant in /build", replaces);
  attempt("change rights", changes_rights);
  attempt("write through the link in the work directory", writes_by_link);
  attempt("open again to write", by_descriptor);
  return 0;
}`);
const signal = new AbortController().signal;
const file = (path: string) => ({ path, content: Buffer.from('good') });

async function vandalise(stage: Stage, action: string) {
  const { sandbox } = await sandboxOf(stage);
  await using workspace = await sandbox.open(BARE_ROOT, [
    vandal.file,
    file('data'),
    file('old'),
    file('gone'),
  ]);
  await workspace.build(commandOf(['/code/attack', 'build']), LIMITS, signal);
  const once = async (action: string) =>
    endingOf(await workspace.run(commandOf(['/code/attack', action]), new Uint8Array(), LIMITS, signal));
  return { vandalism: await once(action), next: await once('look') };
}

const layers = [SERVING, without('USER'), without('READ_ONLY_ARTIFACTS')];
const weak = without('USER', 'READ_ONLY_ARTIFACTS');
const notRenewed = DRIVER === 'docker' ? without('PRIVATE_MOUNTS') : weak;

test(
  'a run changes nothing of what was submitted or built',
  nativeOnly('a program in a container is the owner of what it sees'),
  async () => {
    for (const stage of layers) {
      const { vandalism, next } = await vandalise(stage, 'change');
      assertHeld(vandalism);
      assertHeld(next);
    }
    const { vandalism, next } = await vandalise(weak, 'change');
    assert.equal(vandalism.escaped.length, 8, vandalism.stdout);
    assert.equal(next.escaped.length, 1);
  },
);

test('whatever a run does, the next one sees what was submitted and built', async () => {
  assertHeld((await vandalise(SERVING, 'insist')).next);
  assert.equal((await vandalise(notRenewed, 'insist')).next.escaped.length, 1);
});
