// On v2 each box gets its own group and is born in it (CLONE_INTO_CGROUP). On v1 joining a group costs more than all the
// rest of a box, so boxes are born in the groups where their slot's launchers live. The groups of memory and pids are
// replaced when memory stays charged to them.
#include "cgroup-hierarchy.h"
#include "ready.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint64_t PERIOD_US = 1000000;                // the CPU quota is averaged over one second
static const uint64_t OWN_MEMORY = 1 << 20;               // for the box's init, on top of the program's limit
// v1: if more than this stays charged, the groups are replaced. Up to it is memory that the kernel reuses for the next box.
static const uint64_t RESIDUE = 4 << 20;
static const uint64_t REFILL_AFTER_NS = 50 * 1000 * 1000; // v1: CPU time after which the quota is refilled

static ssize_t read_open(int file, char *text, size_t size) {
  ssize_t got = pread(file, text, size - 1, 0);
  text[got < 0 ? 0 : got] = 0;
  return got;
}

// The number after `key` in an open file of "key number" lines.
static uint64_t field_of(int file, const char *key) {
  char text[1024];
  if (read_open(file, text, sizeof text) <= 0) return 0;
  for (char *line = text; line; line = strchr(line, '\n')) {
    if (*line == '\n') line++;
    size_t length = strlen(key);
    if (strncmp(line, key, length) == 0 && line[length] == ' ') return strtoull(line + length + 1, NULL, 10);
  }
  return 0;
}

static uint64_t number_of(int file) {
  char text[64];
  return read_open(file, text, sizeof text) > 0 ? strtoull(text, NULL, 10) : 0;
}

static int write_number_at(int directory, const char *file, uint64_t number) {
  char text[32];
  snprintf(text, sizeof text, "%llu", (unsigned long long)number);
  return write_file_at(directory, file, text);
}

