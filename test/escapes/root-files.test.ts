// Writing to what a root shows of the machine, where the rights of the files would permit it; and leaving the root by
// the parent of its top, where the machine's own root was.

import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rootWith, run, shows, temporaryDirectory } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const writer = attack(`
static bool writes(void) { return write(open("/shared/tool", O_WRONLY), "bad", 3) == 3; }
static bool plants(void) { return open("/shared/planted", O_CREAT | O_WRONLY, 0644) >= 0; }
static bool removes(void) { return unlink("/shared/gone") == 0; }
int main(void) {
  attempt("write to a file of the root", writes);
  attempt("plant a file", plants);
  attempt("remove a file", removes);
  return 0;
}`);
const leaver = attack(`
static char path[PATH_MAX];
static bool reads(void) { return open(path, O_RDONLY) >= 0; }
static bool climbs(void) { return chdir("/") == 0 && chdir("..") == 0 && open(path + 4, O_RDONLY) >= 0; }
static bool plain(void) { return open(path + 3, O_RDONLY) >= 0; }
int main(int argc, char **argv) {
  snprintf(path, sizeof path, "/..%s", argv[1]);
  if (plain()) escaped("the machine's root is the box's");
  errno = ENOENT;
  attempt("read above the root", reads);
  attempt("climb above the root", climbs);
  return 0;
}`);

function sharedDirectory() {
  const directory = temporaryDirectory();
  for (const name of ['tool', 'gone']) {
    writeFileSync(join(directory, name), 'good');
    chmodSync(join(directory, name), 0o666);
  }
  chmodSync(directory, 0o777);
  return directory;
}

const weak = without('READ_ONLY_ROOT');

test('what a root shows of the machine is read-only', async () => {
  for (const [stage, escapes, content] of [
    [SERVING, 0, 'good'],
    [weak, 3, 'badd'],
  ] as const) {
    const directory = sharedDirectory();
    const { escaped, stdout } = await run(stage, writer, { root: rootWith({ '/shared': directory }) });
    assert.equal(escaped.length, escapes, stdout);
    assert.equal(readFileSync(join(directory, 'tool'), 'utf8'), content);
    assert.equal(existsSync(join(directory, 'planted')), escapes > 0);
  }
});

const secret = join(sharedDirectory(), 'tool');
test('no file of the machine is above the root', shows(leaver, without('OWN_ROOT'), { args: [secret] }));
