// The first process of a box: init, trusted and root. It makes the private mounts, waits for an order, starts the program
// and reports how it ended. When init ends, the kernel kills whatever is left in the box. It knows nothing of timers,
// output or verdicts.
#include "box-report.h"
#include "program.h"
#include "terminal.h"
#include "warm-start.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 0x00000004
#endif

// What init shares with the process that becomes the program, until it does. That process may start before the order
// arrives, so it shares the order's descriptors too.
struct shared {
  struct box_order order;
  struct program program;
  int fds[3];
  int fd_count;
  int terminal; // the master, -1 without a terminal
};

enum { EXEC_TRIES = 2000, EXEC_TRY_US = 100 };

static int supervisor_socket;

static void mount_work_directory(uint64_t bytes, unsigned long flags) {
  char options[96];
  snprintf(options, sizeof options, "mode=0755,size=%llu,nr_inodes=%u", (unsigned long long)bytes, DISK_INODES);
  if (!HAS(DISK_LIMIT)) snprintf(options, sizeof options, "mode=0755,size=0,nr_inodes=0");
  if (mount("tmpfs", "/box", "tmpfs", MS_NOSUID | (HAS(NO_DEVICES) ? MS_NODEV : 0) | flags, options) < 0) box_fail("mount /box");
}

static void make_directory(const char *path, uid_t owner, mode_t mode) {
  if (mkdir(path, mode) < 0 || chown(path, owner, owner) < 0) box_fail(path);
}

static void prepare_mounts(uid_t uid) {
  const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  // Before Linux 5.8 /proc has no `subset`; hidepid alone still hides init.
  if (!HAS(PRIVATE_PROCESSES) || !HAS(HIDDEN_PROC)) {
    if (mount("proc", "/proc", "proc", flags, NULL) < 0) box_fail("mount /proc");
  } else if (mount("proc", "/proc", "proc", flags, "hidepid=2,subset=pid") < 0 &&
      mount("proc", "/proc", "proc", flags, "hidepid=2") < 0)
    box_fail("mount /proc");
  if (!HAS(PRIVATE_MOUNTS) && access("/box/work", F_OK) == 0) return; // left by the box before
  mount_work_directory(DEFAULT_DISK_BYTES, 0);
  make_directory("/box/work", uid, 0700);
  make_directory("/box/tmp", uid, 0700);
}

static void attach(int tree, const char *target) {
  if (syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) < 0) box_fail(target);
  close(tree);
}

// The terminal is in a file system of the box's own, which has no other and, by its mode, lets the program make none.
static void open_terminal(struct shared *shared) {
  const struct box_order_header *order = &shared->order.header;
  char options[96];
  snprintf(options, sizeof options, "newinstance,%s,mode=0600,uid=%u,gid=%u",
           HAS(ONE_TERMINAL) ? "ptmxmode=0000,max=1" : "ptmxmode=0666", shared->program.uid, shared->program.uid);
  if (mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, options) < 0) box_fail("mount /dev/pts");
  shared->terminal = terminal_open("/dev/pts/ptmx", order->columns, order->rows, &shared->program.terminal);
  if (shared->terminal < 0) box_fail("open a terminal");
}

static int apply_order(struct shared *shared) {
  const struct box_order_header *order = &shared->order.header;
  int next = 0, directory = -1;
  if (order->disk_bytes != DEFAULT_DISK_BYTES) mount_work_directory(order->disk_bytes, MS_REMOUNT);
  if (order->has_code) {
    attach(shared->fds[next++], "/code");
    const char *failed = program_link_code();
    if (failed) box_fail(failed);
  }
  if (order->has_build) attach(shared->fds[next++], "/build");
  if (order->has_stdin) shared->program.input = shared->fds[next++];
  if (order->has_terminal) open_terminal(shared);
  if (order->collect) {
    make_directory("/box/out", shared->program.uid, 0700);
    directory = open("/box/out", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) box_fail("open /box/out");
  }
  return directory;
}

static void drop_own_capabilities(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[2] = {{0}};
  if (syscall(SYS_capset, &header, none) < 0) box_fail("capset");
}

// As root without CAP_SYS_PTRACE may not ask, the program's user does.
static ssize_t read_link_as(uid_t uid, const char *path, char *text, size_t size) {
  syscall(SYS_setfsgid, uid);
  syscall(SYS_setfsuid, uid);
  ssize_t length = readlink(path, text, size);
  syscall(SYS_setfsuid, 0);
  syscall(SYS_setfsgid, 0);
  return length;
}

static bool has_become_program(pid_t program, uid_t uid) {
  char path[32], own[256], other[256];
  snprintf(path, sizeof path, "/proc/%d/exe", program);
  ssize_t own_length = readlink("/proc/self/exe", own, sizeof own), length = readlink(path, other, sizeof other);
  if (length < 0 && errno == ENOENT) return true; // it has ended
  if (length < 0) length = read_link_as(uid, path, other, sizeof other);
  if (length < 0) return false;
  return length != own_length || memcmp(own, other, own_length) != 0;
}

// Closes this process's descriptors of a session's streams, so that the program's are the only ones: a pipe ends when the
// program closes its end. Until exec they are shared, so this waits for it.
static void let_go_of_streams(struct shared *shared, pid_t program, const int fds[MAKE_FDS]) {
  for (int i = 0; i < EXEC_TRIES && !has_become_program(program, shared->program.uid); i++) usleep(EXEC_TRY_US);
  if (!has_become_program(program, shared->program.uid)) return;
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int file = 0; file < 3; file++) dup2(nothing, file);
  close_file(&shared->program.input);
  close_file(&shared->program.terminal);
  close(fds[MAKE_STDOUT]);
  close(fds[MAKE_STDERR]);
}

