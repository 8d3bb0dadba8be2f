// The control groups of slots and boxes, version 1 or 2: they limit memory, processes and CPU, and measure usage.
#ifndef CGROUP_H
#define CGROUP_H
#include "common.h"

struct cgroup {
  int slot;
  int memory, pids, cpu, cpuacct; // directories; on v2 `memory` is the only one
  int cpu_usage, peak, oom;       // open files with the usage
  int oom_event;                  // v1: an eventfd that fires when the memory limit kills, or -1
  unsigned generation;
  bool clean, stale;        // v1: the groups of memory and pids can be reused; the previous ones must be removed
  struct member {
    pid_t pid;
    int process;               // pidfd: the number may belong to another process by now
  } members[MAX_ROOTS];        // v1: the slot's launchers, which live in its groups
  int member_count;
  uint64_t memory_base;     // charged before the box was made
  uint64_t oom_base, oom_seen; // kills counted before the box, and at the last reading
  uint64_t memory_limit, quota_us;
  uint64_t cpu_seen, cpu_at_refill; // CPU time at the last reading, and when the quota was last refilled
  uint32_t processes;
};

// Finds the controllers, removes the groups of dead supervisors, and makes this one's groups. Ends the process with a
// message that names what is missing.
void cgroup_setup(const char *forced_base, int slots);
void cgroup_teardown(void);
int cgroup_version(void);

void cgroup_open_slot(struct cgroup *group, int slot);
void cgroup_close_slot(struct cgroup *group);
// v1: moves a launcher into the slot's groups, where its boxes are born. 0 or -1 with errno.
int cgroup_adopt(struct cgroup *group, pid_t launcher, int process);
void cgroup_abandon(struct cgroup *group, pid_t launcher);
// Prepares the groups for the next box. 0 or -1 with errno.
int cgroup_begin(struct cgroup *group);
// Sets the limits of the box; `quota_us` is CPU time per second, 0 is no quota. 0 or -1 with errno.
int cgroup_limit(struct cgroup *group, uint64_t memory, uint32_t processes, uint64_t quota_us);
// Lifts the quota, which might keep killed processes from running until they have ended.
void cgroup_unthrottle(struct cgroup *group);
// Kills every process of the box, without its init.
void cgroup_kill(const struct cgroup *group);
// Call it after the last process of the box is gone.
void cgroup_end(struct cgroup *group);

uint64_t cgroup_cpu_ns(struct cgroup *group);
// Whether a thread of the box runs, or would run if it had a processor.
bool cgroup_is_ready(const struct cgroup *group);
uint64_t cgroup_memory_peak(const struct cgroup *group);
// Bytes of cached files of the machine that the box was the first to read. They are charged to it and count in its peak,
// but the kernel drops them when memory is needed.
uint64_t cgroup_file_cache(const struct cgroup *group);
bool cgroup_out_of_memory(struct cgroup *group);
// Peak resident memory of the largest process that is alive in the box.
uint64_t cgroup_resident_bytes(const struct cgroup *group);
#endif
