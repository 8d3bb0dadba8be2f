// What this container has used, as its first process can read it.
#ifndef USAGE_H
#define USAGE_H
#include "common.h"

// A reading of the counters. An unavailable counter is 0 in all readings.
struct usage {
  uint64_t cpu_ns;       // of the program and all that it started, without this process
  uint64_t waited_user_us, waited_system_us; // of the processes that were reaped
  uint64_t memory, peak; // bytes: now, and the maximum since the container started
  uint64_t oom_kills;
};

void usage_open(void);
// 1 or 2; 0 if no control group is visible, as under gVisor.
uint32_t usage_cgroup_version(void);
void usage_read(struct usage *usage);
// Bytes now; 0 if unavailable.
uint64_t usage_memory(void);
// Bytes of cached files of the image that the container was the first to read. They are charged to it until memory is
// needed.
uint64_t usage_file_cache(void);
uint64_t usage_oom_kills(void);
// False in gVisor, which has its own memory group without a limit: there the usage must be sampled.
bool usage_counts_oom_kills(void);
// A descriptor of the file with the CPU time, -1 if there is none.
int usage_cpu_file(void);
#endif