// Sends the supervisor what a session needs: the program, and its terminal.
static void report_started(struct shared *shared, pid_t program) {
  struct box_started message = {.byte = 's'};
  int fds[STARTED_FDS] = {syscall(SYS_pidfd_open, program, 0), shared->terminal};
  if (fds[STARTED_PROGRAM] < 0) box_fail("open the program");
  if (send_with_fds(supervisor_socket, &message, sizeof message, fds, shared->terminal >= 0 ? 2 : 1) < 0) box_fail("report");
  close(fds[STARTED_PROGRAM]);
  close_file(&shared->terminal);
}

static void wait_for_program(pid_t program, struct box_report *report) {
  struct rusage usage;
  for (pid_t ended = 0; ended != program;) {
    ended = wait4(-1, &report->wait_status, __WALL, NULL);
    if (ended < 0 && errno != EINTR) box_fail("wait");
  }
  getrusage(RUSAGE_CHILDREN, &usage);
  report->user_us = usage.ru_utime.tv_sec * 1000000ull + usage.ru_utime.tv_usec;
  report->resident_bytes = usage.ru_maxrss * 1024ull;
  report->system_us = usage.ru_stime.tv_sec * 1000000ull + usage.ru_stime.tv_usec;
}

static void receive_order(struct shared *shared) {
  struct box_order *order = &shared->order;
  ssize_t got = receive_with_fds(supervisor_socket, order, sizeof *order, shared->fds, 3, &shared->fd_count);
  if (got < (ssize_t)sizeof order->header) _exit(0); // the supervisor needs this box no more
}

static int take_order(struct shared *shared) {
  receive_order(shared);
  if (shared->order.header.is_warm) warm_start_open(shared->program.uid);
  return apply_order(shared);
}

// The program has started ahead of its run, and waits at the gate. Takes the order of the run and lets it go.
static int await_run(struct shared *shared, pid_t program) {
  for (int i = 0; i < EXEC_TRIES && !has_become_program(program, shared->program.uid); i++) usleep(EXEC_TRY_US); // it reads this order until exec
  int directory = -1;
  bool waits = warm_start_wait(program, supervisor_socket);
  if (waits) {
    receive_order(shared);
    directory = apply_order(shared);
  }
  if (!waits || !warm_start_release(&shared->program)) // it has ended: whatever order comes, nothing of it began
    box_report_and_leave(&(struct box_report){.error = ESRCH, .not_begun = 1}, -1);
  return directory;
}

static pid_t start_program(struct shared *shared, int more_flags) {
  pid_t program = program_start(&shared->program, CLONE_VM | CLONE_FILES | more_flags);
  if (program < 0) box_fail("fork");
  return program;
}

void box_main(uid_t uid, int cgroup_version, const int fds[MAKE_FDS]) {
  supervisor_socket = fds[MAKE_SOCKET];
  box_report_to(supervisor_socket);
  prctl(PR_SET_PDEATHSIG, SIGKILL); // it ends with the launcher
  signal(SIGCHLD, SIG_DFL);
  if (cgroup_version == 2 && unshare(CLONE_NEWCGROUP) < 0) box_fail("unshare the cgroup namespace");
  int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (dup2(nothing, 0) < 0 || dup2(fds[MAKE_STDOUT], 1) < 0 || dup2(fds[MAKE_STDERR], 2) < 0) box_fail("dup2");
  prepare_mounts(uid);
  static struct shared box;
  struct shared *shared = &box;
  shared->terminal = -1;
  shared->program = (struct program){
      .order = &shared->order, .input = -1, .outputs = {-1, -1}, .terminal = -1, .cpu_usage = fds[MAKE_CPU_USAGE], .go = -1, .uid = uid};

  struct box_report report = {0};
  pid_t program;
  int directory;
  char peek;
  if (recv(supervisor_socket, &peek, 1, MSG_PEEK | MSG_DONTWAIT) > 0) { // the order has arrived: no need to wait for it
    directory = take_order(shared);
    program = start_program(shared, CLONE_VFORK);
  } else {
    int go[2];
    if (pipe2(go, O_CLOEXEC) < 0) box_fail("pipe");
    shared->program.go = go[0];
    program = start_program(shared, 0);
    directory = take_order(shared);
    if (write(go[1], "g", 1) != 1) box_fail("start");
  }
  if (shared->order.header.is_warm) directory = await_run(shared, program);
  if (shared->order.header.is_session) {
    report_started(shared, program);
    let_go_of_streams(shared, program, fds);
  }
  drop_own_capabilities();
  wait_for_program(program, &report);
  report.wall_ns = now_ns() - shared->program.start_ns;
  report.cpu_base_ns = shared->program.cpu_base_ns;
  if (shared->program.exec_error) {
    report.error = shared->program.exec_error;
    report.tool_missing = shared->program.exec_stage[0] == '/';
    memcpy(report.stage, shared->program.exec_stage, sizeof report.stage);
    directory = -1;
  }
  if (!HAS(KILL_AT_END)) {
    send_with_fds(supervisor_socket, &report, sizeof report, &directory, directory >= 0);
    for (;;) pause();
  }
  box_report_and_leave(&report, directory);
}
