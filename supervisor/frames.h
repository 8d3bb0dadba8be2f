// The wire between the service and the supervisor: frames of {u32 length, u8 type, u32 id, payload}, little-endian, over
// the socket that is inherited as descriptor 3, or over stdin and stdout of a container. `length` counts what follows it.
// A string is {u32 length, bytes}. Every length is bounded. A malformed frame ends the connection, which ends the
// supervisor and all boxes.
#ifndef FRAMES_H
#define FRAMES_H
#include "common.h"

enum frame_type {
  // From the service. `id` names the request in the answer.
  FRAME_ADD_ROOT = 1, // {u32 root, u16 n, n x {u8 kind (0 bind, 1 symlink), string source, string target}} -> OK | FAILED
  FRAME_STORE = 2,    // {u32 artifact, u16 n, n x {string path, string content}} -> OK | FAILED
  FRAME_DROP = 3,     // {u32 artifact}; no answer
  FRAME_RUN = 4,      // see `struct run_request` -> RESULT | FAILED
  FRAME_CANCEL = 5,   // `id` of a RUN; its RESULT comes early. No answer if the id is unknown
  FRAME_FETCH = 6,    // {u32 artifact} -> ARTIFACT | FAILED
  FRAME_PING = 7,     // {} -> OK, when all earlier requests are done; in a container only
  // Of a RUN with live streams, whose `id` they have; ignored when it has ended. Allowed after STARTED. See session.h.
  FRAME_INPUT = 8,   // {u8 ends, string bytes}: input; if `ends` is 1, it ends after these bytes
  FRAME_READ = 9,    // {u8 stream, u32 bytes}: so many bytes of the output were read
  FRAME_SIGNAL = 10, // {u8 number}: a signal for the program and its process group
  FRAME_RESIZE = 11, // {u16 columns, u16 rows}: the terminal's new size
  FRAME_USED = 12,   // {} -> USED_CPU: asks what the program has used so far
  FRAME_WARM = 13,   // {} -> WARM_STATE: asks for the runtimes that were started ahead
  // To the service.
  FRAME_READY = 64,  // {u32 cgroup version, u32 slots, string hash of the supervisor's sources}: the first frame
  FRAME_OK = 65,     // {}
  FRAME_FAILED = 66, // {u8 kind of failure (common.h), string message}: never the program's
  FRAME_RESULT = 67, // see `result_send` in result.c
  FRAME_ARTIFACT = 68, // {string}, which STORE restores
  // Of a RUN with live streams, before its RESULT.
  FRAME_STARTED = 69, // {}: it has a box and begins
  FRAME_OUTPUT = 70,  // {u8 stream, string bytes}: what the program wrote; if there are no bytes, the stream has ended
  FRAME_TAKEN = 71,   // {u32 bytes}: so many bytes of input were passed on or discarded
  FRAME_USED_CPU = 72, // {u64 nanoseconds}: CPU time of all processes of the run so far
  FRAME_WARM_STATE = 73, // {u32 that wait, u64 bytes of memory they have, u64 runs that got one, u64 that could have, u64 that died}
};

// A RUN frame: {numbers, u16 n, n x string argv, u16 m, m x string "NAME=value", string stdin}. These are the numbers, in
// the order of the wire. `code` and `build` are artifacts to mount, `collect` is the number under which /box/out is kept
// as an artifact; 0 is none. `streams` is an `enum streams`; `columns` and `rows` are those of a terminal; `idle_ns` is
// the time without input and output after which the program is ended, 0 for ever. `has_gate` is 1 if the program waits at
// the gate of common.h when there is one, so that the same command may be started ahead of a later run.
#define RUN_NUMBERS(X)                                                                                      \
  X(32, root) X(32, code) X(32, build) X(32, collect)                                                       \
  X(64, cpu_ns) X(64, wall_ns) X(64, memory) X(64, file_size)                                               \
  X(64, disk_bytes) X(64, stack_bytes) X(64, output_bytes)                                                  \
  X(32, processes) X(32, open_files) X(32, quota_us)                                                        \
  X(32, streams) X(32, columns) X(32, rows) X(64, idle_ns)                                                  \
  X(32, has_gate)

// Which streams of a run are live.
enum streams {
  STREAMS_NONE,   // the input is in the frame, the output in the result
  STREAMS_OUTPUT, // the input is in the frame
  STREAMS_PIPES,
  STREAMS_TERMINAL, // stdin, stdout and stderr are one terminal
};

struct run_request {
  uint32_t id;
#define MEMBER(bits, name) uint##bits##_t name;
  RUN_NUMBERS(MEMBER)
#undef MEMBER
  uint32_t argument_count, variable_count, strings_length;
  char *strings; // argv and environment, each ended by a NUL
  int stdin_file;  // sealed memfd, -1 if empty; with a gate there is always one
  int stdin_error; // errno if the input could not be kept, else 0
};

// Reads the payload of one frame. Reading past its end sets `broken` and returns zeroes from then on.
struct reader {
  const uint8_t *next, *end;
  bool broken;
};
uint8_t read_u8(struct reader *reader);
uint16_t read_u16(struct reader *reader);
uint32_t read_u32(struct reader *reader);
uint64_t read_u64(struct reader *reader);
// A string of at most `limit` bytes; points into the frame.
const uint8_t *read_bytes(struct reader *reader, uint32_t limit, uint32_t *length);
// Copies a string into `text` and ends it with a NUL. It must not contain one.
void read_text(struct reader *reader, char *text, size_t size);

// A frame being written; grows as needed.
struct writer {
  uint8_t *data;
  size_t length, capacity;
};
void write_start(struct writer *writer, uint8_t type, uint32_t id);
void write_u8(struct writer *writer, uint8_t value);
void write_u32(struct writer *writer, uint32_t value);
void write_u64(struct writer *writer, uint64_t value);
void write_bytes(struct writer *writer, const void *data, uint32_t length);

// Parses a RUN frame. Returns false if it is malformed. Release `run` with `free_run`.
bool parse_run(struct reader *reader, uint32_t id, struct run_request *run);
void free_run(struct run_request *run);
// An empty file in memory for stdin, to be filled and sealed later. -1 with errno.
int input_open(void);
// Fills it with what is in `source`, -1 for nothing, and seals it: no process can change it then. Returns false with errno.
bool input_fill(int file, int source);
#endif
