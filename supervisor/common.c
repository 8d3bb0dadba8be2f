// What every role needs: errors, the clock, descriptors over sockets, files of the kernel.
#include "common.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void write_line(const char *format, va_list arguments, int error) {
  char line[1024];
  int length = vsnprintf(line, sizeof line - 64, format, arguments);
  if (length > (int)sizeof line - 65) length = sizeof line - 65;
  if (error) length += snprintf(line + length, 60, ": %s", strerror(error));
  line[length++] = '\n';
  ssize_t ignored = write(2, line, length);
  (void)ignored;
}

void die(const char *format, ...) {
  int error = errno;
  va_list arguments;
  va_start(arguments, format);
  write_line(format, arguments, error);
  va_end(arguments);
  exit(1); // which still cleans up
}

bool set_failure(struct failure *failure, enum failure_kind kind, const char *format, ...) {
  va_list arguments;
  failure->kind = kind;
  va_start(arguments, format);
  vsnprintf(failure->message, sizeof failure->message, format, arguments);
  va_end(arguments);
  return false;
}

void note(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  write_line(format, arguments, 0);
  va_end(arguments);
}

uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000ull + time.tv_nsec;
}

unsigned core_count(void) {
  static long cores; // sysconf reads a file each time
  if (cores < 1) cores = sysconf(_SC_NPROCESSORS_ONLN);
  return cores < 1 ? 1 : cores;
}

void close_file(int *file) {
  int error = errno;
  if (*file >= 0) close(*file);
  *file = -1;
  errno = error;
}

union control {
  struct cmsghdr header; // for its alignment
  char bytes[CMSG_SPACE(sizeof(int) * MAKE_FDS)];
};

int send_with_fds(int socket, const void *data, size_t length, const int *fds, int count) {
  union control control;
  struct iovec part = {.iov_base = (void *)data, .iov_len = length};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (count > MAKE_FDS) die("more descriptors than a message carries");
  if (count > 0) {
    memset(&control, 0, sizeof control);
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * count);
    memcpy(CMSG_DATA(header), fds, sizeof(int) * count);
  }
  return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)length ? 0 : -1;
}

// Takes the descriptors out of a message: returns the first `capacity` in `fds` and closes the rest. Returns how many came.
static int take_fds(struct msghdr *message, int *fds, int capacity) {
  int came = 0;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    // The kernel fills the control buffer to its end, padding included: there may be more than were expected.
    for (size_t at = 0; at + sizeof(int) <= header->cmsg_len - CMSG_LEN(0); at += sizeof(int), came++) {
      int file;
      memcpy(&file, CMSG_DATA(header) + at, sizeof file);
      if (came < capacity) fds[came] = file;
      else close(file);
    }
  }
  return came;
}

ssize_t receive_with_fds(int socket, void *data, size_t length, int *fds, int capacity, int *count) {
  union control control;
  struct iovec part = {.iov_base = data, .iov_len = length};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t got;
  do got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  *count = 0;
  if (got < 0) return -1;
  int came = take_fds(&message, fds, capacity);
  *count = came < capacity ? came : capacity;
  if (came <= capacity && !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) return got;
  for (int i = 0; i < *count; i++) close(fds[i]);
  *count = 0;
  errno = EPROTO;
  return -1;
}

int write_file_at(int directory, const char *name, const char *text) {
  int file = openat(directory, name, O_WRONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t written = write(file, text, strlen(text));
  int error = errno;
  close(file);
  errno = error;
  return written == (ssize_t)strlen(text) ? 0 : -1;
}

ssize_t read_file_at(int directory, const char *name, char *buffer, size_t size) {
  int file = openat(directory, name, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t got = read(file, buffer, size - 1);
  int error = errno;
  close(file);
  errno = error;
  buffer[got < 0 ? 0 : got] = 0;
  return got;
}
