// What a program leaves in its container is gone for the next one, which sees the same as the first in a new container;
// and without the protection that is meant it would not.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineForTests } from '../../../test/docker-engine.ts';
import { attack, type Stage, without } from '../../../test/escapes/stage.ts';
import type { ImageRoot, Workspace } from '../../sandbox/sandbox.ts';
import { MIB } from '../../units.ts';
import type { DockerEngine } from '../engine.ts';
import { bareRoot, LIMITS, startSandbox } from './docker-fixture.ts';

// `leave KIND` leaves something behind; `look` tells all that a program can see of what others left.
const litter = attack(`
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <linux/fs.h>
#include <mqueue.h>

static bool touch(const char *path, mode_t mode) {
  int file = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
  bool done = file >= 0 && write(file, "word", 4) == 4 && fchmod(file, mode) == 0;
  if (file >= 0) close(file);
  return done;
}
static bool leave_files(void) {
  return touch("/box/work/word", 0) && touch("/tmp/.word", 0600) && touch("/dev/shm/word", 0) &&
         touch("/box/beside", 0600) && touch("/box/work/.moved-1", 0600) && touch("/box/work/ \\n*?", 0600);
}
static bool leave_kinds(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/box/work/socket"};
  int pair = socket(AF_UNIX, SOCK_STREAM, 0);
  bool bound = pair < 0 || bind(pair, (struct sockaddr *)&address, sizeof address) == 0;
  return bound && mkfifo("/box/work/fifo", 0) == 0 && symlink("/etc/passwd", "/box/work/link") == 0 &&
         symlink(".", "/tmp/loop") == 0 && symlink("/box/work", "/dev/shm/link") == 0;
}
static bool leave_many(void) {
  char path[64];
  int count = 0;
  for (; count < 8000; count++) {
    snprintf(path, sizeof path, "/box/work/many-%d", count);
    int file = open(path, O_CREAT | O_WRONLY, 0);
    if (file < 0) break;
    close(file);
  }
  return count > 1000;
}
static bool leave_deep(void) {
  const char *const places[] = {"/box/work", "/tmp", "/dev/shm"};
  for (int i = 0; i < 3; i++) {
    if (chdir(places[i]) < 0) return false;
    int depth = 0;
    for (; depth < 1500 && mkdir("d", 0700) == 0; depth++)
      if (!touch("file", 0) || chdir("d") < 0) return false;
    for (int up = 0; up < depth; up++)
      if (chdir("..") < 0 || chmod("d", 0) < 0) return false;
  }
  return true;
}
static bool leave_moved(void) {
  return rename("/box/work", "/box/moved") == 0 && symlink("/etc", "/box/work") == 0 && chmod("/box/moved", 0) == 0 &&
         rename("/box/tmp", "/box/moved-tmp") == 0 && mkdir("/box/tmp", 0) == 0;
}
static bool leave_closed(void) { return chmod("/box/work", 0) == 0 && chmod("/box/tmp", 0) == 0 && chmod("/box", 0) == 0; }
static bool leave_changed(void) {
  return chmod("/code", 0700) == 0 && touch("/code/word", 0600) && unlink("/code/data") == 0 && touch("/code/data", 0644) &&
         chmod("/build", 0700) == 0 && touch("/build/word", 0600);
}
static bool leave_memory(int mode) {
  int number = shmget(4711, 1 << 20, IPC_CREAT | IPC_EXCL | mode);
  return number >= 0 && shmget(IPC_PRIVATE, 4096, IPC_CREAT | mode) >= 0;
}
static bool leave_messages(int mode) {
  struct { long type; char text[5]; } word = {1, "word"};
  int number = msgget(4711, IPC_CREAT | IPC_EXCL | mode);
  if (number >= 0 && mode) msgsnd(number, &word, 5, IPC_NOWAIT);
  return number >= 0 && msgget(IPC_PRIVATE, IPC_CREAT | mode) >= 0;
}
static bool leave_semaphores(int mode) {
  return semget(4711, 3, IPC_CREAT | IPC_EXCL | mode) >= 0 && semget(IPC_PRIVATE, 1, IPC_CREAT | mode) >= 0;
}
static bool leave_ipc(void) { return leave_memory(0600) && leave_messages(0600) && leave_semaphores(0600); }
static bool leave_secret_ipc(void) { return leave_memory(0) && leave_messages(0) && leave_semaphores(0); }
static bool leave_queue(void) {
  mqd_t queue = mq_open("/word", O_CREAT | O_RDWR, 0600, NULL);
  return queue >= 0 || errno == EMFILE || errno == ENOSYS; // none is to be had
}
static bool leave_daemon(void) {
  for (int number = 1; number < 32; number++)
    if (number != SIGCHLD) signal(number, SIG_IGN);
  pid_t child = fork();
  if (child == 0) {
    setsid();
    if (fork() == 0) {
      for (int file = 0; file < 3; file++) close(file);
      setpriority(PRIO_PROCESS, 0, 19);
      for (;;) pause();
    }
    _exit(0);
  }
  return child > 0 && waitpid(child, NULL, 0) == child;
}
static bool leave_bomb(void) {
  if (fork() == 0)
    for (;;) {
      setsid();
      fork();
    }
  usleep(100 * 1000);
  return true;
}
static const char *const PLACES[] = {"/box", "/code", "/build", "/dev/shm", "/dev/mqueue"};
static const char *const DEVICES[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"};
static bool leave_times(void) {
  const struct timespec times[2] = {{123456789, 987654321}, {987654321, 123456789}};
  for (int i = 0; i < 3; i++) if (utimensat(AT_FDCWD, PLACES[i], times, 0) < 0) return false;
  utimensat(AT_FDCWD, "/dev/shm", NULL, 0);
  utimensat(AT_FDCWD, "/dev/mqueue", NULL, 0);
  for (int i = 0; i < 6; i++) if (utimensat(AT_FDCWD, DEVICES[i], NULL, 0) < 0) return false;
  usleep(20 * 1000); // the kernel's clock for files has ticks
  return true;
}
static bool leave_modes(void) {
  return chmod("/box", 01751) == 0 && chmod("/code", 02713) == 0 && chmod("/build", 01505) == 0;
}
// None of these can be left; what the kernel lacks cannot either.
static bool leave_marks(void) {
  const struct { uint32_t version; struct { uint16_t tag, rights; uint32_t id; } entries[3]; } closed = {2, {{1, 0, -1}, {4, 0, -1}, {32, 0, -1}}};
  for (int i = 0; i < 4; i++) {
    int flags = 0, directory = open(PLACES[i], O_RDONLY | O_DIRECTORY);
    setxattr(PLACES[i], "user.word", "word", 4, 0);
    fsetxattr(directory, "trusted.word", "word", 4, 0);
    lsetxattr(PLACES[i], "system.posix_acl_access", &closed, sizeof closed, 0);
    syscall(463 /* setxattrat */, AT_FDCWD, PLACES[i], 0, "user.other", NULL, 0);
    setxattr(PLACES[i], "system.posix_acl_default", &closed, sizeof closed, 0);
    if (ioctl(directory, FS_IOC_GETFLAGS, &flags) == 0) {
      flags |= FS_NODUMP_FL | FS_NOATIME_FL;
      if (ioctl(directory, FS_IOC_SETFLAGS, &flags) == 0) return false;
      if (syscall(SYS_ioctl, directory, 0x100000000ul | FS_IOC_SETFLAGS, &flags) == 0) return false;
    }
    close(directory);
  }
  return true;
}
static const struct {
  const char *name;
  bool (*leave)(void);
} KINDS[] = {
    {"files", leave_files}, {"kinds", leave_kinds}, {"many", leave_many}, {"deep", leave_deep}, {"moved", leave_moved},
    {"closed", leave_closed}, {"changed", leave_changed}, {"ipc", leave_ipc}, {"secret-ipc", leave_secret_ipc},
    {"times", leave_times}, {"modes", leave_modes}, {"marks", leave_marks}, {"queue", leave_queue}, {"daemon", leave_daemon}, {"bomb", leave_bomb},
};

static void look_into(const char *path) {
  struct dirent **entries;
  struct stat status;
  int count = scandir(path, &entries, NULL, alphasort);
  printf("%s %o %d:", path, stat(path, &status) < 0 ? 0 : status.st_mode, count);
  for (int i = 0; i < count && i < 20; i++) printf(" %s", entries[i]->d_name);
  puts("");
}
static bool is_before(struct timespec a, struct timespec b) {
  return a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec < b.tv_nsec);
}
// What is older than this run's own directory was left by another.
static void look_at_marks(const char *path) {
  char names[4096];
  int flags = 0, file = open(path, O_RDONLY | O_NONBLOCK | O_DIRECTORY);
  struct stat status, work;
  stat("/box/work", &work);
  stat(path, &status);
  if (file >= 0) ioctl(file, FS_IOC_GETFLAGS, &flags);
  printf("%s: %d bytes of names, flags %d%s%s\\n", path, (int)listxattr(path, names, sizeof names), flags,
         is_before(status.st_mtim, work.st_mtim) ? ", changed before" : "",
         is_before(status.st_atim, work.st_mtim) ? ", read before" : "");
  if (file >= 0) close(file);
}
static void look(void) {
  for (int i = 0; i < 5; i++) look_at_marks(PLACES[i]);
  for (int i = 0; i < 6; i++) look_at_marks(DEVICES[i]);
  const char *const places[] = {"/box", "/box/work", "/tmp", "/code", "/build", "/dev/shm", "/dev/mqueue"};
  for (int i = 0; i < 7; i++) look_into(places[i]);
  char text[16] = "";
  int data = open("/code/data", O_RDONLY);
  if (data >= 0 && read(data, text, sizeof text - 1) > 0) printf("data %s\\n", text);
  struct dirent **entries;
  int processes = 0, count = scandir("/proc", &entries, NULL, NULL);
  for (int i = 0; i < count; i++) processes += atoi(entries[i]->d_name) > 0;
  printf("%d processes\\n", processes);
  struct shm_info memory;
  struct seminfo semaphores;
  struct msginfo messages;
  shmctl(0, SHM_INFO, (struct shmid_ds *)&memory);
  semctl(0, 0, SEM_INFO, &semaphores);
  msgctl(0, MSG_INFO, (struct msqid_ds *)&messages);
  printf("%d shared memories, %d semaphores, %d queues\\n", memory.used_ids, semaphores.semusz, messages.msgpool);
}

int main(int argc, char **argv) {
  umask(0);
  if (strcmp(argv[1], "look") == 0) {
    look();
    return 0;
  }
  for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
    if (strcmp(argv[2], KINDS[i].name) == 0) return KINDS[i].leave() ? 0 : 1;
  return 2;
}`);