// Makes the directory `name` below the parent of a controller and opens it. -1 with errno.
static int make_group(int controller, const char *name) {
  if (mkdirat(hierarchy_parent(controller), name, 0755) < 0 && errno != EEXIST) return -1;
  return openat(hierarchy_parent(controller), name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

// The last process is dead but may not be reaped yet. A group that cannot be removed now is removed with its parent.
static void remove_group(int controller, const char *name) {
  for (int attempt = 0; attempt < 50 && unlinkat(hierarchy_parent(controller), name, AT_REMOVEDIR) < 0 && errno == EBUSY; attempt++)
    usleep(100);
}

static void group_name(const struct cgroup *group, char name[64]) {
  snprintf(name, 64, "box-%d-%u", group->slot, group->generation);
}

void cgroup_open_slot(struct cgroup *group, int slot) {
  *group = (struct cgroup){
      .slot = slot, .memory = -1, .pids = -1, .cpu = -1, .cpuacct = -1, .cpu_usage = -1, .peak = -1, .oom = -1, .oom_event = -1};
  if (cgroup_version() == 2) return;
  char name[64];
  snprintf(name, sizeof name, "slot-%d", slot);
  group->cpu = make_group(CPU, name);
  group->cpuacct = make_group(CPUACCT, name);
  if (group->cpu < 0 || group->cpuacct < 0) die("cannot make the control groups of slot %d", slot);
  if (write_number_at(group->cpu, "cpu.cfs_period_us", PERIOD_US) < 0) die("cannot set the period of the CPU quota");
  group->cpu_usage = openat(group->cpuacct, "cpuacct.usage", O_RDONLY | O_CLOEXEC);
  if (group->cpu_usage < 0) die("cannot open cpuacct.usage");
}

static int join(const struct cgroup *group, pid_t member) {
  if (write_number_at(group->memory, "cgroup.procs", member) < 0) return -1;
  return write_number_at(group->pids, "cgroup.procs", member);
}

int cgroup_adopt(struct cgroup *group, pid_t launcher, int process) {
  if (cgroup_version() == 2) return 0;
  if (group->member_count == MAX_ROOTS) {
    errno = ENOSPC;
    return -1;
  }
  if (write_number_at(group->cpu, "cgroup.procs", launcher) < 0) return -1;
  if (write_number_at(group->cpuacct, "cgroup.procs", launcher) < 0) return -1;
  if (group->clean && join(group, launcher) < 0) return -1;
  group->members[group->member_count++] = (struct member){.pid = launcher, .process = process};
  group->processes = 0; // the limit of processes must be set anew, to make room for it
  return 0;
}

void cgroup_abandon(struct cgroup *group, pid_t launcher) {
  for (int i = 0; i < group->member_count; i++)
    if (group->members[i].pid == launcher) group->members[i] = group->members[--group->member_count];
}

static bool is_alive(int process) {
  struct pollfd poll_file = {.fd = process, .events = POLLIN};
  return poll(&poll_file, 1, 0) == 0;
}

// v1: watches for kills by the memory limit, so that the rest of the box can be killed at once.
static void watch_oom(struct cgroup *group) {
  group->oom_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  char text[64];
  snprintf(text, sizeof text, "%d %d", group->oom_event, group->oom);
  if (write_file_at(group->memory, "cgroup.event_control", text) < 0) close_file(&group->oom_event);
}

static int open_counter(const struct cgroup *group, const char *name) {
  return openat(group->memory, name, O_RDWR | O_CLOEXEC);
}

static int replace_groups(struct cgroup *group) {
  char name[64];
  group->generation++;
  group_name(group, name);
  group->memory = make_group(MEMORY, name);
  group->pids = make_group(PIDS, name);
  if (group->memory < 0 || group->pids < 0) return -1;
  group->peak = open_counter(group, "memory.max_usage_in_bytes");
  group->oom = open_counter(group, "memory.oom_control");
  if (group->peak < 0 || group->oom < 0) return -1;
  group->memory_limit = group->memory_base = group->oom_seen = 0;
  group->processes = 0;
  watch_oom(group);
  for (int i = 0; i < group->member_count; i++)
    if (is_alive(group->members[i].process) && join(group, group->members[i].pid) < 0 && errno != ESRCH) return -1;
  group->clean = true;
  if (!group->stale) return 0;
  group->generation--;
  group_name(group, name);
  group->generation++;
  remove_group(MEMORY, name);
  remove_group(PIDS, name);
  group->stale = false;
  return 0;
}

static int begin_v1(struct cgroup *group) {
  if (!group->clean && replace_groups(group) < 0) return -1;
  group->oom_base = group->oom_seen; // as it was when the last box had ended
  cgroup_unthrottle(group);
  return 0;
}

static int begin_v2(struct cgroup *group) {
  char name[64];
  group->generation++;
  group_name(group, name);
  group->memory = make_group(MEMORY, name);
  if (group->memory < 0) return -1;
  group->cpu_usage = openat(group->memory, "cpu.stat", O_RDONLY | O_CLOEXEC);
  if (group->cpu_usage < 0) return -1;
  group->oom = openat(group->memory, "memory.events", O_RDONLY | O_CLOEXEC);
  group->peak = openat(group->memory, "memory.peak", O_RDONLY | O_CLOEXEC);
  if (group->peak < 0) group->peak = openat(group->memory, "memory.current", O_RDONLY | O_CLOEXEC); // before 5.19
  if (group->oom < 0 || group->peak < 0) return -1;
  if (write_file_at(group->memory, "memory.oom.group", "1") < 0 && errno != ENOENT) return -1;
  if (write_file_at(group->memory, "memory.swap.max", "0") < 0 && errno != ENOENT) return -1;
  group->memory_base = group->oom_base = group->cpu_at_refill = 0;
  group->memory_limit = 0;
  group->quota_us = 0;
  group->processes = 0;
  return 0;
}

int cgroup_begin(struct cgroup *group) { return cgroup_version() == 1 ? begin_v1(group) : begin_v2(group); }

// Where swap is counted too, its limit must not be lower than that of memory: the order of the two writes depends on
// whether the limit rises.
static int set_memory_v1(const struct cgroup *group, uint64_t bytes) {
  bool raise = bytes > group->memory_limit;
  if (raise && write_number_at(group->memory, "memory.memsw.limit_in_bytes", bytes) < 0 && errno != ENOENT) {
    if (errno != EINVAL) return -1; // a new group has no limit yet: this lowers it
    raise = false;
  }
  if (write_number_at(group->memory, "memory.limit_in_bytes", bytes) < 0) return -1;
  if (!raise && write_number_at(group->memory, "memory.memsw.limit_in_bytes", bytes) < 0 && errno != ENOENT) return -1;
  return 0;
}

static int set_quota(struct cgroup *group, uint64_t quota_us) {
  char text[64];
  if (cgroup_version() == 2) {
    if (quota_us) snprintf(text, sizeof text, "%llu %llu", (unsigned long long)quota_us, (unsigned long long)PERIOD_US);
    else snprintf(text, sizeof text, "max %llu", (unsigned long long)PERIOD_US);
    return write_file_at(group->memory, "cpu.max", text);
  }
  // Never -1: each change between a quota and none makes the kernel patch its code.
  group->cpu_at_refill = cgroup_cpu_ns(group);
  if (write_number_at(group->cpu, "cpu.cfs_quota_us", quota_us ? quota_us : PERIOD_US * core_count()) == 0) return 0;
  // A quota must not be larger than one of a group above, which applies to both then.
  return errno == EINVAL ? write_file_at(group->cpu, "cpu.cfs_quota_us", "-1") : -1;
}

int cgroup_limit(struct cgroup *group, uint64_t memory, uint32_t processes, uint64_t quota_us) {
  const uint64_t mebibyte = 1 << 20; // whole mebibytes, so that the limit rarely changes
  uint64_t left = (group->memory_base + mebibyte - 1) & ~(mebibyte - 1);
  uint64_t bytes = (memory + OWN_MEMORY + left) & ~4095ull;
  if (HAS(MEMORY_LIMIT) && bytes != group->memory_limit) {
    int failed = cgroup_version() == 2 ? write_number_at(group->memory, "memory.max", bytes) : set_memory_v1(group, bytes);
    if (failed) return -1;
    group->memory_limit = bytes;
  }
  if (HAS(PROCESS_LIMIT) && processes != group->processes) {
    int directory = cgroup_version() == 2 ? group->memory : group->pids;
    unsigned own = 1 + group->member_count; // the box's init, and on v1 the launchers
    if (write_number_at(directory, "pids.max", processes + own) < 0) return -1;
    group->processes = processes;
  }
  bool is_unset = cgroup_version() == 2 && quota_us == 0;
  if (quota_us != group->quota_us) {
    if (!is_unset && set_quota(group, quota_us) < 0) return -1;
    group->quota_us = quota_us;
  }
  return 0;
}

void cgroup_unthrottle(struct cgroup *group) {
  if (group->memory < 0 || group->quota_us == 0 || !HAS(QUOTA_RESET)) return;
  // Read it again: the last reading may be from before the program used up its time.
  uint64_t used_ns = cgroup_cpu_ns(group) - group->cpu_at_refill;
  if (used_ns < REFILL_AFTER_NS && used_ns < group->quota_us * 500) return; // far from used up
  set_quota(group, 0);
  group->quota_us = 0;
}

void cgroup_end(struct cgroup *group) {
  char name[64];
  group_name(group, name);
  if (cgroup_version() == 2) {
    close_file(&group->cpu_usage);
    close_file(&group->peak);
    close_file(&group->oom);
    close_file(&group->memory);
    remove_group(MEMORY, name);
    return;
  }
  // Writing sets the peak to what is charged now, from which the next box is measured.
  if (group->memory >= 0 && pwrite(group->peak, "0", 1, 0) == 1) {
    // Kills after the end of the program do not count for the next one.
    cgroup_out_of_memory(group);
    uint64_t fired;
    ssize_t drained = group->oom_event >= 0 ? read(group->oom_event, &fired, sizeof fired) : 0;
    (void)drained;
    group->memory_base = number_of(group->peak);
    if (group->memory_base < RESIDUE) return;
  }
  group->clean = false;
  close_file(&group->peak);
  close_file(&group->oom);
  close_file(&group->memory);
  close_file(&group->pids);
  close_file(&group->oom_event);
  group->stale = true; // the launchers are still in them
}

void cgroup_close_slot(struct cgroup *group) {
  close_file(&group->memory);
  close_file(&group->pids);
  close_file(&group->cpu);
  close_file(&group->cpuacct);
  close_file(&group->cpu_usage);
  close_file(&group->peak);
  close_file(&group->oom);
  close_file(&group->oom_event);
}

uint64_t cgroup_cpu_ns(struct cgroup *group) {
  char text[512];
  if (read_open(group->cpu_usage, text, sizeof text) <= 0) return 0;
  bool is_v2 = strncmp(text, "usage_usec ", 11) == 0;
  group->cpu_seen = is_v2 ? strtoull(text + 11, NULL, 10) * 1000 : strtoull(text, NULL, 10);
  return group->cpu_seen;
}

uint64_t cgroup_memory_peak(const struct cgroup *group) {
  uint64_t peak = number_of(group->peak);
  return peak > group->memory_base ? peak - group->memory_base : 0;
}

uint64_t cgroup_file_cache(const struct cgroup *group) {
  int file = openat(group->memory, "memory.stat", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  uint64_t cache = field_of(file, cgroup_version() == 2 ? "file" : "cache"), shared = field_of(file, "shmem");
  close(file);
  uint64_t left = shared + group->memory_base; // files in tmpfs count for the box; what was charged before does not
  return cache > left ? cache - left : 0;
}

bool cgroup_out_of_memory(struct cgroup *group) {
  group->oom_seen = field_of(group->oom, "oom_kill");
  return group->oom_seen > group->oom_base;
}

static bool is_member(const struct cgroup *group, pid_t pid) {
  for (int i = 0; i < group->member_count; i++)
    if (group->members[i].pid == pid) return true;
  return false;
}

uint64_t cgroup_resident_bytes(const struct cgroup *group) {
  char text[4096], path[32], status[4096];
  uint64_t largest = 0;
  if (read_file_at(cgroup_version() == 2 ? group->memory : group->pids, "cgroup.procs", text, sizeof text) <= 0) return 0;
  for (char *next = text; *next; next += *next == '\n') {
    pid_t pid = strtol(next, &next, 10);
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    if (is_member(group, pid) || read_file_at(AT_FDCWD, path, status, sizeof status) <= 0) continue;
    const char *peak = strstr(status, "\nVmHWM:"); // not in the first line: the program chooses its name
    uint64_t bytes = peak ? strtoull(peak + strlen("\nVmHWM:"), NULL, 10) * 1024 : 0;
    if (bytes > largest) largest = bytes;
  }
  return largest;
}

bool cgroup_is_ready(const struct cgroup *group) {
  char text[4096];
  bool is_v2 = cgroup_version() == 2;
  if (read_file_at(is_v2 ? group->memory : group->pids, is_v2 ? "cgroup.threads" : "tasks", text, sizeof text) <= 0) return false;
  for (char *next = text; *next; next += *next == '\n') {
    pid_t thread = strtol(next, &next, 10);
    if (!is_member(group, thread) && thread_is_ready(thread)) return true;
  }
  return false;
}

void cgroup_kill(const struct cgroup *group) {
  char text[4096];
  if (cgroup_version() == 2 && write_file_at(group->memory, "cgroup.kill", "1") == 0) return;
  if (read_file_at(cgroup_version() == 2 ? group->memory : group->pids, "cgroup.procs", text, sizeof text) <= 0) return;
  for (char *next = text; *next; next += *next == '\n') {
    pid_t pid = strtol(next, &next, 10);
    if (pid > 1 && !is_member(group, pid)) kill(pid, SIGKILL);
  }
}
