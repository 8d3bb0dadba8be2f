// A program that makes its caller root (setuid), made visible in the box by a mount.

import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nativeOnly, rootWith, shows, temporaryDirectory, withstands } from './attack.ts';
import { attack, without } from './stage.ts';

const weapon = attack(`
int main(int argc, char **argv) {
  if (argc == 1) {
    execl("/shared/setuid", "setuid", "go", NULL);
    held("start the program");
    return 0;
  }
  errno = EPERM;
  if (geteuid() == 0) escaped("effective user 0"); else held("become root");
  if (getegid() == 0) escaped("effective group 0"); else held("become root's group");
  return 0;
}`);

const directory = temporaryDirectory();
const program = join(directory, 'setuid');
writeFileSync(program, weapon.file.content);
chownSync(program, 0, 0);
chmodSync(program, 0o6755);
chmodSync(directory, 0o755);
const root = rootWith({ '/shared': directory });

// Without capabilities, as in a container, the filter can only be loaded under no_new_privs: it is left out with it.
test(
  'a setuid program makes nobody root',
  shows(weapon, without('NO_NEW_PRIVILEGES', 'NO_SETUID_FILES', 'SECCOMP'), { root }),
);
test(
  'no_new_privs and nosuid are each enough',
  nativeOnly('an image is not mounted with nosuid'),
  withstands(weapon, [without('NO_NEW_PRIVILEGES'), without('NO_SETUID_FILES')], { root }),
);
