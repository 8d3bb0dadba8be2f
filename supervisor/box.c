// The inside of a box: its first process (init, trusted, root) and the process that becomes the program. Init makes the
// private mounts, waits for an order, starts the program and reports how it ended; its own end is the end of all that
// is left in the box. It knows nothing of timers, output or verdicts.
#include "common.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <dirent.h>
#include <grp.h>
#include <time.h>
#include <unistd.h>

#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 0x00000004
#endif

// What init and the process that becomes the program share until it does.
struct shared {
  struct box_order order;
  int fds[3];
  int fd_count;
  int cpu_usage, go; // descriptors: the cgroup's CPU time; a pipe whose byte starts the program, -1: at once
  uid_t uid;
  uint64_t start_ns, cpu_base_ns; // when the program was started
  int exec_error;
  char exec_stage[43];
};

static int supervisor_socket;

static void __attribute__((noreturn)) report_and_leave(const struct box_report *report, int directory) {
  send_with_fds(supervisor_socket, report, sizeof *report, &directory, directory >= 0 ? 1 : 0);
  _exit(report->error ? 1 : 0);
}

// Our own failure inside the box.
static void __attribute__((noreturn)) fail(const char *stage) {
  struct box_report report = {.error = errno ? errno : EIO};
  snprintf(report.stage, sizeof report.stage, "%s", stage);
  report_and_leave(&report, -1);
}

static void mount_work_directory(uint64_t bytes, unsigned long flags) {
  char options[96];
  snprintf(options, sizeof options, "mode=0755,size=%llu,nr_inodes=%u", (unsigned long long)bytes, DISK_INODES);
  if (!HAS(DISK_LIMIT)) snprintf(options, sizeof options, "mode=0755,size=0,nr_inodes=0");
  if (mount("tmpfs", "/box", "tmpfs", MS_NOSUID | (HAS(NO_DEVICES) ? MS_NODEV : 0) | flags, options) < 0) fail("mount /box");
}

static void make_directory(const char *path, uid_t owner, mode_t mode) {
  if (mkdir(path, mode) < 0 || chown(path, owner, owner) < 0) fail(path);
}

static void prepare_mounts(uid_t uid) {
  const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  // Before 5.8 /proc knows no `subset`; hidepid alone still hides init.
  if (!HAS(PRIVATE_PROCESSES) || !HAS(HIDDEN_PROC)) {
    if (mount("proc", "/proc", "proc", flags, NULL) < 0) fail("mount /proc");
  } else if (mount("proc", "/proc", "proc", flags, "hidepid=2,subset=pid") < 0 &&
      mount("proc", "/proc", "proc", flags, "hidepid=2") < 0)
    fail("mount /proc");
  if (!HAS(PRIVATE_MOUNTS) && access("/box/work", F_OK) == 0) return; // left by the box before
  mount_work_directory(DEFAULT_DISK_BYTES, 0);
  make_directory("/box/work", uid, 0700);
  make_directory("/box/tmp", uid, 0700);
}

static uint64_t read_cpu_ns(int file) {
  char text[512];
  ssize_t got = pread(file, text, sizeof text - 1, 0);
  if (got <= 0) return 0;
  text[got] = 0;
  if (strncmp(text, "usage_usec ", 11) == 0) return strtoull(text + 11, NULL, 10) * 1000; // v2: cpu.stat
  return strtoull(text, NULL, 10);                                                        // v1: cpuacct.usage
}

static void __attribute__((noreturn)) give_up(struct shared *shared, const char *stage) {
  shared->exec_error = errno;
  snprintf(shared->exec_stage, sizeof shared->exec_stage, "%s", stage);
  _exit(127);
}

// A limit that is over what this process itself may have becomes that.
static void limit(struct shared *shared, int resource, uint64_t value) {
  struct rlimit wanted = {.rlim_cur = value, .rlim_max = value};
  if (setrlimit(resource, &wanted) == 0) return;
  if (getrlimit(resource, &wanted) < 0) give_up(shared, "getrlimit");
  wanted.rlim_cur = wanted.rlim_max = value < wanted.rlim_max ? value : wanted.rlim_max;
  if (setrlimit(resource, &wanted) < 0) give_up(shared, "setrlimit");
}

