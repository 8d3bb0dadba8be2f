// The container's control group is mounted read-only at /sys/fs/cgroup, in either version. Without it only processes that
// have ended are counted, as wait(2) reports them.
#include "usage.h"
#include "program.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int cpu = -1, memory = -1, peak = -1, oom = -1, statistics = -1;
static uint32_t version;

static int open_counter(const char *path) { return open(path, O_RDONLY | O_CLOEXEC); }

void usage_open(void) {
  if ((memory = open_counter("/sys/fs/cgroup/memory.current")) >= 0) {
    version = 2;
    peak = open_counter("/sys/fs/cgroup/memory.peak"); // since Linux 5.19
    oom = open_counter("/sys/fs/cgroup/memory.events");
    statistics = open_counter("/sys/fs/cgroup/memory.stat");
    cpu = open_counter("/sys/fs/cgroup/cpu.stat");
  } else if ((memory = open_counter("/sys/fs/cgroup/memory/memory.usage_in_bytes")) >= 0) {
    version = 1;
    peak = open_counter("/sys/fs/cgroup/memory/memory.max_usage_in_bytes");
    oom = open_counter("/sys/fs/cgroup/memory/memory.oom_control");
    statistics = open_counter("/sys/fs/cgroup/memory/memory.stat");
    cpu = open_counter("/sys/fs/cgroup/cpuacct/cpuacct.usage");
    if (cpu < 0) cpu = open_counter("/sys/fs/cgroup/cpu,cpuacct/cpuacct.usage");
  }
}

uint32_t usage_cgroup_version(void) { return version; }
int usage_cpu_file(void) { return cpu; }

static uint64_t number_of(int file) {
  char text[64];
  ssize_t got = file < 0 ? -1 : pread(file, text, sizeof text - 1, 0);
  if (got <= 0) return 0;
  text[got] = 0;
  return strtoull(text, NULL, 10);
}

uint64_t usage_memory(void) { return number_of(memory); }

static uint64_t field_of(const char *text, const char *key) {
  const char *field = strstr(text, key);
  return field ? strtoull(field + strlen(key), NULL, 10) : 0;
}

uint64_t usage_file_cache(void) {
  char text[1024] = "\n"; // so that every key follows a newline
  ssize_t got = statistics < 0 ? -1 : pread(statistics, text + 1, sizeof text - 2, 0);
  if (got <= 0) return 0;
  text[got + 1] = 0;
  uint64_t cache = field_of(text, version == 2 ? "\nfile " : "\ncache "), shared = field_of(text, "\nshmem ");
  return cache > shared ? cache - shared : 0;
}

bool usage_counts_oom_kills(void) { return oom >= 0; }

uint64_t usage_oom_kills(void) {
  char text[512];
  ssize_t got = oom < 0 ? -1 : pread(oom, text, sizeof text - 1, 0);
  if (got <= 0) return 0;
  text[got] = 0;
  const char *field = strstr(text, "oom_kill ");
  return field ? strtoull(field + strlen("oom_kill "), NULL, 10) : 0;
}

static uint64_t microseconds(struct timeval time) { return time.tv_sec * 1000000ull + time.tv_usec; }

void usage_read(struct usage *usage) {
  struct rusage own, waited;
  getrusage(RUSAGE_SELF, &own);
  getrusage(RUSAGE_CHILDREN, &waited);
  usage->waited_user_us = microseconds(waited.ru_utime);
  usage->waited_system_us = microseconds(waited.ru_stime);
  uint64_t own_ns = (microseconds(own.ru_utime) + microseconds(own.ru_stime)) * 1000;
  uint64_t waited_ns = (usage->waited_user_us + usage->waited_system_us) * 1000;
  uint64_t group_ns = program_read_cpu_ns(cpu);
  usage->cpu_ns = group_ns > own_ns ? group_ns - own_ns : waited_ns;
  usage->memory = usage_memory();
  usage->peak = number_of(peak);
  usage->oom_kills = usage_oom_kills();
}
