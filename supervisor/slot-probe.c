// What no program in a box can bring about at will, for a test: when the clock plans its next check, and what a slot does
// with an event of a box that is gone. It is linked with the supervisor's own code, and says that there are four processors.
#include "clock.h"
#include "slot.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

unsigned __wrap_core_count(void) { return 4; }

// The milliseconds to the next check of a run that has `left_ms` of its CPU limit left, and no other check due before.
static void print_next_check(unsigned left_ms) {
  struct run_request run = {.cpu_ns = left_ms * 1000000ull, .wall_ns = 3600 * 1000000000ull};
  struct run_clock clock;
  uint64_t now = 1000000000;
  clock_start(&clock, now);
  clock.sample_due_ns = UINT64_MAX;
  printf("%llu\n", (unsigned long long)(clock_next(&clock, &run, now, 0) - now) / 1000000);
}

// The slot's socket is stdin here, as its state is all zeros. A report that is handled is read.
static void print_stale_event(uint32_t generation) {
  int ends[2];
  char byte;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0 || dup2(ends[0], STDIN_FILENO) < 0) die("no socket");
  if (write(ends[1], "x", 1) != 1) die("no message");
  slots_handle((union event_data){.kind = EVENT_REPORT, .generation = generation});
  puts(recv(STDIN_FILENO, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 1 ? "ignored" : "handled");
}

int main(int argc, char **argv) {
  if (argc > 2 && strcmp(argv[1], "next-check") == 0) print_next_check(atoi(argv[2]));
  else if (argc > 2 && strcmp(argv[1], "event") == 0) print_stale_event(atoi(argv[2]));
  else die("usage: slot-probe next-check MILLISECONDS | event GENERATION");
  return 0;
}
