// The layout of frames, field by field, for a test: prints the RUN frames of stdin with the name of each field, or writes
// one frame to stdout, made of fields that are given by name. It uses the supervisor's own code for both.
#include "connection.h"
#include "session.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static const char *const REASONS[] = {
    [REASON_NONE] = "none",     [REASON_CPU] = "cpu",           [REASON_WALL] = "wall",      [REASON_MEMORY] = "memory",
    [REASON_OUTPUT] = "output", [REASON_CANCELLED] = "cancelled", [REASON_STARVED] = "starved",
    [REASON_IDLE] = "idle"};
static const char *const KINDS[] = {
    [FAILURE_PERMANENT] = "permanent", [FAILURE_RETRYABLE] = "retryable", [FAILURE_BUSY] = "busy"};

static int index_of(const char *const *names, int count, const char *name) {
  for (int i = 0; i < count; i++)
    if (strcmp(names[i], name) == 0) return i;
  die("there is no %s", name);
}
#define INDEX_OF(names, name) index_of(names, sizeof(names) / sizeof *(names), name)

static const char *print_strings(const char *name, const char *next, uint32_t count) {
  for (uint32_t i = 0; i < count; i++, next += strlen(next) + 1) printf("%s %s\n", name, next);
  return next;
}

static bool print_run(uint32_t id, struct reader *reader) {
  struct run_request run;
  char input[1024];
  if (!parse_run(reader, id, &run)) return false;
  printf("id %u\n", run.id);
#define PRINT(bits, name) printf(#name " %llu\n", (unsigned long long)run.name);
  RUN_NUMBERS(PRINT)
#undef PRINT
  const char *next = print_strings("argument", run.strings, run.argument_count);
  print_strings("variable", next, run.variable_count);
  ssize_t got = run.stdin_file < 0 ? 0 : read(run.stdin_file, input, sizeof input);
  printf("stdin %.*s\n", (int)got, input);
  fflush(stdout);
  free_run(&run);
  return true;
}

static bool print_input(struct reader *reader) {
  uint32_t length;
  int ends = read_u8(reader);
  const uint8_t *bytes = read_bytes(reader, STREAM_WINDOW, &length);
  printf("input %.*s\nends %d\n", (int)length, bytes, ends);
  return true;
}

static bool print_frame(uint8_t type, uint32_t id, struct reader *reader) {
  int number;
  uint16_t columns, rows;
  bool done = false;
  if (type == FRAME_RUN) return print_run(id, reader);
  printf("id %u\n", id);
  if (type == FRAME_INPUT) done = print_input(reader);
  if (type == FRAME_READ) done = printf("stream %d\n", read_u8(reader)) && printf("bytes %u\n", read_u32(reader));
  if (type == FRAME_SIGNAL && (done = session_read_signal(reader, &number))) printf("signal %d\n", number);
  if (type == FRAME_RESIZE && (done = session_read_size(reader, &columns, &rows))) printf("columns %d\nrows %d\n", columns, rows);
  fflush(stdout);
  return done && !reader->broken && reader->next == reader->end;
}

static void set_text(struct output *output, const char *text) {
  output->bytes = (uint8_t *)text;
  output->length = strlen(text);
}

// The fields are `name=value`.
static void send_result(char **fields) {
  struct result result = {.problem = ""};
  struct output out = {.pipe = -1}, err = {.pipe = -1};
  for (; *fields; fields++) {
    char *name = strtok(*fields, "="), *value = strtok(NULL, "");
    if (!value) die("%s has no value", name);
#define NUMBER(field)                                                                                       \
  if (strcmp(name, #field) == 0) {                                                                          \
    result.field = strtoull(value, NULL, 10);                                                               \
    continue;                                                                                               \
  }
    NUMBER(id) NUMBER(wait_status) NUMBER(out_of_memory) NUMBER(cpu_ns) NUMBER(wall_ns) NUMBER(user_us)
    NUMBER(system_us) NUMBER(memory) NUMBER(collected) NUMBER(artifact_bytes)
#undef NUMBER
    if (strcmp(name, "reason") == 0) result.reason = INDEX_OF(REASONS, value);
    else if (strcmp(name, "problem") == 0) result.problem = value;
    else if (strcmp(name, "stdout") == 0) set_text(&out, value);
    else if (strcmp(name, "stderr") == 0) set_text(&err, value);
    else if (strcmp(name, "stdout_truncated") == 0) out.truncated = atoi(value);
    else if (strcmp(name, "stderr_truncated") == 0) err.truncated = atoi(value);
    else die("a result has no %s", name);
  }
  result_send(&result, &out, &err);
}

int main(int argc, char **argv) {
  int epoll_file = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_file < 0) die("epoll");
  connection_open(0, 1, epoll_file, 0, print_frame);
  if (argc == 1) {
    struct epoll_event event;
    while (epoll_wait(epoll_file, &event, 1, -1) > 0 && connection_handle(event.events)) continue;
  } else if (strcmp(argv[1], "result") == 0) {
    send_result(argv + 2);
  } else if (strcmp(argv[1], "ready") == 0 && argc == 4) {
    connection_send_ready(atoi(argv[2]), atoi(argv[3]));
  } else if (strcmp(argv[1], "started") == 0 && argc == 3) {
    session_send_started(atoi(argv[2]));
  } else if (strcmp(argv[1], "output") == 0 && argc == 5) {
    session_send_output(atoi(argv[2]), atoi(argv[3]), (const uint8_t *)argv[4], strlen(argv[4]));
  } else if (strcmp(argv[1], "taken") == 0 && argc == 4) {
    session_send_taken(atoi(argv[2]), atoi(argv[3]));
  } else if (strcmp(argv[1], "failed") == 0 && argc == 5) {
    connection_fail(atoi(argv[2]), INDEX_OF(KINDS, argv[3]), "%s", argv[4]);
  } else {
    die("usage: frame-echo [result NAME=VALUE... | ready CGROUP_VERSION SLOTS | failed ID KIND MESSAGE |\n"
        "  started ID | output ID STREAM TEXT | taken ID BYTES]");
  }
  return 0;
}
