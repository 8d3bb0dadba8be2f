// Devices: those that a mount of the machine brings along, those that a program makes, and those that boxes never have.

import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DRIVER, rootWith, shows, temporaryDirectory, withstands } from './attack.ts';
import { attack, without } from './stage.ts';

const opener = attack(`
static bool shared(void) { return open("/shared/device", O_RDONLY) >= 0; }
int main(void) {
  attempt("open a device of a mount", shared);
  return 0;
}`);
const maker = attack(`
#include <sys/sysmacros.h>
static bool makes(void) { return mknod("/box/work/device", S_IFCHR | 0666, makedev(1, 3)) == 0 && open("/box/work/device", O_RDONLY) >= 0; }
int main(void) {
  attempt("make and open a device", makes);
  return 0;
}`);
const looker = attack(`
static const char *path;
static bool opens(void) { return open(path, O_RDONLY) >= 0; }
int main(void) {
  const char *const paths[] = {"/dev/mem", "/dev/kmsg", "/dev/kvm", "/dev/fuse", "/dev/sda", "/dev/vda", "/dev/net/tun", "/dev/loop0"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    path = paths[i];
    attempt(path, opens);
  }
  return 0;
}`);

const directory = temporaryDirectory();
// As /dev/null; where a container may open that, as /dev/fuse.
const number = DRIVER === 'native' ? ['1', '3'] : ['10', '229'];
execFileSync('mknod', ['-m', '666', join(directory, 'device'), 'c', ...number]);
chmodSync(directory, 0o755);
const root = rootWith({ '/shared': directory });

test('a device that a mount brings cannot be opened', shows(opener, without('NO_DEVICES'), { root }));
test('a program makes no device', shows(maker, without('USER', 'NO_DEVICES')));
test('the user and the mount are each enough', withstands(maker, [without('USER'), without('NO_DEVICES')]));
test(
  'a box has no device of the machine, not even for root',
  withstands(looker, [without('USER'), without('SECCOMP')]),
);
