// A launcher: one process for each slot and root, which has pivoted into the root, lives in the slot's network namespace,
// and starts boxes as copies of itself. It is small and single-threaded, so that a copy is cheap. It runs nothing itself
// and knows nothing of programs.
#include "requirements.h"
#include "seccomp.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SOCKET = 3, NETWORK = 4 };

static int oom_score; // a descriptor of this process's oom_score_adj
static char own_score[16] = "0", box_score[16] = "500";

// In a user namespace, the kernel mounts a new /proc only where another one is in sight. The box's own covers this one, and
// nothing in a box can unmount it.
static void keep_proc_in_sight(const char *root) {
  char path[MAX_PATH + 8];
  snprintf(path, sizeof path, "%s/proc", root);
  if (mount("/proc", path, NULL, MS_BIND | MS_REC, NULL) < 0) die("launcher: show /proc");
}

static void enter_root(const char *root, bool needs_proc) {
  if (HAS(PRIVATE_NETWORK) && setns(NETWORK, CLONE_NEWNET) < 0) die("launcher: setns");
  close(NETWORK);
  if (unshare(CLONE_NEWNS | CLONE_NEWUTS | (HAS(PRIVATE_IPC) ? CLONE_NEWIPC : 0)) < 0) die("launcher: unshare");
  if (sethostname("box", 3) < 0) die("launcher: sethostname");
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) die("launcher: make mounts private");
  if (needs_proc) keep_proc_in_sight(root);
  if (chdir(root) < 0) die("launcher: chdir %s", root);
  if (syscall(SYS_pivot_root, ".", ".") < 0) die("launcher: pivot_root");
  if (HAS(OWN_ROOT) && umount2(".", MNT_DETACH) < 0) die("launcher: leave the old root");
  if (chdir("/") < 0) die("launcher: chdir /");
}

// Limits that are the same for every program. A core may have 1 byte, not 0: no core fits either, and it is the only value
// for which the kernel does not start a program of the machine that receives the dump (core_pattern).
static void set_constant_limits(void) {
  static const struct {
    int resource;
    rlim_t value;
  } limits[] = {{RLIMIT_CORE, HAS(CORE_LIMIT) ? 1 : RLIM_INFINITY},
                {RLIMIT_MEMLOCK, 64 << 10},
                {RLIMIT_MSGQUEUE, 64 << 10},
                {RLIMIT_SIGPENDING, 4096}, // includes timers, which kernels before 5.15 do not count per user
                {RLIMIT_RTPRIO, 0},
                {RLIMIT_NICE, 0}};
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    struct rlimit limit = {.rlim_cur = limits[i].value, .rlim_max = limits[i].value};
    if (setrlimit(limits[i].resource, &limit) < 0) die("launcher: setrlimit");
  }
}

static void drop_what_boxes_never_need(void) {
  for (int capability = 0; HAS(USER) && capability <= 63; capability++)
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0 && errno != EINVAL) die("launcher: bounding set");
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0) die("launcher: ambient set");
  if (HAS(NO_NEW_PRIVILEGES) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) die("launcher: no_new_privs");
}

// For all boxes, save what this process and their inits call; their programs load the rest.
static void filter_system_calls(void) {
  seccomp_prepare(SECCOMP_OF_LAUNCHER);
  if (HAS(SECCOMP) && seccomp_load() < 0) die("launcher: seccomp");
  seccomp_prepare(SECCOMP_OF_PROGRAM);
}

// Changes how likely the OOM killer chooses this process, and later copies of it.
static void set_oom_score(const char *score) {
  if (HAS(OOM_PROTECTION) && pwrite(oom_score, score, strlen(score), 0) < 0) die("launcher: oom_score_adj");
}

