// Becoming root, or being it: setuid and capabilities, a file that only root may read.

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rootWith, shows, temporaryDirectory } from './attack.ts';
import { attack, without } from './stage.ts';

const weapon = attack(`
#include <grp.h>
#include <linux/capability.h>
static bool to_root(void) { return setuid(0) == 0; }
static bool to_root_and_back(void) { return setresuid(0, -1, -1) == 0; }
static bool to_group(void) { return setgid(0) == 0; }
static bool to_groups(void) { gid_t group = 0; return setgroups(1, &group) == 0; }
static bool root_file(void) { return open("/shared/secret", O_RDONLY) >= 0; }
static bool chowns(void) { int file = open("/box/work/x", O_CREAT | O_WRONLY, 0600); return fchown(file, 12345, 12345) == 0; }
static bool capability(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct sets[2] = {{0}};
  if (syscall(SYS_capget, &header, sets) < 0) return false;
  errno = EPERM;
  return sets[0].permitted || sets[1].permitted;
}
static bool bounding_set(void) {
  for (int i = 0; i <= 40; i++) if (prctl(PR_CAPBSET_READ, i) == 1) return true;
  errno = EPERM;
  return false;
}
int main(void) {
  attempt("setuid(0)", to_root);
  attempt("setresuid(0)", to_root_and_back);
  attempt("setgid(0)", to_group);
  attempt("setgroups", to_groups);
  attempt("read a file of root", root_file);
  attempt("give a file away", chowns);
  attempt("hold a capability", capability);
  attempt("could ever hold a capability", bounding_set);
  return 0;
}`);

const directory = temporaryDirectory();
chmodSync(directory, 0o755);
writeFileSync(join(directory, 'secret'), 'secret', { mode: 0o600 });
const root = rootWith({ '/shared': directory });

test('a program is not root and cannot become it', shows(weapon, without('USER'), { root }));
