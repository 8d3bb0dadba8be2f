// A hook of the language's runtime waits at the gate when it is about to open the author's code. Programs cannot make a
// gate for others, as only root may write to /box.
#include "warm-start.h"
#include "box-report.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int ready = -1, go = -1, process = -1; // process: pidfd
static pid_t started;

static int make_fifo(const char *path, uid_t owner, int flags) {
  int file = mkfifo(path, 0600) < 0 ? -1 : open(path, flags | O_NONBLOCK | O_CLOEXEC);
  if (file < 0 || chown(path, owner, owner) < 0) box_fail(path);
  return file;
}

// This process has both open for reading and writing, so that the program never waits to open one.
void warm_start_open(uid_t uid) {
  ready = make_fifo(GATE_READY, uid, O_RDWR);
  go = make_fifo(GATE_GO, uid, O_RDWR);
}

static bool has_ended(void) {
  struct pollfd end = {.fd = process, .events = POLLIN};
  return poll(&end, 1, 0) != 0;
}

bool warm_start_wait(pid_t program, int socket) {
  struct box_waiting message = {0};
  started = program;
  process = syscall(SYS_pidfd_open, program, 0);
  if (process < 0) box_fail("open the program");
  struct pollfd files[] = {{.fd = process, .events = POLLIN}, {.fd = socket, .events = POLLIN}, {.fd = ready, .events = POLLIN}};
  while (!files[1].revents) {
    if (poll(files, 3, -1) < 0 && errno != EINTR) box_fail("poll");
    if (files[0].revents) return false;
    if (!files[2].revents) continue;
    if (send(socket, &message, sizeof message, 0) != sizeof message) box_fail("report");
    files[2] = (struct pollfd){.fd = -1};
  }
  return true;
}

// Only a process with the same real user may do this without CAP_SYS_RESOURCE, so init is that user meanwhile. It stays
// root in effect, and the program waits.
static void set_cpu_limit(uid_t uid, uint64_t seconds) {
  struct rlimit limit = {.rlim_cur = seconds, .rlim_max = seconds};
  if (!HAS(CPU_LIMIT)) return;
  if (HAS(USER) && (setresgid(uid, -1, -1) < 0 || setresuid(uid, -1, -1) < 0)) box_fail("become the user");
  if (prlimit(started, RLIMIT_CPU, &limit, NULL) < 0) box_fail("prlimit");
  if (HAS(USER) && (setresuid(0, -1, -1) < 0 || setresgid(0, -1, -1) < 0)) box_fail("become root");
}

bool warm_start_release(struct program *program) {
  if (has_ended()) return false;
  set_cpu_limit(program->uid, program_cpu_limit(program));
  program->cpu_base_ns = program_read_cpu_ns(program->cpu_usage);
  program->start_ns = now_ns();
  // A runtime that has not reached the gate finds none, and does not wait.
  if (HAS(REMOVED_GATE) && (unlink(GATE_READY) < 0 || unlink(GATE_GO) < 0)) box_fail("remove the gate");
  if (write(go, "g", 1) != 1) box_fail("open the gate");
  return true;
}
