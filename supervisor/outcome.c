// How a run ended: its output, its report, what was used, and the answer made of them.
#include "slot-state.h"
#include "store.h"
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void send_failure(uint32_t id, bool retryable, const char *format, ...) {
  char message[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  struct writer writer;
  write_start(&writer, FRAME_FAILED, id);
  write_u8(&writer, retryable);
  write_bytes(&writer, message, strlen(message));
  connection_send(&writer);
}

void take_output(struct slot *slot, struct output *output, bool may_kill) {
  static uint8_t buffer[65536];
  size_t limit = HAS(OUTPUT_LIMIT) ? slot->run.output_bytes : MAX_OUTPUT;
  while (output->pipe >= 0) {
    ssize_t got = read(output->pipe, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return; // nothing more now
    if (got == 0) {
      close_file(&output->pipe);
      return;
    }
    size_t kept = (size_t)got < limit - output->length ? (size_t)got : limit - output->length;
    if (output->length + kept > output->capacity) {
      output->capacity = output->length + kept > 2 * output->capacity ? output->length + kept : 2 * output->capacity;
      output->bytes = realloc(output->bytes, output->capacity);
      if (!output->bytes) die("out of memory");
    }
    if (kept) memcpy(output->bytes + output->length, buffer, kept);
    output->length += kept;
    if (kept < (size_t)got) {
      output->truncated = true;
      if (slot->reason == REASON_NONE) slot->reason = REASON_OUTPUT;
      if (may_kill) box_kill(slot, REASON_OUTPUT);
      return;
    }
  }
}

static void settle_reason(struct slot *slot, uint64_t cpu_ns, uint64_t wall_ns, bool out_of_memory) {
  if (slot->reason == REASON_CANCELLED) return;
  if (out_of_memory) slot->reason = REASON_MEMORY;
  else if (slot->reason == REASON_NONE && cpu_ns >= slot->run.cpu_ns) slot->reason = REASON_CPU;
  else if (slot->reason == REASON_NONE && wall_ns >= slot->run.wall_ns) slot->reason = REASON_WALL;
}

// The group counts in pieces of some pages, so that small programs show as nothing; and it holds the box's own part.
static uint64_t memory_of(const struct slot *slot, bool out_of_memory) {
  uint64_t memory = cgroup_memory_peak(&slot->cgroup), limit = slot->run.memory;
  if (slot->report.resident_bytes > memory) memory = slot->report.resident_bytes;
  return out_of_memory && memory > limit ? limit : memory;
}

// Answers with {u8 reason, u8 signalled, u32 code or signal, u8 out_of_memory, u8 stdout_truncated,
// u8 stderr_truncated, u64 cpu_ns, u64 user_ns, u64 system_ns, u64 wall_ns, u64 memory, u8 collected,
// u64 artifact_bytes, string problem, string stdout, string stderr}. `problem` says why a build's output was not kept.
void send_result(struct slot *slot, bool collected, uint64_t artifact_bytes, const char *problem) {
  const struct box_report *report = &slot->report;
  bool exited = slot->reported && WIFEXITED(report->wait_status);
  uint32_t code = exited ? WEXITSTATUS(report->wait_status) : slot->reported ? WTERMSIG(report->wait_status) : SIGKILL;
  uint64_t base = slot->reported ? report->cpu_base_ns : slot->cpu_start_ns;
  uint64_t total = cgroup_cpu_ns(&slot->cgroup);
  uint64_t cpu = total > base ? total - base : 0;
  uint64_t waited = report->user_us + report->system_us;
  uint64_t system = slot->reported && waited ? (uint64_t)((double)cpu * report->system_us / waited) : 0;
  uint64_t wall = slot->reported ? report->wall_ns : now_ns() - slot->started_ns;
  bool out_of_memory = cgroup_out_of_memory(&slot->cgroup);
  settle_reason(slot, cpu, wall, out_of_memory);
  struct writer writer;
  write_start(&writer, FRAME_RESULT, slot->run.id);
  write_u8(&writer, slot->reason);
  write_u8(&writer, !exited);
  write_u32(&writer, code);
  write_u8(&writer, out_of_memory);
  write_u8(&writer, slot->out.truncated);
  write_u8(&writer, slot->err.truncated);
  write_u64(&writer, cpu);
  write_u64(&writer, cpu - system);
  write_u64(&writer, system);
  write_u64(&writer, wall);
  write_u64(&writer, memory_of(slot, out_of_memory));
  write_u8(&writer, collected);
  write_u64(&writer, artifact_bytes);
  write_bytes(&writer, problem, strlen(problem));
  write_bytes(&writer, slot->out.bytes, slot->out.length);
  write_bytes(&writer, slot->err.bytes, slot->err.length);
  connection_send(&writer);
  slot->answered = true;
}

bool wants_collecting(const struct slot *slot) { return slot->directory >= 0; }

void take_report(struct slot *slot) {
  int fds[1], count;
  ssize_t got = receive_with_fds(slot->socket, &slot->report, sizeof slot->report, fds, 1, &count);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got != sizeof slot->report) { // it dies without a word; its death comes as an event of its own
    close_file(&slot->socket);
    return;
  }
  if (slot->state == SPARE && slot->report.error)
    note("cannot make a box ahead: %s: %s", slot->report.stage, strerror(slot->report.error));
  if (slot->state != RUNNING) {
    if (count) close(fds[0]);
    return;
  }
  slot->state = ENDED;
  slot->reported = true;
  if (count) slot->directory = fds[0];
  if (slot->report.error) {
    send_failure(slot->run.id, !slot->report.tool_missing, "%s: %s", slot->report.stage, strerror(slot->report.error));
    slot->answered = true;
    return;
  }
  take_output(slot, &slot->out, false);
  take_output(slot, &slot->err, false);
  if (!WIFEXITED(slot->report.wait_status) || WEXITSTATUS(slot->report.wait_status) != 0) close_file(&slot->directory);
  if (!wants_collecting(slot)) send_result(slot, false, 0, "");
  cgroup_unthrottle(&slot->cgroup); // what is left in the box dies now
}

void collect_build(struct slot *slot) {
  char message[256] = "";
  int64_t bytes = store_collect(slot->run.collect, slot->directory, message, sizeof message);
  if (bytes < 0 && message[0] == '!') {
    send_failure(slot->run.id, true, "%s", message + 1);
    slot->answered = true;
  } else {
    send_result(slot, bytes >= 0, bytes < 0 ? 0 : bytes, message);
  }
}
