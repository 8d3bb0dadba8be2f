// Bounds: STREAM_WINDOW bytes of input and the same of each output, and what a pipe holds when its program ends.
#include "session.h"
#include "connection.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 32 << 10, MAX_LAST_BYTES = 1 << 20 }; // a pipe holds no more than that (fs.pipe-max-size)
enum { END_OF_INPUT = 4, ENDS = 2 };                 // Ctrl-D

void session_send_started(uint32_t id) {
  struct writer writer;
  write_start(&writer, FRAME_STARTED, id);
  connection_send(&writer);
}

void session_send_output(uint32_t id, enum session_stream stream, const uint8_t *bytes, size_t length) {
  struct writer writer;
  write_start(&writer, FRAME_OUTPUT, id);
  write_u8(&writer, stream);
  write_bytes(&writer, bytes, length);
  connection_send(&writer);
}

void session_send_used(uint32_t id, uint64_t cpu_ns) {
  struct writer writer;
  write_start(&writer, FRAME_USED_CPU, id);
  write_u64(&writer, cpu_ns);
  connection_send(&writer);
}

void session_send_taken(uint32_t id, size_t length) {
  struct writer writer;
  write_start(&writer, FRAME_TAKEN, id);
  write_u32(&writer, length);
  connection_send(&writer);
}

static void watch(struct session *session, int file, enum session_stream stream, bool wanted) {
  if (session->watched[stream] == wanted) return;
  session->watched[stream] = wanted;
  session->watch(session->owner, file, stream, wanted);
}

void session_start(struct session *session, const struct run_request *run) {
  session->id = run->id;
  session->streams = run->streams;
  session->room[STREAM_STDOUT] = session->room[STREAM_STDERR] = STREAM_WINDOW;
  session->watched[STREAM_STDOUT] = session->watched[STREAM_STDERR] = true;
  session->watched[STREAM_INPUT] = false;
  session->input = -1;
  session->is_input_over = run->streams == STREAMS_OUTPUT;
  session->wants_end = session->is_line_begun = false;
  session->waiting = NULL;
  session->waiting_length = 0;
  session->activity_ns = now_ns();
  if (session->is_input_over) return;
  session->waiting = malloc(STREAM_WINDOW + ENDS);
  if (!session->waiting) die("out of memory");
}

void session_close(struct session *session) {
  if (session->input >= 0) watch(session, session->input, STREAM_INPUT, false);
  close_file(&session->input);
  free(session->waiting);
  session->waiting = NULL;
  session->waiting_length = 0;
  session->is_input_over = true;
}

void session_open_input(struct session *session, int input) {
  session->input = input;
  fcntl(input, F_SETFL, O_NONBLOCK);
  session_write(session);
}

bool session_open_terminal(struct session *session, struct output *out, int master) {
  int input = fcntl(master, F_DUPFD_CLOEXEC, 0);
  if (input < 0 || fcntl(master, F_SETFL, O_NONBLOCK) < 0) {
    close_file(&input);
    close_file(&master);
    return false;
  }
  if (out->pipe >= 0) watch(session, out->pipe, STREAM_STDOUT, false);
  close_file(&out->pipe);
  out->pipe = master;
  watch(session, master, STREAM_STDOUT, true);
  session_open_input(session, input);
  return true;
}

static void discard_input(struct session *session) {
  if (session->waiting_length) session_send_taken(session->id, session->waiting_length);
  session_close(session);
}

void session_write(struct session *session) {
  size_t taken = 0;
  if (session->input < 0) return;
  while (taken < session->waiting_length) {
    ssize_t written = write(session->input, session->waiting + taken, session->waiting_length - taken);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno != EAGAIN) return discard_input(session); // the program closed it
    if (written <= 0) break;
    taken += written;
  }
  session->waiting_length -= taken;
  memmove(session->waiting, session->waiting + taken, session->waiting_length);
  if (taken) session->activity_ns = now_ns();
  if (taken) session_send_taken(session->id, taken);
  if (session->waiting_length == 0 && session->wants_end && session->streams == STREAMS_PIPES) return session_close(session);
  watch(session, session->input, STREAM_INPUT, session->waiting_length > 0);
}

// On a terminal, Ctrl-D ends the input at the beginning of a line; in a line it only passes on what was typed.
static void end_input(struct session *session) {
  session->wants_end = true;
  if (session->streams != STREAMS_TERMINAL) return;
  for (int i = session->is_line_begun ? 0 : 1; i < ENDS; i++) session->waiting[session->waiting_length++] = END_OF_INPUT;
}

