// Measures the supervisor against plain vfork+exec+pipe+wait of the same program, in one run, interleaved. Both sides
// are asked over a socket pair, so that the difference is the box alone. Prints a table of medians and ratios.
//   engine SUPERVISOR PROGRAM RUN_DIRECTORY [ROUNDS [CPU_USAGE_FILE]]
#define _GNU_SOURCE
#include "floor.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PER_ROUND = 60, GAP_US = 2000, BATCH = 400, MAX_SAMPLES = 20000 };

static const char *program;
static uint8_t image[8 << 20];
static uint32_t image_size;

static double now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static void read_all(int file, void *data, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t got = read(file, (char *)data + done, length - done);
    if (got <= 0) fail("read");
    done += got;
  }
}

// --- the floor ---

static int start_floor(pid_t *pid) {
  int pair[2];
  char *argv[] = {(char *)program, NULL};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) fail("socketpair");
  *pid = fork();
  if (*pid == 0) {
    close(pair[0]);
    serve_floor(pair[1], argv);
    _exit(0);
  }
  close(pair[1]);
  return pair[0];
}

static void ask_floor(int socket) {
  char byte = 'r';
  if (write(socket, &byte, 1) != 1) fail("write");
  read_all(socket, &byte, 1);
}

// --- the supervisor ---

struct frame {
  uint8_t data[9 << 20];
  size_t length;
};
static void put(struct frame *frame, const void *data, size_t length) {
  memcpy(frame->data + frame->length, data, length);
  frame->length += length;
}
static void put_number(struct frame *frame, uint64_t value, size_t size) { put(frame, &value, size); }
static void put_text(struct frame *frame, const void *data, uint32_t length) {
  put_number(frame, length, 4);
  put(frame, data, length);
}
static void begin(struct frame *frame, uint8_t type, uint32_t id) {
  frame->length = 4;
  put_number(frame, type, 1);
  put_number(frame, id, 4);
}
static void send_frame(int socket, struct frame *frame) {
  uint32_t length = frame->length - 4;
  memcpy(frame->data, &length, 4);
  for (size_t done = 0; done < frame->length;) {
    ssize_t written = write(socket, frame->data + done, frame->length - done);
    if (written <= 0) fail("write");
    done += written;
  }
}
static void receive(int socket, uint8_t expected) {
  static uint8_t data[1 << 16];
  uint32_t length;
  read_all(socket, &length, 4);
  if (length > sizeof data) fail("frame");
  read_all(socket, data, length);
  if (data[0] == expected) return;
  fprintf(stderr, "frame %d instead of %d: %.*s\n", data[0], expected, (int)length - 10, data + 10);
  exit(1);
}

static int start_supervisor(const char *path, int slots, const char *isolation, const char *run_directory, pid_t *pid) {
  static struct frame frame;
  int pair[2];
  char count[8];
  snprintf(count, sizeof count, "%d", slots);
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) fail("socketpair");
  *pid = fork();
  if (*pid == 0) {
    close(pair[0]);
    if (pair[1] != 3) {
      dup2(pair[1], 3);
      close(pair[1]);
    }
    execl(path, path, count, "60000", run_directory, "67108864", isolation, "0", NULL);
    _exit(127);
  }
  close(pair[1]);
  fcntl(pair[0], F_SETFD, FD_CLOEXEC);
  receive(pair[0], 64);
  begin(&frame, 2, 1);
  put_number(&frame, 1, 4);
  put_number(&frame, 1, 2);
  put_text(&frame, "program", 7);
  put_text(&frame, image, image_size);
  send_frame(pair[0], &frame);
  receive(pair[0], 65);
  return pair[0];
}

static void send_run(int socket) {
  static struct frame frame;
  const uint64_t mebibyte = 1 << 20;
  begin(&frame, 4, 7);
  const uint32_t numbers[] = {0, 1, 0, 0};
  for (int i = 0; i < 4; i++) put_number(&frame, numbers[i], 4);
  const uint64_t limits[] = {5000000000ull, 11000000000ull, 128 * mebibyte, mebibyte, 64 * mebibyte, 64 * mebibyte, mebibyte};
  for (int i = 0; i < 7; i++) put_number(&frame, limits[i], 8);
  const uint32_t counts[] = {64, 256, 500000};
  for (int i = 0; i < 3; i++) put_number(&frame, counts[i], 4);
  put_number(&frame, 1, 2);
  put_text(&frame, "/code/program", 13);
  put_number(&frame, 0, 2);
  put_text(&frame, "", 0);
  send_frame(socket, &frame);
}
static void ask_supervisor(int socket) {
  send_run(socket);
  receive(socket, 67);
}

// --- measuring ---

struct samples {
  const char *name;
  double values[MAX_SAMPLES];
  int count;
};
static int compare(const void *a, const void *b) { return *(const double *)a < *(const double *)b ? -1 : 1; }
static double quantile(struct samples *samples, double share) {
  qsort(samples->values, samples->count, sizeof(double), compare);
  return samples->values[(int)(share * (samples->count - 1))];
}
static void measure(struct samples *samples, void (*ask)(int), int socket, int gap_us) {
  for (int i = 0; i < PER_ROUND; i++) {
    if (gap_us) usleep(gap_us);
    double start = now_us();
    ask(socket);
    samples->values[samples->count++] = now_us() - start;
  }
}
static void print(struct samples *samples, double floor) {
  double middle = quantile(samples, 0.5);
  printf("%-34s %6d %9.0f %9.0f %9.0f %8.2f\n", samples->name, samples->count, quantile(samples, 0.1), middle,
         quantile(samples, 0.95), middle / floor);
}

