// The process that becomes the program of a box: what it gives up and sets before exec.
#ifndef PROGRAM_H
#define PROGRAM_H
#include "common.h"

struct program {
  const struct box_order *order;
  int input;     // its stdin; -1 keeps the current one
  int outputs[2]; // its stdout and stderr; -1 keeps the current ones
  int terminal;   // its terminal, in place of all three; -1 for none
  int cpu_usage; // a descriptor of the cgroup's CPU time, -1 if unavailable
  int go;        // a pipe: a byte starts the program; -1 starts it at once
  uid_t uid;     // 0 keeps the current one
  const char *oom_score; // NULL keeps the current one; only without CLONE_VM
  // set by the new process, which shares this with its parent
  uint64_t start_ns, cpu_base_ns;
  int exec_error; // errno of what failed in `exec_stage`
  char exec_stage[42];
};

// Starts the process with `more_flags` for clone(2), after `seccomp_prepare`. Returns its number, or -1 with errno.
// `program` must stay valid until the process has become the program.
pid_t program_start(struct program *program, int more_flags);
// The seconds of CPU time that the kernel's own limit allows each process of the order.
uint64_t program_cpu_limit(const struct program *program);
// Reads nanoseconds of CPU time from a control group's file, of either version.
uint64_t program_read_cpu_ns(int file);
// Makes links to the entries of /code in /box/work: programs can read them by relative name, and own the directory. Returns
// NULL, or what failed, with errno.
const char *program_link_code(void);
#endif
