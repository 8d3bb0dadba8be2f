// The live streams of one run: input that waits for its program, output that its reader has room for. It knows the frames
// of streams, and nothing of boxes or containers, which own the descriptors' place in an epoll set.
//
// Both directions have a window. The service may have STREAM_WINDOW bytes of input on their way: INPUT uses it up, TAKEN
// gives it back. The supervisor may send STREAM_WINDOW bytes of each output: OUTPUT uses it up, READ gives it back. So a
// program whose output is not read waits in its next write, and input waits at its sender while the program does not read.
#ifndef SESSION_H
#define SESSION_H
#include "result.h"

enum session_stream { STREAM_STDOUT, STREAM_STDERR, STREAM_INPUT, STREAM_COUNT };

struct session {
  uint32_t id;
  enum streams streams;
  // Registers a descriptor for one direction of its stream, or removes it.
  void (*watch)(void *owner, int file, enum session_stream stream, bool wanted);
  void *owner;
  bool watched[STREAM_COUNT];
  uint32_t room[2]; // bytes of each output that the service has room for
  int input;        // the writing end of the program's stdin, or the terminal's master; -1 before and after
  bool is_input_over; // what comes is discarded
  bool wants_end;     // the input ends after what waits
  bool is_line_begun; // on a terminal: the last byte was not the end of a line
  uint8_t *waiting;
  size_t waiting_length;
  uint64_t activity_ns; // when a byte went in or out last
};

// Starts the streams of a run; `watch` is called from then on. Outputs are watched already.
void session_start(struct session *session, const struct run_request *run);
// Sets where input goes. Takes ownership of the descriptor, which is non-blocking from then on.
void session_open_input(struct session *session, int input);
// Gives the session its terminal, whose master takes the place of stdout's pipe. Takes ownership of it; false with errno.
bool session_open_terminal(struct session *session, struct output *out, int master);
// Read the payload of SIGNAL and RESIZE. Return false if it is malformed.
bool session_read_signal(struct reader *reader, int *number);
bool session_read_size(struct reader *reader, uint16_t *columns, uint16_t *rows);
// Handles an INPUT or READ frame. Returns false if it is malformed. Frames of an unknown session go to `session_ignore`.
bool session_take_frame(struct session *session, uint8_t type, struct reader *reader, const struct output *out, const struct output *err);
bool session_ignore(uint8_t type, struct reader *reader);
// Writes input that waits, as far as the program takes it.
void session_write(struct session *session);
// Sends output as far as there is room. Returns false if it exceeds `limit` bytes in all. With `is_last`, the program has
// ended: sends what the pipe holds, whatever room there is.
bool session_read(struct session *session, struct output *output, enum session_stream stream, uint64_t limit, bool is_last);
// Sends the frames of these names; for `session_send_started` the caller knows when.
void session_send_started(uint32_t id);
void session_send_output(uint32_t id, enum session_stream stream, const uint8_t *bytes, size_t length);
void session_send_taken(uint32_t id, size_t length);
void session_send_used(uint32_t id, uint64_t cpu_ns);
// Releases the input.
void session_close(struct session *session);
bool session_is_idle(const struct session *session, const struct run_request *run, uint64_t now);
// When `session_is_idle` may be true at the earliest.
uint64_t session_idle_at(const struct session *session, const struct run_request *run);
#endif
