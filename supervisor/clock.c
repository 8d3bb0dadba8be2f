// Samples of a run show whether one of its threads was ready, and how much CPU time it used since the last sample. Time in
// which it was ready but did not run is due to the machine. Samples come at irregular times, so that a program cannot
// arrange to be ready whenever it is sampled.
#include "clock.h"

static const uint64_t SAMPLE_NS = 50 * 1000 * 1000;    // between two samples, on average
static const uint64_t SHORTEST_NS = 2 * 1000 * 1000;   // between two checks
static const uint64_t NEARLY_BUSY_NS = 1000000000;     // a run that waited for less is only bound by its CPU limit
static const uint64_t SECOND_US = 1000000;

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }
static uint64_t most(uint64_t a, uint64_t b) { return a > b ? a : b; }
static uint64_t beyond(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }

// From half the average to one and a half of it. It depends on the nanosecond of the call, which no program can choose.
static uint64_t irregular_delay(uint64_t now) {
  return SAMPLE_NS / 2 + (now * 0x9e3779b97f4a7c15ull >> 32) * SAMPLE_NS / UINT32_MAX;
}

void clock_start(struct run_clock *clock, uint64_t now) {
  *clock = (struct run_clock){.started_ns = now, .sampled_ns = now, .was_ready = true};
  clock->sample_due_ns = now + irregular_delay(now);
}

// The time that counts: in which the run ran, slept or waited.
static uint64_t counted_ns(const struct run_clock *clock, uint64_t elapsed_ns) {
  return elapsed_ns - least(elapsed_ns, beyond(clock->ready_ns, clock->running_ns));
}

bool clock_wants_sample(const struct run_clock *clock, const struct run_request *run, uint64_t now) {
  return now >= clock->sample_due_ns || counted_ns(clock, now - clock->started_ns) >= run->wall_ns;
}

bool clock_was_running(const struct run_clock *clock, uint64_t now, uint64_t cpu_ns) {
  return beyond(cpu_ns, clock->cpu_ns) >= (now - clock->sampled_ns) / 10 * 9;
}

static void record(struct run_clock *clock, uint64_t passed_ns, uint64_t cpu_ns, bool ready) {
  if (ready) clock->ready_ns += passed_ns;
  clock->running_ns += least(passed_ns, beyond(cpu_ns, clock->cpu_ns));
  clock->cpu_ns = cpu_ns;
  clock->was_ready = ready;
}

// A sample that comes late shows that this process had no processor either: in a container it shares the program's quota.
// Why the program waited in that time is unknown, so the time does not count.
static uint64_t lateness_ns(const struct run_clock *clock, uint64_t now) {
  uint64_t late = beyond(now, clock->sample_due_ns);
  return late > SAMPLE_NS ? late : 0;
}

void clock_sample(struct run_clock *clock, uint64_t now, uint64_t cpu_ns, bool ready) {
  if (!ready) clock->ready_ns += lateness_ns(clock, now);
  record(clock, now - clock->sampled_ns, cpu_ns, ready);
  clock->sampled_ns = now;
  clock->sample_due_ns = now + irregular_delay(now);
}

// A run that hardly waits may use up its CPU limit, even if the wall-clock limit is no longer than that.
static bool is_over(const struct run_clock *clock, const struct run_request *run, uint64_t elapsed_ns, uint64_t cpu_ns) {
  uint64_t waited_ns = beyond(elapsed_ns, most(clock->ready_ns, clock->running_ns));
  bool is_nearly_busy = waited_ns < NEARLY_BUSY_NS && cpu_ns < run->cpu_ns && run->cpu_ns <= run->wall_ns;
  return HAS(WALL_LIMIT) && counted_ns(clock, elapsed_ns) >= run->wall_ns && !is_nearly_busy;
}

static uint64_t patience_ns(const struct run_request *run) {
  bool is_held_back = run->quota_us > 0 && run->quota_us < SECOND_US;
  return PATIENCE * run->wall_ns + (is_held_back ? run->cpu_ns / run->quota_us * SECOND_US : run->cpu_ns);
}

enum reason clock_check(const struct run_clock *clock, const struct run_request *run, uint64_t now, uint64_t cpu_ns) {
  uint64_t elapsed_ns = now - clock->started_ns;
  if (HAS(CPU_LIMIT) && cpu_ns >= run->cpu_ns) return REASON_CPU;
  if (is_over(clock, run, elapsed_ns, cpu_ns)) return REASON_WALL;
  return HAS(WALL_LIMIT) && elapsed_ns >= patience_ns(run) ? REASON_STARVED : REASON_NONE;
}

uint64_t clock_next(const struct run_clock *clock, const struct run_request *run, uint64_t now, uint64_t cpu_ns) {
  uint64_t counted = counted_ns(clock, now - clock->started_ns);
  uint64_t next = least(clock->sample_due_ns, now + beyond(run->wall_ns, counted));
  if (HAS(CPU_LIMIT)) next = least(next, now + beyond(run->cpu_ns, cpu_ns) / core_count());
  return most(next, now + SHORTEST_NS);
}

bool clock_was_over(const struct run_clock *clock, const struct run_request *run, uint64_t wall_ns, uint64_t cpu_ns) {
  struct run_clock end = *clock;
  record(&end, beyond(wall_ns, clock->sampled_ns - clock->started_ns), cpu_ns, clock->was_ready);
  return is_over(&end, run, wall_ns, cpu_ns);
}
