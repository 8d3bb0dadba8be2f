// A build whose output is a link to a file of the machine: whoever collects it by name gives the file away. In a
// container it would be a file that the program can read itself.

import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertHeld, DRIVER, rootWith, run, temporaryDirectory } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const linker = attack(`
int main(int argc, char **argv) {
  if (strcmp(argv[1], "link") == 0) {
    FILE *program = fopen("/box/out/own", "w");
    fputs("own", program);
    fclose(program);
    return symlink(argv[2], "/box/out/file") < 0 || symlink("/etc", "/box/out/directory") < 0;
  }
  if (access("/build/own", F_OK) < 0) return 3;
  char text[64] = "";
  int file = open("/build/file", O_RDONLY);
  if (file < 0 || read(file, text, sizeof text - 1) < 0) held("collect through a link");
  else escaped("read %s", text);
  if (access("/build/directory/passwd", F_OK) == 0) escaped("collected a directory through a link");
  return 0;
}`);
const weak = without('LINK_CHECK');

test('a link in a build’s output is not followed', async () => {
  const directory = temporaryDirectory();
  const [secret, isContainer] = [join(directory, 'secret'), DRIVER === 'docker'];
  writeFileSync(secret, 'the secret of the machine');
  chmodSync(secret, isContainer ? 0o644 : 0o600); // whatever the umask of this process is
  chmodSync(directory, 0o755);
  const target = isContainer ? '/shared/secret' : secret;
  const attempt = {
    args: ['link', target],
    thenRun: ['/code/attack', 'read'],
    root: rootWith(isContainer ? { '/shared': directory } : {}),
  };
  const ending = await run(SERVING, linker, attempt);
  assertHeld(ending);
  assert.equal(ending.outcome.exitCode, 0);
  assert.deepEqual((await run(weak, linker, attempt)).escaped, ['read the secret of the machine']);
});