static bool take_input(struct session *session, struct reader *reader) {
  uint32_t length;
  bool is_end = read_u8(reader) != 0;
  const uint8_t *bytes = read_bytes(reader, STREAM_WINDOW, &length);
  if (reader->broken || reader->next != reader->end) return false;
  if (session->is_input_over || session->wants_end) {
    if (length) session_send_taken(session->id, length);
    return true;
  }
  if (length > STREAM_WINDOW - session->waiting_length) return false; // more than the window
  memcpy(session->waiting + session->waiting_length, bytes, length);
  session->waiting_length += length;
  if (length) session->is_line_begun = !strchr("\n\r\4", bytes[length - 1]) || bytes[length - 1] == 0;
  if (is_end) end_input(session);
  session_write(session);
  return true;
}

static bool take_room(struct session *session, struct reader *reader, const struct output *out, const struct output *err) {
  uint8_t stream = read_u8(reader);
  uint32_t bytes = read_u32(reader);
  if (reader->broken || reader->next != reader->end || stream > STREAM_STDERR) return false;
  // What is sent at the end uses up no room, but is given back too.
  session->room[stream] += bytes < STREAM_WINDOW - session->room[stream] ? bytes : STREAM_WINDOW - session->room[stream];
  int pipe = stream == STREAM_STDOUT ? out->pipe : err->pipe;
  if (pipe >= 0) watch(session, pipe, stream, session->room[stream] > 0);
  return true;
}

bool session_read_signal(struct reader *reader, int *number) {
  *number = read_u8(reader);
  return !reader->broken && reader->next == reader->end && *number > 0 && *number < SIGSYS;
}

bool session_read_size(struct reader *reader, uint16_t *columns, uint16_t *rows) {
  *columns = read_u16(reader);
  *rows = read_u16(reader);
  return !reader->broken && reader->next == reader->end && *columns > 0 && *columns <= MAX_TERMINAL && *rows > 0 && *rows <= MAX_TERMINAL;
}

bool session_take_frame(struct session *session, uint8_t type, struct reader *reader, const struct output *out, const struct output *err) {
  return type == FRAME_INPUT ? take_input(session, reader) : take_room(session, reader, out, err);
}

bool session_ignore(uint8_t type, struct reader *reader) {
  uint32_t length;
  if (type == FRAME_RESIZE) read_u16(reader), read_u16(reader);
  else if (type != FRAME_USED) read_u8(reader);
  if (type == FRAME_INPUT) read_bytes(reader, STREAM_WINDOW, &length);
  if (type == FRAME_READ) read_u32(reader);
  return !reader->broken && reader->next == reader->end;
}

// Returns false if the output exceeds the limit.
static bool pass_on(struct session *session, struct output *output, enum session_stream stream, uint64_t limit, const uint8_t *bytes, size_t length) {
  size_t passed = length < limit - output->streamed ? length : limit - output->streamed;
  if (passed) session_send_output(session->id, stream, bytes, passed);
  output->streamed += passed;
  session->room[stream] -= passed < session->room[stream] ? passed : session->room[stream];
  session->activity_ns = now_ns();
  output->truncated = passed < length;
  return !output->truncated;
}

static void end_output(struct session *session, struct output *output, enum session_stream stream) {
  watch(session, output->pipe, stream, false);
  close_file(&output->pipe);
  session_send_output(session->id, stream, NULL, 0);
}

bool session_read(struct session *session, struct output *output, enum session_stream stream, uint64_t limit, bool is_last) {
  static uint8_t buffer[CHUNK];
  size_t left = is_last ? MAX_LAST_BYTES : session->room[stream];
  while (output->pipe >= 0 && left > 0 && !output->truncated) {
    ssize_t got = read(output->pipe, buffer, left < CHUNK ? left : CHUNK);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) break;
    if (got <= 0) { // of a terminal: EIO, when the last process has closed it
      end_output(session, output, stream);
      return true;
    }
    left -= got;
    if (!pass_on(session, output, stream, limit, buffer, got)) return false;
  }
  if (output->pipe >= 0 && !is_last) watch(session, output->pipe, stream, session->room[stream] > 0);
  return true;
}

uint64_t session_idle_at(const struct session *session, const struct run_request *run) {
  return run->idle_ns ? session->activity_ns + run->idle_ns : UINT64_MAX;
}

bool session_is_idle(const struct session *session, const struct run_request *run, uint64_t now) {
  return HAS(IDLE_LIMIT) && now >= session_idle_at(session, run);
}
