// Buffers both directions. A malformed frame, a closed peer and an error all end the connection.
#include "connection.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { HEADER = 9, READ_AHEAD = 1 << 16, KEPT = 1 << 20 }; // bytes; an empty buffer larger than KEPT is freed

static int in_file, out_file, epoll_file;
static uint64_t event_data;
static frame_handler handle;
static uint8_t *input, *output;
static size_t input_length, input_capacity;
static size_t output_length, output_sent, output_capacity;
static bool is_output_watched, over;

static void watch(int file, uint32_t events) {
  struct epoll_event event = {.events = events, .data.u64 = event_data};
  if (epoll_ctl(epoll_file, EPOLL_CTL_MOD, file, &event) < 0 && epoll_ctl(epoll_file, EPOLL_CTL_ADD, file, &event) < 0)
    die("epoll_ctl");
}

static void watch_output(bool wanted) {
  is_output_watched = wanted;
  uint32_t reading = in_file == out_file ? EPOLLIN : 0;
  watch(out_file, reading | (wanted ? EPOLLOUT : 0));
}

void connection_open(int in, int out, int epoll, uint64_t data, frame_handler handler) {
  in_file = in;
  out_file = out;
  epoll_file = epoll;
  event_data = data;
  handle = handler;
  fcntl(in, F_SETFL, O_NONBLOCK);
  fcntl(out, F_SETFL, O_NONBLOCK);
  watch(in, EPOLLIN);
  if (in != out) watch_output(false);
}

static void flush_output(void) {
  while (output_sent < output_length) {
    ssize_t written = write(out_file, output + output_sent, output_length - output_sent);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {
      watch_output(true);
      return;
    }
    if (written <= 0) {
      over = true; // the service is gone
      return;
    }
    output_sent += written;
  }
  if (is_output_watched) watch_output(false);
  output_length = output_sent = 0;
  if (output_capacity <= KEPT) return;
  free(output);
  output = NULL;
  output_capacity = 0;
}

void connection_send(struct writer *writer) {
  if (output_length == 0) { // a large frame is not copied: in a container it would count as memory of the program
    free(output);
    output = writer->data;
    output_length = writer->length;
    output_capacity = writer->capacity;
    flush_output();
    return;
  }
  if (output_length + writer->length > output_capacity) {
    output_capacity = output_length + writer->length + READ_AHEAD;
    output = realloc(output, output_capacity);
    if (!output) die("out of memory");
  }
  memcpy(output + output_length, writer->data, writer->length);
  output_length += writer->length;
  free(writer->data);
  flush_output();
}

void connection_send_ready(uint32_t cgroup_version, uint32_t slots) {
  struct writer writer;
  write_start(&writer, FRAME_READY, 0);
  write_u32(&writer, cgroup_version);
  write_u32(&writer, slots);
  write_bytes(&writer, SOURCES_HASH, strlen(SOURCES_HASH));
  connection_send(&writer);
}

void connection_send_failure(uint32_t id, const struct failure *failure) {
  struct writer writer;
  write_start(&writer, FRAME_FAILED, id);
  write_u8(&writer, failure->kind);
  write_bytes(&writer, failure->message, strlen(failure->message));
  connection_send(&writer);
}

void connection_fail(uint32_t id, enum failure_kind kind, const char *format, ...) {
  struct failure failure = {.kind = kind};
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(failure.message, sizeof failure.message, format, arguments);
  va_end(arguments);
  connection_send_failure(id, &failure);
}

// Handles the complete frames in the buffer. Returns false if one is malformed.
static bool handle_input(void) {
  size_t done = 0;
  while (input_length - done >= HEADER) {
    uint32_t length, id;
    memcpy(&length, input + done, 4);
    if (length < 5 || length > MAX_FRAME_IN) return false;
    if (input_length - done < 4 + (size_t)length) break;
    memcpy(&id, input + done + 5, 4);
    struct reader reader = {.next = input + done + HEADER, .end = input + done + 4 + length};
    if (!handle(input[done + 4], id, &reader)) return false;
    done += 4 + length;
  }
  memmove(input, input + done, input_length - done);
  input_length -= done;
  return true;
}

// Makes room for the whole of the current frame, so that a large one is not copied again and again.
static void make_room(void) {
  size_t wanted = input_length + READ_AHEAD;
  uint32_t length;
  if (input_length >= 4) {
    memcpy(&length, input, 4);
    if (length <= MAX_FRAME_IN && 4 + (size_t)length > wanted) wanted = 4 + (size_t)length;
  }
  if (wanted <= input_capacity) return;
  input = realloc(input, wanted);
  if (!input) die("out of memory");
  input_capacity = wanted;
}

static void free_large_input(void) {
  if (input_length > 0 || input_capacity <= KEPT) return;
  free(input);
  input = NULL;
  input_capacity = 0;
}

static void read_input(void) {
  while (!over) {
    make_room();
    size_t room = input_capacity - input_length;
    ssize_t got = read(in_file, input + input_length, room);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) break;
    if (got <= 0) {
      over = true;
      return;
    }
    input_length += got;
    if (!handle_input()) {
      note("a malformed frame ends the connection");
      exit(2);
    }
    free_large_input(); // before the next frame, which may start a program
    if ((size_t)got < room) return; // nothing more yet
  }
}

bool connection_handle(uint32_t events) {
  if (events & EPOLLOUT) flush_output();
  if (events & ~EPOLLOUT) read_input();
  return !over;
}