// Runs per second, with enough requested at once to keep every slot busy.
static double floor_throughput(int *sockets, int count) {
  char byte = 'r';
  double start = now_us();
  for (int i = 0; i < count; i++)
    if (write(sockets[i], &byte, 1) != 1) fail("write");
  for (int done = 0; done < BATCH; done++) {
    int socket = sockets[done % count];
    read_all(socket, &byte, 1);
    if (done < BATCH - count && write(socket, &byte, 1) != 1) fail("write");
  }
  return BATCH / ((now_us() - start) / 1e6);
}
static double supervisor_throughput(int socket, int ahead) {
  double start = now_us();
  for (int i = 0; i < ahead; i++) send_run(socket);
  for (int done = 0; done < BATCH; done++) {
    receive(socket, 67);
    if (done < BATCH - ahead) send_run(socket);
  }
  return BATCH / ((now_us() - start) / 1e6);
}

// CPU time of a process and all it starts, by the control group that it and they live in.
static double cpu_of_group_us(const char *file) {
  char text[64] = "";
  int group = open(file, O_RDONLY);
  if (group < 0 || read(group, text, sizeof text - 1) <= 0) fail(file);
  close(group);
  return strtod(text, NULL) / 1e3;
}

// `usage`: the counter of the control group that this process lives in.
static void print_cpu(const char *usage, int floor, int supervisor, int rounds) {
  struct samples plain = {"plain"}, box = {"box"};
  for (int round = 0; round < rounds; round++) {
    double start = cpu_of_group_us(usage);
    for (int i = 0; i < BATCH; i++) ask_floor(floor);
    double middle = cpu_of_group_us(usage);
    for (int i = 0; i < BATCH; i++) ask_supervisor(supervisor);
    plain.values[plain.count++] = (middle - start) / BATCH;
    box.values[box.count++] = (cpu_of_group_us(usage) - middle) / BATCH;
  }
  double floor_us = quantile(&plain, 0.5), box_us = quantile(&box, 0.5);
  printf("CPU a run, all processes, us: plain %.0f, box %.0f (G10: %.2f x)\n", floor_us, box_us, box_us / floor_us);
}

static struct samples floor_gap = {"plain, idle between"}, floor_busy = {"plain, back to back"},
                      spare = {"box, spare ready (G1)"}, busy = {"box, back to back (G2)"},
                      strict_spare = {"strict box, spare ready (G3)"}, floor_rate = {"plain"}, box_rate = {"box"},
                      strict_rate = {"strict"};

int main(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: engine SUPERVISOR PROGRAM RUN_DIRECTORY [ROUNDS [CPU_USAGE_FILE]]\n");
    return 2;
  }
  int rounds = argc > 4 ? atoi(argv[4]) : 6;
  program = argv[2];
  int file = open(program, O_RDONLY);
  image_size = read(file, image, sizeof image);
  pid_t pids[6];
  int floors[2] = {start_floor(&pids[0]), start_floor(&pids[1])};
  int one = start_supervisor(argv[1], 1, "default", argv[3], &pids[2]);
  int strict = start_supervisor(argv[1], 1, "strict", argv[3], &pids[3]);
  int two = start_supervisor(argv[1], 2, "default", argv[3], &pids[4]);
  int strict_two = start_supervisor(argv[1], 2, "strict", argv[3], &pids[5]);
  for (int i = 0; i < 20; i++) {
    ask_floor(floors[0]);
    ask_floor(floors[1]);
    ask_supervisor(one);
    ask_supervisor(strict);
    ask_supervisor(two);
    ask_supervisor(strict_two);
  }
  for (int round = 0; round < rounds; round++) {
    measure(&floor_gap, ask_floor, floors[0], GAP_US);
    measure(&spare, ask_supervisor, one, GAP_US);
    measure(&strict_spare, ask_supervisor, strict, GAP_US);
    measure(&floor_busy, ask_floor, floors[0], 0);
    measure(&busy, ask_supervisor, one, 0);
    floor_rate.values[floor_rate.count++] = floor_throughput(floors, 2);
    box_rate.values[box_rate.count++] = supervisor_throughput(two, 3);
    strict_rate.values[strict_rate.count++] = supervisor_throughput(strict_two, 3);
  }
  printf("%-34s %6s %9s %9s %9s %8s\n", "latency, us", "n", "p10", "median", "p95", "x plain");
  print(&floor_gap, quantile(&floor_gap, 0.5));
  print(&spare, quantile(&floor_gap, 0.5));
  print(&strict_spare, quantile(&floor_gap, 0.5));
  print(&floor_busy, quantile(&floor_busy, 0.5));
  print(&busy, quantile(&floor_busy, 0.5));
  double plain = quantile(&floor_rate, 0.5);
  printf("\nthroughput, two at a time, runs/s: plain %.0f, box %.0f (G7: %.2f x), strict %.0f (G8: %.2f x)\n", plain,
         quantile(&box_rate, 0.5), quantile(&box_rate, 0.5) / plain, quantile(&strict_rate, 0.5),
         quantile(&strict_rate, 0.5) / plain);
  if (argc > 5) print_cpu(argv[5], floors[0], one, rounds);
  for (int i = 0; i < 2; i++) close(floors[i]);
  close(one), close(strict), close(two), close(strict_two);
  for (int i = 0; i < 6; i++) waitpid(pids[i], NULL, 0);
  return 0;
}
