// Starts and ends the launchers of a slot: one for each root, started with the first box in that root.
#include "slot-state.h"
#include "root.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int slot_network(int own) {
  if (unshare(CLONE_NEWNET) < 0) die("cannot make a network namespace");
  int network = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (network < 0 || setns(own, CLONE_NEWNET) < 0) die("cannot keep a network namespace");
  return network;
}

enum { LAUNCHER_END_MS = 1000 }; // a killed process is gone long before this

static pid_t start_launcher(struct slot *slot, const char *root, int socket) {
  char uid[16], version[4];
  snprintf(uid, sizeof uid, "%u", slot->uid);
  snprintf(version, sizeof version, "%d", cgroup_version());
  char *isolation = slot->strict ? "strict" : "default";
  char *argv[] = {"supervisor", "launcher", uid, version, isolation, (char *)root, NULL}, *environment[] = {NULL};
  pid_t pid = fork();
  if (pid != 0) return pid;
  setsid();
  // First to numbers above the targets, so that neither is overwritten.
  int to_supervisor = fcntl(socket, F_DUPFD, 10), network = fcntl(slot->network, F_DUPFD, 10);
  if (dup2(to_supervisor, 3) < 0 || dup2(network, 4) < 0) _exit(1);
  int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, 0);
  dup2(nothing, 1);
  syscall(SYS_close_range, 5u, ~0u, 0u);
  execve("/proc/self/exe", argv, HAS(CLEAN_ENVIRONMENT) ? environment : environ);
  _exit(1);
}

struct launcher *launcher_of(struct slot *slot, uint32_t root) {
  for (int i = 0; i < slot->launcher_count; i++)
    if (slot->launchers[i].root == root && slot->launchers[i].socket >= 0) return &slot->launchers[i];
  const char *path = root_path(root);
  if (!path) {
    errno = ENOENT;
    return NULL;
  }
  int place = 0, pair[2];
  while (place < slot->launcher_count && slot->launchers[place].root != root) place++;
  if (place == MAX_ROOTS || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) return NULL;
  pid_t pid = start_launcher(slot, path, pair[1]);
  close(pair[1]);
  int process = pid < 0 ? -1 : syscall(SYS_pidfd_open, pid, 0);
  if (process < 0 || fcntl(pair[0], F_SETFL, O_NONBLOCK) < 0 || cgroup_adopt(&slot->cgroup, pid, process) < 0) {
    int error = errno;
    close(pair[0]); // which ends the launcher, if it has started
    if (process >= 0) close(process);
    errno = error;
    return NULL;
  }
  if (place == slot->launcher_count) slot->launcher_count++;
  slot->launchers[place] = (struct launcher){.root = root, .socket = pair[0], .process = process, .pid = pid};
  slot_watch(slot, pair[0], EVENT_LAUNCHER, place);
  return &slot->launchers[place];
}

void lose_launcher(struct slot *slot, struct launcher *launcher) {
  cgroup_abandon(&slot->cgroup, launcher->pid);
  close_file(&launcher->socket);
  syscall(SYS_pidfd_send_signal, launcher->process, SIGKILL, NULL, 0);
  struct pollfd end = {.fd = launcher->process, .events = POLLIN};
  poll(&end, 1, LAUNCHER_END_MS);
  close_file(&launcher->process);
}
