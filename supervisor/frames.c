// Reads and writes frames, and checks every length. Knows nothing of what the frames mean.
#include "frames.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

static uint64_t read_number(struct reader *reader, unsigned size) {
  uint64_t value = 0;
  if (reader->broken || (size_t)(reader->end - reader->next) < size) {
    reader->broken = true;
    return 0;
  }
  memcpy(&value, reader->next, size);
  reader->next += size;
  return value;
}
uint8_t read_u8(struct reader *reader) { return read_number(reader, 1); }
uint16_t read_u16(struct reader *reader) { return read_number(reader, 2); }
uint32_t read_u32(struct reader *reader) { return read_number(reader, 4); }
uint64_t read_u64(struct reader *reader) { return read_number(reader, 8); }

const uint8_t *read_bytes(struct reader *reader, uint32_t limit, uint32_t *length) {
  *length = read_u32(reader);
  if (reader->broken || *length > limit || *length > reader->end - reader->next) {
    reader->broken = true;
    *length = 0;
    return reader->next;
  }
  const uint8_t *bytes = reader->next;
  reader->next += *length;
  return bytes;
}

void read_text(struct reader *reader, char *text, size_t size) {
  uint32_t length;
  const uint8_t *bytes = read_bytes(reader, size - 1, &length);
  memcpy(text, bytes, length);
  text[length] = 0;
  if (memchr(text, 0, length)) reader->broken = true;
}

static void reserve(struct writer *writer, size_t more) {
  if (writer->length + more <= writer->capacity) return;
  size_t capacity = writer->capacity ? writer->capacity : 512;
  while (capacity < writer->length + more) capacity *= 2;
  writer->data = realloc(writer->data, capacity);
  if (!writer->data) die("out of memory");
  writer->capacity = capacity;
}
static void append(struct writer *writer, const void *data, size_t length) {
  reserve(writer, length);
  if (length) memcpy(writer->data + writer->length, data, length);
  writer->length += length;
  uint32_t framed = writer->length - 4;
  memcpy(writer->data, &framed, 4);
}
void write_start(struct writer *writer, uint8_t type, uint32_t id) {
  *writer = (struct writer){0};
  reserve(writer, 16);
  writer->length = 4;
  append(writer, &type, 1);
  append(writer, &id, 4);
}
void write_u8(struct writer *writer, uint8_t value) { append(writer, &value, 1); }
void write_u32(struct writer *writer, uint32_t value) { append(writer, &value, 4); }
void write_u64(struct writer *writer, uint64_t value) { append(writer, &value, 8); }
void write_bytes(struct writer *writer, const void *data, uint32_t length) {
  write_u32(writer, length);
  append(writer, data, length);
}

int input_open(void) { return memfd_create("stdin", MFD_CLOEXEC | MFD_ALLOW_SEALING); }

static bool seal_input(int file) {
  const int seals = HAS(SEALED_INPUT) ? F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL : 0;
  return lseek(file, 0, SEEK_SET) == 0 && fcntl(file, F_ADD_SEALS, seals) == 0;
}

bool input_fill(int file, int source) {
  off_t next = 0, end = source < 0 ? 0 : lseek(source, 0, SEEK_END);
  while (next < end)
    if (sendfile(file, source, &next, end - next) <= 0) return false;
  return end >= 0 && seal_input(file);
}

// Returns stdin as a sealed file in memory. -1 with errno.
static int sealed_file(const uint8_t *bytes, uint32_t length) {
  int file = input_open();
  if (file < 0) return -1;
  for (uint32_t done = 0; done < length;) {
    ssize_t written = write(file, bytes + done, length - done);
    if (written <= 0) {
      close(file);
      return -1;
    }
    done += written;
  }
  if (seal_input(file)) return file;
  close(file);
  return -1;
}

static uint32_t parse_strings(struct reader *reader, struct run_request *run, uint16_t limit) {
  uint16_t count = read_u16(reader);
  if (count > limit) reader->broken = true;
  for (uint16_t i = 0; i < count && !reader->broken; i++) {
    uint32_t length, room = MAX_STRINGS - run->strings_length;
    const uint8_t *bytes = read_bytes(reader, room ? room - 1 : 0, &length);
    if (room == 0 || memchr(bytes, 0, length)) reader->broken = true;
    if (reader->broken) break;
    memcpy(run->strings + run->strings_length, bytes, length);
    run->strings[run->strings_length + length] = 0;
    run->strings_length += length + 1;
  }
  return count;
}

bool parse_run(struct reader *reader, uint32_t id, struct run_request *run) {
  *run = (struct run_request){.id = id, .stdin_file = -1};
#define READ(bits, name) run->name = read_u##bits(reader);
  RUN_NUMBERS(READ)
#undef READ
  const uint64_t hour = 3600ull * 1000000000ull, tebibyte = 1ull << 40;
  if (run->cpu_ns == 0 || run->cpu_ns > hour || run->wall_ns == 0 || run->wall_ns > hour || run->memory == 0 ||
      run->memory > tebibyte || run->disk_bytes == 0 || run->disk_bytes > tebibyte || run->processes == 0 ||
      run->open_files == 0 || run->output_bytes > (run->streams ? MAX_STREAMED : MAX_OUTPUT) || run->idle_ns > hour)
    reader->broken = true;
  bool has_terminal = run->streams == STREAMS_TERMINAL;
  if (run->has_gate > 1 || run->streams > STREAMS_TERMINAL || run->columns > MAX_TERMINAL || run->rows > MAX_TERMINAL ||
      (has_terminal && (run->columns == 0 || run->rows == 0)))
    reader->broken = true;
  size_t left = reader->end - reader->next; // in the frame each string is preceded by its length, four bytes
  run->strings = malloc(left < MAX_STRINGS ? left + 1 : MAX_STRINGS);
  if (!run->strings) die("out of memory");
  run->argument_count = parse_strings(reader, run, MAX_ARGUMENTS);
  run->variable_count = parse_strings(reader, run, MAX_VARIABLES);
  if (run->argument_count == 0) reader->broken = true;
  uint32_t length;
  const uint8_t *bytes = read_bytes(reader, MAX_FRAME_IN, &length);
  if (length && run->streams >= STREAMS_PIPES) reader->broken = true; // it comes in frames of its own
  if (reader->broken || reader->next != reader->end) {
    free_run(run);
    return false;
  }
  bool has_input = length || (run->has_gate && run->streams < STREAMS_PIPES);
  if (has_input && (run->stdin_file = sealed_file(bytes, length)) < 0) run->stdin_error = errno ? errno : ENOSPC;
  return true;
}

void free_run(struct run_request *run) {
  free(run->strings);
  if (run->stdin_file >= 0) close(run->stdin_file);
  run->strings = NULL;
  run->stdin_file = -1;
}
