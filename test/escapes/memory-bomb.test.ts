// Memory bombs: memory taken in every form that the kernel gives it, up to well over the limit and no further. What the
// group counts is compared with what the kernel itself holds more, as some of its memory is counted for nobody.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MIB } from '../../src/units.ts';
import { type Attempt, containersOnly, type Ending, LIMITS, run, shows, TIME_FACTOR } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

const bomb = attack(`
#include <linux/filter.h>
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
static void give_up_at(bool failed, const char *what) {
  if (!failed) return;
  held(what);
  exit(0);
}
static void by_socket_filters(void) {
  enum { LENGTH = 2000 }; // as many as every kernel's net.core.optmem_max has room for
  static struct sock_filter instructions[LENGTH];
  for (int i = 0; i < LENGTH; i++)
    instructions[i] = (struct sock_filter)BPF_STMT(i < LENGTH - 1 ? BPF_LD | BPF_IMM : BPF_RET | BPF_K, i);
  struct sock_fprog filter = {.len = LENGTH, .filter = instructions};
  for (int i = 0; i < 1300; i++) {
    int file = socket(AF_UNIX, SOCK_DGRAM, 0);
    give_up_at(setsockopt(file, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) < 0, "filter a socket");
  }
}
static void by_record_locks(void) {
  for (int i = 0; i < 2000; i++) {
    char name[64];
    snprintf(name, sizeof name, "/box/work/%d", i);
    int file = open(name, O_CREAT | O_RDWR, 0600);
    for (int j = 0; j < 200; j++) {
      struct flock lock = {.l_type = j % 2 ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET, .l_start = j, .l_len = 1};
      give_up_at(fcntl(file, F_SETLK, &lock) < 0, "lock");
    }
  }
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  pid_t child = fork();
  if (child == 0) _exit(fcntl(open("/box/work/0", O_RDWR), F_GETLK, &lock) < 0 || lock.l_type != F_UNLCK);
  int status;
  waitpid(child, &status, 0);
  give_up_at(status == 0, "lock"); // it was answered, not done
}
static void by_signed_connections(void) {
  struct { struct sockaddr_storage peer; uint8_t flags, prefix; uint16_t length; int interface; uint8_t key[80]; } key = {.length = 80};
  struct sockaddr_in *peer = (struct sockaddr_in *)&key.peer;
  peer->sin_family = AF_INET;
  for (int i = 0; i < 2000; i++) {
    int file = socket(AF_INET, SOCK_STREAM, 0);
    give_up_at(file < 0, "make a connection");
    for (int j = 1; j <= 150; j++) {
      peer->sin_addr.s_addr = htonl(j);
      give_up_at(setsockopt(file, 6 /* IPPROTO_TCP */, 14 /* TCP_MD5SIG */, &key, sizeof key) < 0, "sign connections");
    }
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
    {"processes", by_processes}, {"loopback", by_loopback}, {"socket filters", by_socket_filters},
    {"record locks", by_record_locks}, {"signed connections", by_signed_connections}};
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
    if (strcmp(ways[i].name, argv[1]) == 0) {
      ways[i].take();
      usleep(300000); // so that the kernel's figures can be read
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

/** Bytes that the kernel holds for itself, whoever they are counted for. */
function kernelBytes(): number {
  const text = readFileSync('/proc/meminfo', 'utf8');
  const figure = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
  const names = ['SUnreclaim', 'VmallocUsed', 'KernelStack', 'PageTables', 'Percpu'];
  return names.map(figure).reduce((sum, kilobytes) => sum + kilobytes, 0) * 1024;
}

/** Runs the bomb, and says by how much the kernel's own memory rose meanwhile at most. */
async function explode(stage: Stage, attempt: Attempt): Promise<Ending & { kernelRise: number }> {
  await run(stage, bomb, { args: ['nothing'] });
  const before = kernelBytes();
  let highest = before;
  const timer = setInterval(() => {
    highest = Math.max(highest, kernelBytes());
  }, 20);
  try {
    const ending = await run(stage, bomb, attempt);
    return { ...ending, kernelRise: highest - before };
  } finally {
    clearInterval(timer);
  }
}

/** The same where it must not rise; others use the machine too, so that it counts only when it does so three times. */
async function explodeInVain(attempt: Attempt): Promise<Ending> {
  let ending = await explode(SERVING, attempt);
  for (let more = 2; more > 0 && ending.kernelRise > MAX_KERNEL_RISE; more -= 1)
    ending = await explode(SERVING, attempt);
  assert.ok(ending.kernelRise <= MAX_KERNEL_RISE, `the kernel holds ${ending.kernelRise / MIB} MiB more`);
  return ending;
}

/** With what the kernel rounds up and is late to give back. */
const MAX_KERNEL_RISE = LIMITS.memoryBytes * 1.4;

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
    const { outcome, stdout } = await explodeInVain(attempt);
    assert.equal(outcome.limitReached, 'memory', stdout);
    assert.ok(outcome.memoryBytes < LIMITS.memoryBytes * 1.25, `${outcome.memoryBytes} bytes`);
    assert.equal((await run(weak, bomb, attempt)).escaped.length, 1);
  });

/** Of what the bombs take so, beside what the group counts of them. */
const MUCH_UNCOUNTED = 12 * MIB;
const unfiltered = without('SECCOMP');

for (const way of ['socket filters', 'record locks', 'signed connections'])
  test(`no memory is taken by ${way}, which no group counts`, async (context) => {
    const attempt = { args: [way], limits };
    const { escaped, held } = await explodeInVain(attempt);
    assert.deepEqual([escaped.length, held.length], [0, 1]);
    const shown = await explode(unfiltered, attempt);
    if (shown.held[0]?.endsWith('ENOPROTOOPT')) return context.skip('not to be had with this kernel');
    const uncounted = shown.kernelRise - shown.outcome.memoryBytes;
    assert.ok(uncounted > MUCH_UNCOUNTED, `${uncounted / MIB} MiB ${shown.stdout}`);
  });

test(
  'no memory is taken by connections to oneself',
  containersOnly('loopback is down in a native box'),
  shows(bomb, unfiltered, { args: ['loopback'], limits }),
);
