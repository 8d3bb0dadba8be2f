// Mounts and roots: over /proc, away from the root, and files by handle, which need no path at all.

import { test } from 'node:test';
import { shows, withstands } from './attack.ts';
import { attack, without } from './stage.ts';

const weapon = attack(`
static bool mounts(void) { return mount("none", "/box/tmp", "tmpfs", 0, NULL) == 0; }
static bool remounts(void) { return mount(NULL, "/box", NULL, MS_REMOUNT | MS_BIND, NULL) == 0; }
static bool unmounts(void) { return umount2("/proc", MNT_DETACH) == 0; }
static bool changes_root(void) { return chroot("/box/work") == 0; }
static bool pivots(void) {
  return chdir("/box/work") == 0 && mount("/box/work", "/box/work", NULL, MS_BIND, NULL) == 0 &&
         chdir("/box/work") == 0 && syscall(SYS_pivot_root, ".", ".") == 0;
}
static bool opens_tree(void) { return syscall(SYS_open_tree, AT_FDCWD, "/etc", 1 /* OPEN_TREE_CLONE */) >= 0; }
static bool opens_file_system(void) { return syscall(SYS_fsopen, "tmpfs", 0) >= 0; }
static bool by_handle(void) {
  struct { struct file_handle head; char bytes[128]; } handle = {.head.handle_bytes = 128};
  int number;
  int file = open("/box/work/target", O_CREAT | O_WRONLY, 0600), directory = open("/box/work", O_RDONLY | O_DIRECTORY);
  if (file < 0 || name_to_handle_at(AT_FDCWD, "/box/work/target", &handle.head, &number, 0) < 0) return false;
  return open_by_handle_at(directory, &handle.head, O_RDONLY) >= 0;
}
int main(void) {
  attempt("mount", mounts);
  attempt("remount", remounts);
  attempt("unmount", unmounts);
  attempt("chroot", changes_root);
  attempt("open_tree", opens_tree);
  attempt("fsopen", opens_file_system);
  attempt("open_by_handle_at", by_handle);
  attempt("pivot_root", pivots);
  return 0;
}`);

test('a program changes no mount and opens no file by handle', shows(weapon, without('SECCOMP', 'USER')));
test(
  'the filter and the lack of capabilities are each enough',
  withstands(weapon, [without('SECCOMP'), without('USER')]),
);
