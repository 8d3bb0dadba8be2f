// The kernel shows a thread that runs and one that waits for a processor alike, as R. One that gave up its claim by
// itself, with a lower priority or by choosing processors, has only itself to blame for waiting.
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
#include <unistd.h>

enum { NICE = 16, POLICY = 38 }; // fields of /proc/PID/stat after the state, which is 0

static int processors_of(pid_t thread) {
  cpu_set_t set;
  return sched_getaffinity(thread, sizeof set, &set) < 0 ? 0 : CPU_COUNT(&set);
}

// `next` is at the state. Fields that a kernel does not show are 0.
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
  const char *state = strrchr(text, ')'); // the name before it may hold anything
  if (!state || strncmp(state, ") R", 3) != 0) return false;
  if (!HAS(OWN_DELAY)) return true;
  int own = processors_of(0), its = processors_of(thread);
  return !has_lower_priority(state + 2) && (its == 0 || its >= own);
}

static bool has_ready_thread(const char *process) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%.20s/task", process);
  DIR *threads = opendir(path);
  bool found = false;
  for (struct dirent *entry; threads && !found && (entry = readdir(threads));)
    found = isdigit((unsigned char)entry->d_name[0]) && thread_is_ready(atoi(entry->d_name));
  if (threads) closedir(threads);
  return found;
}

bool processes_are_ready(void) {
  DIR *processes = opendir("/proc");
  bool found = false;
  for (struct dirent *entry; processes && !found && (entry = readdir(processes));)
    found = isdigit((unsigned char)entry->d_name[0]) && atoi(entry->d_name) != getpid() && has_ready_thread(entry->d_name);
  if (processes) closedir(processes);
  return found;
}
