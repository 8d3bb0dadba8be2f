// What the container that this process is the first of has used, read from inside.
#ifndef USAGE_H
#define USAGE_H
#include "common.h"

// A reading of the counters. A counter that cannot be had is 0 in all readings.
struct usage {
  uint64_t cpu_ns;       // of the program and all it started, without this process
  uint64_t waited_user_us, waited_system_us; // of the processes that were waited for
  uint64_t memory, peak; // bytes: now, and the most since the container began
  uint64_t oom_kills;
};

void usage_open(void);
// 1 or 2; 0 when no control group is shown, as under gVisor.
uint32_t usage_cgroup_version(void);
void usage_read(struct usage *usage);
// Bytes now; 0 when they cannot be had.
uint64_t usage_memory(void);
// Bytes of files of the image that the container was the first to read, charged to it until memory is needed.
uint64_t usage_file_cache(void);
uint64_t usage_oom_kills(void);
// False in gVisor, which has a memory group of its own without a limit: what it counts has to be looked at.
bool usage_tells_oom_kills(void);
// A descriptor of the CPU time's file, -1 when there is none.
int usage_cpu_file(void);
#endif
