// The kernel shows both a thread that runs and one that waits for a processor as R. A thread that chose a lower priority
// or fewer processors does not count: it waits by its own choice.
#include "ready.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NICE = 16, POLICY = 38 }; // indexes of fields of /proc/PID/stat; the state is 0

static int processors_of(pid_t thread) {
  cpu_set_t set;
  return sched_getaffinity(thread, sizeof set, &set) < 0 ? 0 : CPU_COUNT(&set);
}

// `next` points to the state. Fields that a kernel does not show are 0.
static bool has_lower_priority(const char *next) {
  long nice = 0, policy = 0;
  for (int field = 0; field <= POLICY && next; field++) {
    if (field == NICE) nice = strtol(next, NULL, 10);
    if (field == POLICY) policy = strtol(next, NULL, 10);
    next = strchr(next, ' ');
    if (next) next++;
  }
  return nice > getpriority(PRIO_PROCESS, 0) || (policy == SCHED_IDLE && sched_getscheduler(0) != SCHED_IDLE);
}

bool thread_is_ready(pid_t thread) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", thread);
  if (read_file_at(AT_FDCWD, path, text, sizeof text) <= 0) return false;
  const char *state = strrchr(text, ')'); // the name before it may contain anything
  if (!state || strncmp(state, ") R", 3) != 0) return false;
  if (!HAS(OWN_DELAY)) return true;
  int own = processors_of(0), its = processors_of(thread);
  return !has_lower_priority(state + 2) && (its == 0 || its >= own);
}

// When a container has used up its memory, this process must not need more.
static char processes[4096] __attribute__((aligned(8))), threads[4096] __attribute__((aligned(8)));

void ready_prepare(void) {
  memset(processes, 1, sizeof processes);
  memset(threads, 1, sizeof threads);
}

// Whether `holds` is true for any name in a directory that is a number. `entries` is a buffer for the names.
static bool any_number(const char *path, char *entries, size_t size, bool (*holds)(pid_t)) {
  int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool found = false;
  for (ssize_t got; directory >= 0 && !found && (got = syscall(SYS_getdents64, directory, entries, size)) > 0;)
    for (ssize_t at = 0; at < got && !found;) {
      const struct dirent64 *entry = (const struct dirent64 *)(entries + at);
      at += entry->d_reclen;
      found = isdigit((unsigned char)entry->d_name[0]) && holds(atoi(entry->d_name));
    }
  if (directory >= 0) close(directory);
  return found;
}

static bool has_ready_thread(pid_t process) {
  char path[64];
  if (process == getpid()) return false;
  snprintf(path, sizeof path, "/proc/%d/task", process);
  return any_number(path, threads, sizeof threads, thread_is_ready);
}

bool processes_are_ready(void) {
  return any_number("/proc", processes, sizeof processes, has_ready_thread);
}