static void set_limits(struct shared *shared) {
  const struct box_order_header *order = &shared->order.header;
  if (HAS(CPU_LIMIT)) limit(shared, RLIMIT_CPU, order->cpu_seconds);
  if (HAS(FILE_SIZE_LIMIT)) limit(shared, RLIMIT_FSIZE, order->file_size);
  limit(shared, RLIMIT_STACK, order->stack_bytes);
  limit(shared, RLIMIT_NOFILE, order->open_files);
}

static void drop_privileges(struct shared *shared) {
  uid_t uid = shared->uid;
  if (HAS(SECCOMP) && seccomp_load() < 0) give_up(shared, "seccomp");
  if (HAS(USER)) {
    if (setgroups(0, NULL) < 0) give_up(shared, "setgroups");
    if (setresgid(uid, uid, uid) < 0) give_up(shared, "setresgid");
    if (setresuid(uid, uid, uid) < 0) give_up(shared, "setresuid");
  }
}

// The process that becomes the program. Until exec it shares init's memory, which makes it cheap, and init's
// descriptors, so that it sees those that come with the order; all of them but 0, 1 and 2 are close-on-exec. Nothing of
// the program's author runs before exec.
static int become_program(void *argument) {
  struct shared *shared = argument;
  const struct box_order_header *order = &shared->order.header;
  char byte;
  if (HAS(OWN_SESSION) && setsid() < 0) give_up(shared, "setsid");
  drop_privileges(shared);
  if (chdir("/box/work") < 0) give_up(shared, "chdir");
  umask(022);
  if (shared->go >= 0 && read(shared->go, &byte, 1) != 1) _exit(1);

  if (order->has_stdin && dup2(shared->fds[shared->fd_count - 1], 0) < 0) give_up(shared, "stdin");
  static char *argv[MAX_ARGUMENTS + 1], *environment[MAX_VARIABLES + 1];
  char *next = shared->order.strings;
  for (uint32_t i = 0; i < order->argument_count; i++, next += strlen(next) + 1) argv[i] = next;
  for (uint32_t i = 0; i < order->variable_count; i++, next += strlen(next) + 1) environment[i] = next;
  set_limits(shared);
  shared->cpu_base_ns = read_cpu_ns(shared->cpu_usage);
  shared->start_ns = now_ns();
  execve(argv[0], argv, HAS(CLEAN_ENVIRONMENT) ? environment : environ);
  int error = errno;
  if (strncmp(argv[0], "/build/", 7) == 0 || strncmp(argv[0], "/code/", 6) == 0) { // the submission's own, as in a shell
    dprintf(2, "%s: %s\n", argv[0], strerror(error));
    _exit(error == ENOENT ? 127 : 126);
  }
  errno = error;
  give_up(shared, argv[0]);
}

static void attach(int tree, const char *target) {
  if (syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) < 0) fail(target);
  close(tree);
}

// The program finds the submitted files in its working directory too, as links: reading by relative name works,
// and the directory stays its own.
static void link_code_into_work(void) {
  static char entries[32 << 10] __attribute__((aligned(8))); // readdir would allocate
  int code = open("/code", O_RDONLY | O_DIRECTORY | O_CLOEXEC), work = open("/box/work", O_PATH | O_CLOEXEC);
  if (code < 0 || work < 0) fail("open /code");
  for (ssize_t got; (got = syscall(SYS_getdents64, code, entries, sizeof entries)) > 0;)
    for (ssize_t at = 0; at < got;) {
      const struct dirent64 *entry = (const struct dirent64 *)(entries + at);
      char source[300];
      at += entry->d_reclen;
      if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
      snprintf(source, sizeof source, "/code/%s", entry->d_name);
      if (symlinkat(source, work, entry->d_name) < 0) fail("link into /box/work");
    }
  close(work);
  close(code);
}

