// How a run ended: makes its answer of its output, its report and what it used.
#include "slot-state.h"
#include "store.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// Returns false if there was more than the limit.
static bool read_output(struct slot *slot, struct output *output, bool is_last) {
  enum session_stream stream = output == &slot->out ? STREAM_STDOUT : STREAM_STDERR;
  if (!slot->run.streams) return output_read(output, HAS(OUTPUT_LIMIT) ? slot->run.output_bytes : MAX_OUTPUT, is_last);
  return session_read(&slot->session, output, stream, HAS(OUTPUT_LIMIT) ? slot->run.output_bytes : MAX_STREAMED, is_last);
}

void take_output(struct slot *slot, struct output *output) {
  if (read_output(slot, output, false)) return;
  if (slot->reason == REASON_NONE) slot->reason = REASON_OUTPUT;
  if (slot->state == RUNNING) box_kill(slot, REASON_OUTPUT);
}

void take_last_output(struct slot *slot) {
  bool fits = read_output(slot, &slot->out, true);
  fits = read_output(slot, &slot->err, true) && fits;
  if (!fits && slot->reason == REASON_NONE) slot->reason = REASON_OUTPUT;
}

// Below this it is not worth reading how much of a group's memory is cached files.
static const uint64_t MUCH_CACHE = 4 << 20;

// The group counts in batches of some pages, so that small programs may show as nothing. It includes the box's init, so that
// it may exceed the limit a little. Pages that were in memory before count for a process, but not for the group.
static uint64_t memory_of(const struct slot *slot, bool out_of_memory) {
  uint64_t memory = cgroup_memory_peak(&slot->cgroup), resident = slot->report.resident_bytes, limit = slot->run.memory;
  if (HAS(MEMORY_LIMIT) && out_of_memory) return limit;
  if (memory > resident + MUCH_CACHE) {
    uint64_t cache = cgroup_file_cache(&slot->cgroup);
    memory -= cache < memory ? cache : memory;
  }
  if (resident > memory) memory = resident;
  return HAS(MEMORY_LIMIT) && memory > limit ? limit : memory;
}

void send_result(struct slot *slot, bool collected, uint64_t artifact_bytes, const char *problem) {
  const struct box_report *report = &slot->report;
  uint64_t base = slot->reported ? report->cpu_base_ns : slot->cpu_start_ns;
  uint64_t total = cgroup_cpu_ns(&slot->cgroup);
  bool out_of_memory = cgroup_out_of_memory(&slot->cgroup);
  struct result result = {
      .id = slot->run.id,
      .wait_status = slot->reported ? report->wait_status : SIGKILL,
      .out_of_memory = out_of_memory,
      .cpu_ns = total > base ? total - base : 0,
      .wall_ns = slot->reported ? report->wall_ns : now_ns() - slot->clock.started_ns,
      .user_us = slot->reported ? report->user_us : 0,
      .system_us = slot->reported ? report->system_us : 0,
      .memory = memory_of(slot, out_of_memory),
      .collected = collected,
      .artifact_bytes = artifact_bytes,
      .problem = problem,
  };
  bool over_wall = clock_was_over(&slot->clock, &slot->run, result.wall_ns, result.cpu_ns);
  slot->reason = result_reason(&slot->run, slot->reason, result.cpu_ns, over_wall, out_of_memory);
  result.reason = slot->reason;
  result_send(&result, &slot->out, &slot->err);
  if (slot->run.streams) { // nothing follows the result
    session_end(slot);
    output_close(&slot->out);
    output_close(&slot->err);
  }
  slot->answered = true;
}

bool wants_collecting(const struct slot *slot) { return slot->directory >= 0; }

void take_report(struct slot *slot) {
  int fds[STARTED_FDS], count;
  ssize_t got = receive_with_fds(slot->socket, &slot->report, sizeof slot->report, fds, STARTED_FDS, &count);
  // A box that ended with an unread order is first reported as an error, before what it sent.
  if (got < 0 && errno == ECONNRESET)
    got = receive_with_fds(slot->socket, &slot->report, sizeof slot->report, fds, STARTED_FDS, &count);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got == sizeof(struct box_waiting)) return warm_take_waiting(slot);
  if (got == sizeof(struct box_started)) {
    if (session_started(slot, fds, count)) return;
    note("cannot use a terminal: %s", strerror(errno));
    box_kill(slot, REASON_CANCELLED);
    return;
  }
  if (got != sizeof slot->report) { // it ends without a report; its end is an event of its own
    close_file(&slot->socket);
    return;
  }
  if (slot->state == SPARE && slot->report.error && !slot->report.not_begun)
    note("cannot make a box ahead: %s: %s", slot->report.stage, strerror(slot->report.error));
  if (slot->state == SPARE && slot->report.not_begun && !slot->kill_wanted) {
    warm_count_death(slot);
    slot->kill_wanted = true; // no run may get it any more
  }
  if (slot->state != RUNNING) {
    for (int i = 0; i < count; i++) close(fds[i]);
    return;
  }
  slot->state = ENDED;
  slot->reported = true;
  if (count) slot->directory = fds[0];
  if (slot->report.not_begun) {
    warm_count_death(slot); // the run goes to another box
    return;
  }
  if (slot->report.error) {
    connection_fail(slot->run.id, slot->report.tool_missing ? FAILURE_PERMANENT : FAILURE_RETRYABLE, "%s: %s",
                    slot->report.stage, strerror(slot->report.error));
    slot->answered = true;
    return;
  }
  take_last_output(slot);
  if (!WIFEXITED(slot->report.wait_status) || WEXITSTATUS(slot->report.wait_status) != 0) close_file(&slot->directory);
  if (!wants_collecting(slot)) send_result(slot, false, 0, "");
  cgroup_unthrottle(&slot->cgroup); // what is left in the box is killed now
}

void collect_build(struct slot *slot) {
  struct failure failure = {0};
  int64_t bytes = store_collect(slot->run.collect, slot->directory, &failure);
  if (bytes >= 0) return send_result(slot, true, bytes, "");
  if (failure.kind == FAILURE_PERMANENT) return send_result(slot, false, 0, failure.message);
  connection_send_failure(slot->run.id, &failure);
  slot->answered = true;
}
