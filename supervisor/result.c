// Shared by native boxes and containers, so that both report ends alike.
#include "result.h"
#include "connection.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

bool output_open(struct output *output, int *write_end) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return false;
  *output = (struct output){.pipe = ends[0]};
  *write_end = ends[1];
  fchmod(ends[1], geteuid() == 0 ? 0622 : 0222); // a program of the same user is the pipe's owner
  return fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

bool output_read(struct output *output, size_t limit, bool is_last) {
  static uint8_t buffer[65536];
  while (output->pipe >= 0) {
    ssize_t got = read(output->pipe, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return true; // nothing more yet
    if (got == 0) {
      close(output->pipe);
      output->pipe = -1;
      return true;
    }
    size_t kept = (size_t)got < limit - output->length ? (size_t)got : limit - output->length;
    if (output->length + kept > output->capacity) {
      output->capacity = output->length + kept > 2 * output->capacity ? output->length + kept : 2 * output->capacity;
      output->bytes = realloc(output->bytes, output->capacity);
      if (!output->bytes) die("out of memory");
    }
    if (kept) memcpy(output->bytes + output->length, buffer, kept);
    output->length += kept;
    output->truncated = kept < (size_t)got;
    if (output->truncated) return false;
    if (!is_last && (size_t)got < sizeof buffer) return true; // the rest, if there is any, is an event of its own
  }
  return true;
}

void output_close(struct output *output) {
  if (output->pipe >= 0) close(output->pipe);
  free(output->bytes);
  *output = (struct output){.pipe = -1};
}

enum reason result_reason(const struct run_request *run, enum reason reason, uint64_t cpu_ns, bool over_wall, bool out_of_memory) {
  if (reason == REASON_CANCELLED) return reason;
  if (out_of_memory) return REASON_MEMORY;
  if (reason == REASON_NONE && cpu_ns >= run->cpu_ns) return REASON_CPU;
  if (reason == REASON_NONE && over_wall) return REASON_WALL;
  return reason;
}

static void send_starved(const struct result *result) {
  connection_fail(result->id, FAILURE_BUSY, "the machine is too busy: in %.1f s a program was given %.1f s of CPU time",
                  result->wall_ns / 1e9, result->cpu_ns / 1e9);
}

// {u8 reason, u8 signalled, u32 code or signal, u8 out_of_memory, u8 stdout_truncated, u8 stderr_truncated, u64 cpu_ns,
// u64 user_ns, u64 system_ns, u64 wall_ns, u64 memory, u8 collected, u64 artifact_bytes, string problem, string stdout,
// string stderr}
void result_send(const struct result *result, const struct output *out, const struct output *err) {
  if (result->reason == REASON_STARVED) return send_starved(result);
  bool exited = WIFEXITED(result->wait_status);
  uint64_t waited = result->user_us + result->system_us;
  uint64_t system = waited ? (uint64_t)((double)result->cpu_ns * result->system_us / waited) : 0;
  struct writer writer;
  write_start(&writer, FRAME_RESULT, result->id);
  write_u8(&writer, result->reason);
  write_u8(&writer, !exited);
  write_u32(&writer, exited ? WEXITSTATUS(result->wait_status) : WTERMSIG(result->wait_status));
  write_u8(&writer, result->out_of_memory);
  write_u8(&writer, out->truncated);
  write_u8(&writer, err->truncated);
  write_u64(&writer, result->cpu_ns);
  write_u64(&writer, result->cpu_ns - system);
  write_u64(&writer, system);
  write_u64(&writer, result->wall_ns);
  write_u64(&writer, result->memory);
  write_u8(&writer, result->collected);
  write_u64(&writer, result->artifact_bytes);
  write_bytes(&writer, result->problem, strlen(result->problem));
  write_bytes(&writer, out->bytes, out->length);
  write_bytes(&writer, err->bytes, err->length);
  connection_send(&writer);
}
