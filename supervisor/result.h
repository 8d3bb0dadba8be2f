// The result of a run: its output, and the RESULT frame that reports how it ended.
#ifndef RESULT_H
#define RESULT_H
#include "frames.h"

enum reason { REASON_NONE, REASON_CPU, REASON_WALL, REASON_MEMORY, REASON_OUTPUT, REASON_CANCELLED, REASON_STARVED, REASON_IDLE };

struct output {
  int pipe; // non-blocking; -1 if closed
  uint8_t *bytes;
  size_t length, capacity;
  uint64_t streamed; // bytes that were passed on instead
  bool truncated;
};

// Makes the pipe of an output, with its reading end in `output` and its writing end in `*write_end`. A program can reopen
// the latter as /dev/stdout, but cannot read what others wrote to it. Returns false with errno.
bool output_open(struct output *output, int *write_end);
// Reads what is available, and keeps at most `limit` bytes in all. Returns false if there was more. With `is_last`, the
// program has ended, and no event follows.
bool output_read(struct output *output, size_t limit, bool is_last);
void output_close(struct output *output);

struct result {
  uint32_t id;
  enum reason reason;
  int wait_status; // as wait(2) returns it
  bool out_of_memory;
  uint64_t cpu_ns, wall_ns;
  uint64_t user_us, system_us; // of the processes that were reaped: the ratio in which CPU time is divided
  uint64_t memory;
  bool collected;
  uint64_t artifact_bytes;
  const char *problem; // why a build's output was not kept, "" if it was
};

// Sends the RESULT frame, or FAILED for a run that got too little CPU time to be judged.
void result_send(const struct result *result, const struct output *out, const struct output *err);
// The reason why a run ended, whether by itself or killed: exceeded limits decide, not which came first.
enum reason result_reason(const struct run_request *run, enum reason reason, uint64_t cpu_ns, bool over_wall, bool out_of_memory);
#endif