/** What each protection keeps away. */
const WEAK: readonly (readonly [string, Stage])[] = [
  ['files', without('PRIVATE_MOUNTS')],
  ['times', without('PRIVATE_MOUNTS')],
  ['ipc', without('PRIVATE_IPC')],
  ['daemon', without('KILL_AT_END')],
];

const { engine, skip } = await engineForTests();
const FILES = [litter.file, { path: 'data', content: Buffer.from('theirs') }];
const limits = { ...LIMITS, memoryBytes: 128 * MIB, diskBytes: 16 * MIB };

async function run(workspace: Workspace, ...args: string[]): Promise<string> {
  const command = { argv: ['/code/attack', ...args], environment: {} };
  const outcome = await workspace.run(command, new Uint8Array(), limits, new AbortController().signal);
  assert.deepEqual([outcome.exitCode, outcome.signal], [0, null], `${args}: ${outcome.stderr}`);
  return Buffer.from(outcome.stdout).toString();
}

/** What a program sees in a new container, and in one where another left something; both with the same protections. */
async function leaveAndLook(used: DockerEngine, root: ImageRoot, kind: string) {
  await using sandbox = await startSandbox(used);
  await using fresh = await sandbox.sandbox.open(root, FILES);
  await using workspace = await sandbox.sandbox.open(root, FILES);
  const clean = await run(fresh, 'look');
  await run(workspace, 'leave', kind);
  const before = await sandbox.containers();
  const seen = await run(workspace, 'look');
  const after = await sandbox.containers();
  const isSame =
    before.length === after.length && before.every(({ Id }) => after.some((one) => one.Id === Id));
  return { clean, seen, isSame };
}

