// Marks on the places themselves, which stay when they are emptied: attributes and access lists, flags, times. In native
// boxes every run has places of its own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertHeld, runInTurn, whyNoSuchStage } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

const courier = attack(`
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/xattr.h>
static const char *const PLACES[] = {"/box", "/box/work", "/code", "/build"};
static bool leaves_attribute(const char *path) { return setxattr(path, "user.word", "word", 4, 0) == 0; }
static bool finds_attribute(const char *path) { char word[8]; return getxattr(path, "user.word", word, sizeof word) == 4; }
static bool leaves_list(const char *path) {
  const struct { uint32_t version; struct { uint16_t tag, rights; uint32_t id; } entries[3]; } list =
      {2, {{1, 7, -1}, {4, 0, -1}, {32, 0, -1}}};
  return setxattr(path, "system.posix_acl_default", &list, sizeof list, 0) == 0;
}
static bool finds_list(const char *path) { char list[64]; return getxattr(path, "system.posix_acl_default", list, sizeof list) > 0; }
static bool leaves_flag(const char *path) {
  int flags = FS_NODUMP_FL, directory = open(path, O_RDONLY | O_DIRECTORY);
  return ioctl(directory, FS_IOC_SETFLAGS, &flags) == 0;
}
static bool finds_flag(const char *path) {
  int flags = 0, directory = open(path, O_RDONLY | O_DIRECTORY);
  return ioctl(directory, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_NODUMP_FL);
}
static bool leaves_time(const char *path) {
  const struct timespec times[2] = {{4711, 0}, {4711, 0}};
  return utimensat(AT_FDCWD, path, times, 0) == 0;
}
static bool finds_time(const char *path) { struct stat status; return stat(path, &status) == 0 && status.st_atime == 4711; }
static const struct { const char *name; bool (*leave)(const char *path), (*find)(const char *path); } MARKS[] = {
    {"attribute", leaves_attribute, finds_attribute}, {"access list", leaves_list, finds_list},
    {"flag", leaves_flag, finds_flag}, {"time", leaves_time, finds_time},
};
int main(int argc, char **argv) {
  unlink("/box/work/attack"); // the link to this program, which the next box makes anew
  for (int i = 0; i < 16; i++) {
    const char *place = PLACES[i / 4];
    if (strcmp(argv[1], "leave") == 0) MARKS[i % 4].leave(place);
    else if (MARKS[i % 4].find(place)) escaped("%s of %s", MARKS[i % 4].name, place);
    else held(MARKS[i % 4].name);
  }
  return 0;
}`);
const leaveAndFind = (stage: Stage) => runInTurn(stage, courier, [['leave'], ['find']]);

const kept = without('PRIVATE_MOUNTS');
const unfiltered = without('SECCOMP');
const keptAndUnfiltered = without('PRIVATE_MOUNTS', 'SECCOMP');

test('no mark is left for the next run, by the filter or by what is removed after it', async () => {
  assertHeld(await leaveAndFind(SERVING));
  if (whyNoSuchStage(unfiltered) === null) assertHeld(await leaveAndFind(unfiltered));
});

test('without places of its own a run finds times', async (context) => {
  const reason = whyNoSuchStage(kept);
  if (reason !== null) return context.diagnostic(reason);
  const { escaped } = await leaveAndFind(kept);
  assert.ok(escaped.length > 0);
  assert.deepEqual([...new Set(escaped.map((mark) => mark.replace(/ of .*/, '')))], ['time']);
});

test('without the filter as well it finds all else', async (context) => {
  const reason = whyNoSuchStage(keptAndUnfiltered);
  if (reason !== null) return context.diagnostic(reason);
  const { escaped } = await leaveAndFind(keptAndUnfiltered);
  const marks = new Set(escaped.map((mark) => mark.replace(/ of .*/, '')));
  if (marks.size === 1) return context.skip('this kernel keeps no attributes in memory');
  assert.ok(marks.has('time') && marks.has('access list'), escaped.join());
});
