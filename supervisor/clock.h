// The clock of a run. CPU time judges programs; the wall clock ends only those that sleep or wait, so time in which a run
// was ready but got no processor does not count. Knows nothing of where the figures come from.
#ifndef CLOCK_H
#define CLOCK_H
#include "result.h"

struct run_clock {
  uint64_t started_ns, sampled_ns; // of now_ns
  uint64_t cpu_ns;                 // used at the last sample
  uint64_t ready_ns, running_ns;   // time with a thread that was ready; time with one that ran
  uint64_t sample_due_ns;
  bool was_ready;
};

void clock_start(struct run_clock *clock, uint64_t now);
// Whether a sample is due: whether the run is ready, which is slow to find out.
bool clock_wants_sample(const struct run_clock *clock, const struct run_request *run, uint64_t now);
// Records a sample. `cpu_ns` is the CPU time of all processes of the run since its start.
void clock_sample(struct run_clock *clock, uint64_t now, uint64_t cpu_ns, bool ready);
// Whether the run spent so much of the time since the last sample running that it counts as ready without a sample.
bool clock_was_running(const struct run_clock *clock, uint64_t now, uint64_t cpu_ns);
// The limit that a run exceeds, REASON_NONE if none.
enum reason clock_check(const struct run_clock *clock, const struct run_request *run, uint64_t now, uint64_t cpu_ns);
// When the next check of the run is due.
uint64_t clock_next(const struct run_clock *clock, const struct run_request *run, uint64_t now, uint64_t cpu_ns);
// Whether a run that ended after `wall_ns` exceeded its wall-clock limit. For the time since the last sample it gets the
// benefit of the doubt.
bool clock_was_over(const struct run_clock *clock, const struct run_request *run, uint64_t wall_ns, uint64_t cpu_ns);
#endif
