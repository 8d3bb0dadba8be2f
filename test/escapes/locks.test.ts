// File locks on what boxes share: a lock needs no right to write, blocks every process that waits for it (a compiler that
// reads a shared cache), and can be seen by others, bit by bit a message.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertHeld, nativeOnly, run, shows, TIME_FACTOR } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

const locker = attack(`
#include <sys/file.h>
static int shared(void) { return open("/etc/passwd", O_RDONLY); }
static struct flock whole(short type) { return (struct flock){.l_type = type, .l_whence = SEEK_SET}; }
static void lock(int command) {
  struct flock lock = whole(F_RDLCK);
  fcntl(shared(), command, &lock);
}
static void lock_file(void) { flock(shared(), LOCK_EX); }
static void lock_record(void) { lock(F_SETLKW); }
static void lock_description(void) { lock(F_OFD_SETLKW); }
static bool see(int command) {
  struct flock lock = whole(F_WRLCK);
  return fcntl(shared(), command, &lock) == 0 && lock.l_type != F_UNLCK;
}
static bool see_file(void) {
  int file = shared();
  bool is_locked = flock(file, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
  close(file);
  return is_locked;
}
static bool see_record(void) { return see(F_GETLK); }
static bool see_description(void) { return see(F_OFD_GETLK); }

static const struct {
  const char *name;
  void (*take)(void);
  bool (*see)(void);
} kinds[] = {{"flock", lock_file, see_file}, {"record lock", lock_record, see_record}, {"description lock", lock_description, see_description}};

int main(int argc, char **argv) {
  double patience = atof(argv[2]);
  for (int i = 0; i < 3; i++) {
    bool seen = false;
    if (strcmp(argv[1], "hold") == 0) kinds[i].take();
    pid_t child = strcmp(argv[1], "alone") == 0 ? fork() : -1;
    if (child == 0) {
      kinds[i].take();
      usleep(patience * 1e6);
      _exit(0);
    }
    for (int j = 0; j < patience * 50 && !seen && strcmp(argv[1], "hold") != 0; j++, usleep(20000)) seen = kinds[i].see();
    if (child > 0) waitpid(child, NULL, 0);
    errno = 0;
    if (seen) escaped("saw a %s of another process", kinds[i].name);
    else if (strcmp(argv[1], "hold") != 0) held(kinds[i].name);
  }
  if (strcmp(argv[1], "hold") == 0) usleep(patience * 1e6);
  return 0;
}`);
const honest = attack(`
#include <sys/file.h>
int main(void) {
  int file = open("/box/work/own", O_CREAT | O_RDWR, 0600);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET}, question = lock;
  if (flock(file, LOCK_EX | LOCK_NB) < 0) held("flock");
  if (fcntl(file, F_SETLK, &lock) < 0 || fcntl(file, F_OFD_SETLK, &lock) < 0 || lockf(file, F_LOCK, 0) < 0) held("lock");
  if (fcntl(file, F_GETLK, &question) < 0 || question.l_type != F_UNLCK) held("ask");
  if (posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL) != 0) held("advise");
  return 0;
}`);
const weak = without('SECCOMP');

test('a program sees no lock of another process', shows(locker, weak, { args: ['alone', '0.5'] }));

const alone = nativeOnly('each container has files of its own, as far as locks go');

test('nor of another box, whose locks hold nobody up', alone, async () => {
  /** What a box sees of the locks that another one holds for as long as it looks. */
  const between = async (stage: Stage, patience: number) => {
    const holding = new AbortController();
    const holder = run(stage, locker, { slots: 2, args: ['hold', '3600'], signal: holding.signal });
    const seen = await run(stage, locker, { slots: 2, args: ['see', String(patience * TIME_FACTOR)] });
    holding.abort();
    await holder;
    return seen;
  };
  assertHeld(await between(SERVING, 0.3));
  assert.equal((await between(weak, 2)).escaped.length, 3);
});

test('programs that lock files of their own go on', async () => {
  const { outcome, held } = await run(SERVING, honest);
  assert.deepEqual([outcome.exitCode, held], [0, []]);
});