// A launcher is not protected as the supervisor is. A container may have been given a score below which its processes
// cannot go; then launchers have that one, and boxes a higher one.
static void choose_oom_scores(void) {
  oom_score = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
  if (oom_score < 0) die("launcher: oom_score_adj");
  if (!HAS(OOM_PROTECTION) || pwrite(oom_score, own_score, strlen(own_score), 0) > 0) return;
  ssize_t length = pread(oom_score, own_score, sizeof own_score - 1, 0);
  if (length <= 0) die("launcher: oom_score_adj");
  own_score[strcspn(own_score, "\n")] = 0;
  int least = atoi(own_score);
  snprintf(box_score, sizeof box_score, "%d", least > 500 ? 1000 : least + 500);
}

// Copies this process into new namespaces; a copy becomes the box's init. Returns a descriptor of it.
static int make_box(uid_t uid, int cgroup_version, uint64_t more_namespaces, const int fds[MAKE_FDS]) {
  int pidfd = -1;
  struct clone_args arguments = {
      .flags = CLONE_PIDFD | (HAS(PRIVATE_MOUNTS) ? CLONE_NEWNS : 0) | (HAS(PRIVATE_IPC) ? CLONE_NEWIPC : 0) |
               (HAS(PRIVATE_PROCESSES) ? CLONE_NEWPID : 0) | more_namespaces,
      .pidfd = (uint64_t)(uintptr_t)&pidfd,
      .exit_signal = SIGCHLD,
  };
  if (cgroup_version == 2) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = fds[MAKE_CGROUP];
  } else {
    arguments.flags |= CLONE_NEWCGROUP; // on v2 its root would be the launcher's group, so the box makes it
  }
  // On v1 a launcher shares the group of its boxes: the OOM killer must choose a box and not the launcher. With
  // CAP_SYS_RESOURCE, a program cannot lower the score that it was born with.
  set_oom_score(box_score);
  pid_t child = syscall(SYS_clone3, &arguments, sizeof arguments);
  int error = errno;
  if (child == 0) {
    if (HAS(CLOSED_DESCRIPTORS)) close(SOCKET); // a box with its launcher's socket could request boxes
    box_main(uid, cgroup_version, fds);
  }
  set_oom_score(own_score);
  errno = error;
  return child < 0 ? -1 : pidfd;
}

int launcher_main(int argc, char **argv) {
  if (argc != 6) die("launcher: usage");
  uid_t uid = strtoul(argv[2], NULL, 10);
  int cgroup_version = atoi(argv[3]);
  uint64_t more_namespaces = strcmp(argv[4], "strict") == 0 ? CLONE_NEWNET | CLONE_NEWUTS : 0;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, "init");
  if (HAS(CLOSED_DESCRIPTORS) && fcntl(SOCKET, F_SETFD, FD_CLOEXEC) < 0) die("launcher: socket");
  choose_oom_scores();
  set_constant_limits();
  enter_root(argv[5], in_user_namespace());
  drop_what_boxes_never_need();
  filter_system_calls();
  signal(SIGCHLD, SIG_IGN); // boxes are reaped by the kernel; the supervisor watches their descriptors
  // The copies of this process are visible in boxes: they must not show a path of this machine.
  for (int i = 0; HAS(CLEARED_ARGUMENTS) && i < argc; i++) memset(argv[i], 0, strlen(argv[i]));

  for (;;) {
    char byte;
    int received[MAKE_FDS], fds[MAKE_FDS], count;
    ssize_t got = receive_with_fds(SOCKET, &byte, 1, received, MAKE_FDS, &count);
    if (got <= 0) return 0;
    for (int i = 0; i < MAKE_FDS; i++) fds[i] = i < count ? received[i] : -1;
    int pidfd = make_box(uid, cgroup_version, more_namespaces, fds);
    struct made answer = {.error = pidfd < 0 ? errno : 0};
    for (int i = 0; i < count; i++) close(received[i]);
    if (send_with_fds(SOCKET, &answer, sizeof answer, &pidfd, pidfd < 0 ? 0 : 1) < 0) return 0;
    if (pidfd >= 0) close(pidfd);
  }
}
