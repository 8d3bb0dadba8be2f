// The process that becomes the program of a box: what it gives up and sets before exec.
#ifndef PROGRAM_H
#define PROGRAM_H
#include "common.h"

struct program {
  const struct box_order *order;
  int input;     // its stdin, -1: as it is
  int outputs[2]; // its stdout and stderr, -1: as they are
  int cpu_usage; // the cgroup's CPU time, -1: not to be had
  int go;        // a pipe whose byte starts the program, -1: at once
  uid_t uid;     // 0: as it is
  const char *oom_score; // NULL: as it is; only without CLONE_VM
  // set by the process, which shares this with its parent
  uint64_t start_ns, cpu_base_ns;
  int exec_error; // errno of what failed in `exec_stage`
  char exec_stage[43];
};

// Starts the process with `more_flags` for clone(2). The filter of system calls must have been prepared. Returns its
// number, or -1 with errno. `program` must stay where it is until the process has become the program.
pid_t program_start(struct program *program, int more_flags);
// CPU time in nanoseconds of a group's file, of either version.
uint64_t program_read_cpu_ns(int file);
// Puts links to the entries of /code into /box/work: reading by relative name works, and the directory stays the
// program's own. Returns NULL, or what failed, with errno.
const char *program_link_code(void);
#endif