describe('what a program leaves in its container', { skip, concurrency: 2 }, () => {
  for (const [kind, what] of [
    ['files', 'files with any name and mode, in each place'],
    ['kinds', 'links, sockets and pipes'],
    ['many', 'as many files as there may be'],
    ['deep', 'directories too deep for a path, which nobody may enter'],
    ['moved', 'its directories moved and replaced'],
    ['closed', 'its directories closed for everybody'],
    ['changed', 'changed sources'],
    ['ipc', 'shared memory, messages and semaphores'],
    ['secret-ipc', 'shared memory, messages and semaphores that nobody may read'],
    ['times', 'times of the places themselves, and of devices'],
    ['modes', 'modes of the places themselves'],
    ['marks', 'attributes, access lists and flags'],
    ['queue', 'a message queue'],
    ['daemon', 'a daemon that ignores every signal'],
    ['bomb', 'a fork bomb that goes on'],
  ] as const)
    test(`is gone for the next one: ${what}`, async () => {
      assert.ok(engine);
      const { clean, seen, isSame } = await leaveAndLook(engine, await bareRoot(engine), kind);
      assert.equal(seen, clean);
      assert.ok(isSame, 'the next program had another container');
    });

  for (const [kind, { program, lacking }] of WEAK)
    test(`would be there without ${lacking}: ${kind}`, async () => {
      assert.ok(engine);
      const reference = `code-execution-service/bare:without-${lacking.join('-').toLowerCase()}`;
      const root = await bareRoot(engine, { reference, supervisor: program });
      const { clean, seen } = await leaveAndLook(engine, root, kind);
      assert.notEqual(seen, clean);
    });
});