static int apply_order(struct shared *shared) {
  const struct box_order_header *order = &shared->order.header;
  int next = 0, directory = -1;
  if (order->disk_bytes != DEFAULT_DISK_BYTES) mount_work_directory(order->disk_bytes, MS_REMOUNT);
  if (order->has_code) {
    attach(shared->fds[next++], "/code");
    link_code_into_work();
  }
  if (order->has_build) attach(shared->fds[next++], "/build");
  if (order->collect) {
    make_directory("/box/out", shared->uid, 0700);
    directory = open("/box/out", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) fail("open /box/out");
  }
  return directory;
}

static void drop_own_capabilities(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[2] = {{0}};
  if (syscall(SYS_capset, &header, none) < 0) fail("capset");
}

static void wait_for_program(pid_t program, struct box_report *report) {
  struct rusage usage;
  for (;;) {
    int status;
    pid_t ended = wait4(-1, &status, __WALL, NULL);
    if (ended < 0 && errno != EINTR) fail("wait");
    if (ended == program) {
      report->wait_status = status;
      break;
    }
  }
  getrusage(RUSAGE_CHILDREN, &usage);
  report->user_us = usage.ru_utime.tv_sec * 1000000ull + usage.ru_utime.tv_usec;
  report->resident_bytes = usage.ru_maxrss * 1024ull;
  report->system_us = usage.ru_stime.tv_sec * 1000000ull + usage.ru_stime.tv_usec;
}

static void receive_order(struct shared *shared) {
  struct box_order *order = &shared->order;
  ssize_t got = receive_with_fds(supervisor_socket, order, sizeof *order, shared->fds, 3, &shared->fd_count);
  if (got < (ssize_t)sizeof order->header) _exit(0); // the supervisor let go of this box
}

static pid_t start_program(struct shared *shared, int more_flags) {
  static char stack[64 << 10] __attribute__((aligned(16)));
  pid_t program = clone(become_program, stack + sizeof stack, CLONE_VM | CLONE_FILES | SIGCHLD | more_flags, shared);
  if (program < 0) fail("fork");
  return program;
}

void box_main(uid_t uid, int cgroup_version, const int fds[MAKE_FDS]) {
  supervisor_socket = fds[MAKE_SOCKET];
  prctl(PR_SET_PDEATHSIG, SIGKILL); // the launcher's end is ours
  signal(SIGCHLD, SIG_DFL);
  if (cgroup_version == 2 && unshare(CLONE_NEWCGROUP) < 0) fail("unshare the cgroup namespace");
  int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (dup2(nothing, 0) < 0 || dup2(fds[MAKE_STDOUT], 1) < 0 || dup2(fds[MAKE_STDERR], 2) < 0) fail("dup2");
  prepare_mounts(uid);
  static struct shared box;
  struct shared *shared = &box;
  shared->uid = uid;
  shared->cpu_usage = fds[MAKE_CPU_USAGE];

  struct box_report report = {0};
  pid_t program;
  int directory;
  char peek;
  if (recv(supervisor_socket, &peek, 1, MSG_PEEK | MSG_DONTWAIT) > 0) { // the order is there: no need to wait for it
    shared->go = -1;
    receive_order(shared);
    directory = apply_order(shared);
    program = start_program(shared, CLONE_VFORK);
  } else {
    int go[2];
    if (pipe2(go, O_CLOEXEC) < 0) fail("pipe");
    shared->go = go[0];
    program = start_program(shared, 0);
    receive_order(shared);
    directory = apply_order(shared);
    if (write(go[1], "g", 1) != 1) fail("start");
  }
  drop_own_capabilities();
  wait_for_program(program, &report);
  report.wall_ns = now_ns() - shared->start_ns;
  report.cpu_base_ns = shared->cpu_base_ns;
  if (shared->exec_error) {
    report.error = shared->exec_error;
    report.tool_missing = shared->exec_stage[0] == '/';
    memcpy(report.stage, shared->exec_stage, sizeof report.stage);
    directory = -1;
  }
  if (!HAS(KILL_AT_END)) {
    send_with_fds(supervisor_socket, &report, sizeof report, &directory, directory >= 0);
    for (;;) pause();
  }
  report_and_leave(&report, directory);
}
