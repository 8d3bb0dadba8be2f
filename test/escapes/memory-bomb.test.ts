// Memory bombs: memory taken in every form that the kernel gives it, up to well over the limit and no further.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containersOnly, LIMITS, run, shows, TIME_FACTOR } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const bomb = attack(`
enum { MIB = 1 << 20, WANTED = 72 };
static char block[MIB];
static void by_anonymous_memory(void) {
  for (int i = 0; i < WANTED; i++) {
    char *memory = mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) exit(3);
    for (int j = 0; j < MIB; j += 4096) memory[j] = 1;
  }
}
static void by_shared_memory(void) {
  char *memory = mmap(NULL, WANTED * MIB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) exit(3);
  memset(memory, 1, WANTED * MIB);
}
static void write_blocks(int file) {
  for (int i = 0; i < WANTED; i++)
    if (write(file, block, MIB) != MIB) exit(3);
}
static void by_files(void) { write_blocks(open("/box/work/file", O_CREAT | O_WRONLY, 0600)); }
static void by_memfd(void) { write_blocks(memfd_create("bomb", 0)); }
static void by_pipes(void) {
  for (int bytes = 0; bytes < WANTED * MIB;) {
    int ends[2];
    ssize_t written;
    if (pipe2(ends, O_NONBLOCK) < 0) exit(3);
    fcntl(ends[1], F_SETPIPE_SZ, MIB);
    while ((written = write(ends[1], block, 65536)) > 0) bytes += written;
  }
}
static void by_sockets(void) {
  for (int bytes = 0; bytes < WANTED * MIB;) {
    int ends[2], size = 4 * MIB;
    ssize_t written;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) < 0) exit(3);
    setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    while ((written = write(ends[1], block, 32768)) > 0) bytes += written;
  }
}
// Two mebibytes of address space take a page for their table when one byte of them is read.
static void by_page_tables(void) {
  const size_t step = 2 * MIB;
  char *space = mmap(NULL, WANTED * 256 * step, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (space == MAP_FAILED) exit(3);
  madvise(space, WANTED * 256 * step, MADV_NOHUGEPAGE);
  volatile char sum = 0;
  for (size_t i = 0; i < WANTED * 256; i++) sum += space[i * step];
}
// What was sent and is not read yet, version 1 of control groups counts for nobody.
static void by_loopback(void) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof here;
  int listener = socket(AF_INET, SOCK_STREAM, 0), size = 16 * MIB;
  setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  bind(listener, (struct sockaddr *)&here, length);
  listen(listener, 16);
  getsockname(listener, (struct sockaddr *)&here, &length);
  for (int bytes = 0, pairs = 0; bytes < WANTED * MIB; pairs++) {
    int sender = socket(AF_INET, SOCK_STREAM, 0);
    ssize_t written;
    setsockopt(sender, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    if (pairs == 400 || connect(sender, (struct sockaddr *)&here, length) < 0 || accept(listener, NULL, NULL) < 0) {
      held("take memory by connections");
      exit(0);
    }
    fcntl(sender, F_SETFL, O_NONBLOCK);
    while ((written = write(sender, block, 65536)) > 0) bytes += written;
  }
}
static void by_processes(void) {
  for (int i = 0; i < WANTED / 6; i++) {
    int ready[2];
    char byte;
    if (pipe(ready) < 0) exit(3);
    pid_t child = fork();
    if (child < 0) exit(3);
    if (child == 0) {
      char *memory = mmap(NULL, 6 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      memset(memory, 1, 6 * MIB);
      write(ready[1], "r", 1);
      for (;;) pause();
    }
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1) exit(4);
  }
}
int main(int argc, char **argv) {
  static const struct { const char *name; void (*take)(void); } ways[] = {
    {"anonymous memory", by_anonymous_memory}, {"shared memory", by_shared_memory}, {"files", by_files},
    {"memfd", by_memfd}, {"pipes", by_pipes}, {"sockets", by_sockets}, {"page tables", by_page_tables},
    {"processes", by_processes}, {"loopback", by_loopback}};
  for (int i = 0; i < 9; i++)
    if (strcmp(ways[i].name, argv[1]) == 0) {
      ways[i].take();
      escaped("took %d MiB by %s", WANTED, argv[1]);
    }
  return 0;
}`);
const weak = without('MEMORY_LIMIT');
// A disk, files and a time that hold the bomb: the limit of memory alone is tried.
const limits = {
  diskBytes: 2 ** 30,
  fileSizeBytes: 2 ** 30,
  openFiles: 4096,
  wallTimeMs: 20_000 * TIME_FACTOR,
  cpuTimeMs: 20_000 * TIME_FACTOR,
};

for (const way of [
  'anonymous memory',
  'shared memory',
  'files',
  'memfd',
  'pipes',
  'sockets',
  'page tables',
  'processes',
])
  test(`memory taken by ${way} ends at the limit`, async () => {
    const attempt = { args: [way], limits };
    const { outcome, stdout } = await run(SERVING, bomb, attempt);
    assert.equal(outcome.limitReached, 'memory', stdout);
    assert.ok(outcome.memoryBytes < LIMITS.memoryBytes * 1.25, `${outcome.memoryBytes} bytes`);
    assert.equal((await run(weak, bomb, attempt)).escaped.length, 1);
  });

test(
  'no memory is taken by connections to oneself',
  containersOnly('loopback is down in a native box'),
  shows(bomb, without('SECCOMP'), { args: ['loopback'], limits }),
);
