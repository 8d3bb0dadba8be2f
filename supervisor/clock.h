// The clock of a run. CPU time judges programs; the wall clock ends only what sleeps or waits, so time in which a run was
// ready but got no processor does not count. Knows nothing of where the figures come from.
#ifndef CLOCK_H
#define CLOCK_H
#include "result.h"

struct run_clock {
  uint64_t started_ns, sampled_ns; // of now_ns
  uint64_t cpu_ns;                 // used when last sampled
  uint64_t ready_ns, running_ns;   // with a thread that could run; with one that did
  uint64_t sample_due_ns;
  bool was_ready;
};

void clock_start(struct run_clock *clock, uint64_t now);
// Whether the run has to be looked at: whether it is ready, which takes a while to find out.
bool clock_wants_sample(const struct run_clock *clock, const struct run_request *run, uint64_t now);
// Takes note of a look. `cpu_ns` is what the run has used since it started, of all its processes.
void clock_sample(struct run_clock *clock, uint64_t now, uint64_t cpu_ns, bool ready);
// Whether so much of the time since the last look was spent running that nobody needs to look.
bool clock_was_running(const struct run_clock *clock, uint64_t now, uint64_t cpu_ns);
// The limit that a run is over, REASON_NONE while it is within all.
enum reason clock_check(const struct run_clock *clock, const struct run_request *run, uint64_t now, uint64_t cpu_ns);
// When the run has to be checked again.
uint64_t clock_next(const struct run_clock *clock, const struct run_request *run, uint64_t now, uint64_t cpu_ns);
// The same for a run that ended after `wall_ns`. It has the benefit of the doubt for the time since the last look.
bool clock_was_over(const struct run_clock *clock, const struct run_request *run, uint64_t wall_ns, uint64_t cpu_ns);
#endif
