// In a box, this process shares its parent's memory until exec, which makes it cheap. All descriptors but 0, 1 and 2 are
// close-on-exec. No untrusted code runs before exec.
#include "program.h"
#include "seccomp.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

uint64_t program_read_cpu_ns(int file) {
  char text[512];
  ssize_t got = pread(file, text, sizeof text - 1, 0);
  if (got <= 0) return 0;
  text[got] = 0;
  if (strncmp(text, "usage_usec ", 11) == 0) return strtoull(text + 11, NULL, 10) * 1000; // v2: cpu.stat
  return strtoull(text, NULL, 10);                                                        // v1: cpuacct.usage
}

static void __attribute__((noreturn)) give_up(struct program *program, const char *stage) {
  program->exec_error = errno;
  snprintf(program->exec_stage, sizeof program->exec_stage, "%s", stage);
  _exit(127);
}

// A limit above the one of this process is lowered to that.
static void limit(struct program *program, int resource, uint64_t value) {
  struct rlimit wanted = {.rlim_cur = value, .rlim_max = value};
  if (setrlimit(resource, &wanted) == 0) return;
  if (getrlimit(resource, &wanted) < 0) give_up(program, "getrlimit");
  wanted.rlim_cur = wanted.rlim_max = value < wanted.rlim_max ? value : wanted.rlim_max;
  if (setrlimit(resource, &wanted) < 0) give_up(program, "setrlimit");
}

// The kernel counts this limit in whole ticks of its clock. On a busy machine, or under a quota, a process runs in slices
// that are hardly longer, so the kernel may count several times what was used.
enum { CPU_TICKS_SLACK = 4 };

uint64_t program_cpu_limit(const struct program *program) { return CPU_TICKS_SLACK * program->order->header.cpu_seconds; }

static void set_limits(struct program *program) {
  const struct box_order_header *order = &program->order->header;
  if (HAS(CPU_LIMIT) && !order->is_warm) limit(program, RLIMIT_CPU, program_cpu_limit(program)); // a run's own comes later
  if (HAS(FILE_SIZE_LIMIT)) limit(program, RLIMIT_FSIZE, order->file_size);
  limit(program, RLIMIT_STACK, order->stack_bytes);
  limit(program, RLIMIT_NOFILE, order->open_files);
  if (order->processes) limit(program, RLIMIT_NPROC, order->processes);
}

static void drop_privileges(struct program *program) {
  uid_t uid = program->uid;
  if (HAS(SECCOMP) && seccomp_load() < 0) give_up(program, "seccomp");
  if (uid == 0 || !HAS(USER)) return;
  if (setgroups(0, NULL) < 0) give_up(program, "setgroups");
  if (setresgid(uid, uid, uid) < 0) give_up(program, "setresgid");
  if (setresuid(uid, uid, uid) < 0) give_up(program, "setresuid");
}

// This process can open the file only while it is dumpable, which it is after exec anyway.
static void raise_oom_score(struct program *program) {
  if (prctl(PR_SET_DUMPABLE, 1) < 0) give_up(program, "dumpable");
  if (write_file_at(AT_FDCWD, "/proc/self/oom_score_adj", program->oom_score) < 0) give_up(program, "oom_score_adj");
  prctl(PR_SET_DUMPABLE, 0);
}

static void set_streams(struct program *program) {
  if (program->terminal >= 0) {
    if (ioctl(program->terminal, TIOCSCTTY, 0) < 0) give_up(program, "terminal");
    program->input = program->outputs[0] = program->outputs[1] = program->terminal;
  }
  if (program->input >= 0 && dup2(program->input, 0) < 0) give_up(program, "stdin");
  for (int i = 0; i < 2; i++)
    if (program->outputs[i] >= 0 && dup2(program->outputs[i], i + 1) < 0) give_up(program, "output");
}

static int become_program(void *argument) {
  struct program *program = argument;
  char byte;
  if (HAS(OWN_SESSION) && setsid() < 0) give_up(program, "setsid");
  sigset_t no_signals; // is blocked or ignored, whatever this process does
  sigemptyset(&no_signals);
  sigprocmask(SIG_SETMASK, &no_signals, NULL);
  signal(SIGPIPE, SIG_DFL);
  if (program->oom_score) raise_oom_score(program);
  drop_privileges(program);
  if (chdir("/box/work") < 0) give_up(program, "chdir");
  umask(022);
  if (program->go >= 0 && read(program->go, &byte, 1) != 1) _exit(1);

  set_streams(program);
  const struct box_order_header *order = &program->order->header;
  static char *argv[MAX_ARGUMENTS + 1], *environment[MAX_VARIABLES + 1];
  char *next = (char *)program->order->strings;
  uint32_t count = 0;
  for (; count < order->argument_count; count++, next += strlen(next) + 1) argv[count] = next;
  argv[count] = NULL;
  for (count = 0; count < order->variable_count; count++, next += strlen(next) + 1) environment[count] = next;
  environment[count] = NULL;
  set_limits(program);
  program->cpu_base_ns = program_read_cpu_ns(program->cpu_usage);
  program->start_ns = now_ns();
  execve(argv[0], argv, HAS(CLEAN_ENVIRONMENT) ? environment : environ);
  int error = errno;
  if (strncmp(argv[0], "/build/", 7) == 0 || strncmp(argv[0], "/code/", 6) == 0) { // the submission's own program: as in a shell
    dprintf(2, "%s: %s\n", argv[0], strerror(error));
    _exit(error == ENOENT ? 127 : 126);
  }
  errno = error;
  give_up(program, argv[0]);
}

pid_t program_start(struct program *program, int more_flags) {
  static char stack[64 << 10] __attribute__((aligned(16)));
  return clone(become_program, stack + sizeof stack, SIGCHLD | more_flags, program);
}

const char *program_link_code(void) {
  static char entries[32 << 10] __attribute__((aligned(8))); // readdir would allocate
  int code = open("/code", O_RDONLY | O_DIRECTORY | O_CLOEXEC), work = open("/box/work", O_PATH | O_CLOEXEC);
  const char *failed = code < 0 || work < 0 ? "open /code" : NULL;
  for (ssize_t got; !failed && (got = syscall(SYS_getdents64, code, entries, sizeof entries)) > 0;)
    for (ssize_t at = 0; at < got && !failed;) {
      const struct dirent64 *entry = (const struct dirent64 *)(entries + at);
      char source[300];
      at += entry->d_reclen;
      if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
      snprintf(source, sizeof source, "/code/%s", entry->d_name);
      if (symlinkat(source, work, entry->d_name) < 0) failed = "link into /box/work";
    }
  int error = errno;
  if (work >= 0) close(work);
  if (code >= 0) close(code);
  errno = error;
  return failed;
}
