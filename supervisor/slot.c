// A slot goes EMPTY -> SPARE (a box made ahead) -> RUNNING -> ENDED or KILLED -> EMPTY. The answer is given when the
// program has ended and its output is read; the box is destroyed after that, and the next one is made only when the
// last process of the old one is dead: two boxes of one slot never live at the same time.
#include "slot.h"
#include "cgroup.h"
#include "root.h"
#include "store.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum state { EMPTY, SPARE, RUNNING, ENDED, KILLED };
enum reason { REASON_NONE, REASON_CPU, REASON_WALL, REASON_MEMORY, REASON_OUTPUT, REASON_CANCELLED };

struct launcher {
  uint32_t root;
  int socket; // -1: none
  pid_t pid;
};

struct output {
  int pipe;
  uint8_t *bytes;
  size_t length, capacity;
  bool truncated;
};

struct slot {
  enum state state;
  uid_t uid;
  int network; // descriptor of its network namespace
  struct cgroup cgroup;
  struct launcher launchers[MAX_ROOTS];
  int launcher_count;
  // of the living box
  uint32_t generation, root;
  int socket, process; // process: pidfd, -1 until the launcher has answered
  struct output out, err;
  bool kill_wanted;
  // of the run
  struct run_request run;
  enum reason reason;
  uint64_t started_ns, cpu_start_ns, check_ns;
  struct box_report report;
  bool reported, answered;
  int directory; // /box/out of a build that ended well
};

static struct slot slots[MAX_SLOTS];
static int slot_count, epoll_file;
static bool strict_isolation;
static struct run_request pending[MAX_PENDING];
static int pending_count;
static uint32_t wanted_root; // the root of the latest run: spare boxes follow demand
static bool root_known;
static const uint64_t CHECK_INTERVAL_NS = 2 * 1000 * 1000;

static void schedule(void);

static void watch(int file, enum event_kind kind, int slot, int root) {
  union event_data data = {.kind = kind, .root = root, .slot = slot, .generation = slots[slot].generation};
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = data.packed};
  if (epoll_ctl(epoll_file, EPOLL_CTL_ADD, file, &event) < 0) die("epoll_ctl");
}

static void close_file(int *file) {
  if (*file >= 0) close(*file);
  *file = -1;
}

static void send_failure(uint32_t id, bool retryable, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void send_failure(uint32_t id, bool retryable, const char *format, ...) {
  char message[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  struct writer writer;
  write_start(&writer, FRAME_FAILED, id);
  write_u8(&writer, retryable);
  write_bytes(&writer, message, strlen(message));
  connection_send(&writer);
}

// --- launchers ---

static pid_t start_launcher(struct slot *slot, const char *root, int socket) {
  char uid[16], version[4];
  snprintf(uid, sizeof uid, "%u", slot->uid);
  snprintf(version, sizeof version, "%d", cgroup_version());
  char *isolation = strict_isolation ? "strict" : "default";
  char *argv[] = {"supervisor", "launcher", uid, version, isolation, (char *)root, NULL}, *environment[] = {NULL};
  pid_t pid = fork();
  if (pid != 0) return pid;
  setsid();
  // To numbers above the targets first, so that none is overwritten.
  int to_supervisor = fcntl(socket, F_DUPFD, 10), network = fcntl(slot->network, F_DUPFD, 10);
  if (dup2(to_supervisor, 3) < 0 || dup2(network, 4) < 0) _exit(1);
  int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, 0);
  dup2(nothing, 1);
  syscall(SYS_close_range, 5u, ~0u, 0u);
  execve("/proc/self/exe", argv, HAS(CLEAN_ENVIRONMENT) ? environment : environ);
  _exit(1);
}

static struct launcher *launcher_of(struct slot *slot, uint32_t root) {
  for (int i = 0; i < slot->launcher_count; i++)
    if (slot->launchers[i].root == root && slot->launchers[i].socket >= 0) return &slot->launchers[i];
  const char *path = root_path(root);
  if (!path) {
    errno = ENOENT;
    return NULL;
  }
  int place = 0, pair[2];
  while (place < slot->launcher_count && slot->launchers[place].root != root) place++;
  if (place == MAX_ROOTS || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) return NULL;
  pid_t pid = start_launcher(slot, path, pair[1]);
  close(pair[1]);
  if (pid < 0 || cgroup_adopt(&slot->cgroup, pid) < 0) {
    close(pair[0]);
    return NULL;
  }
  if (place == slot->launcher_count) slot->launcher_count++;
  slot->launchers[place] = (struct launcher){.root = root, .socket = pair[0], .pid = pid};
  fcntl(pair[0], F_SETFL, O_NONBLOCK);
  watch(pair[0], EVENT_LAUNCHER, slot - slots, place);
  return &slot->launchers[place];
}

static void lose_launcher(struct slot *slot, struct launcher *launcher) {
  cgroup_abandon(&slot->cgroup, launcher->pid);
  close_file(&launcher->socket);
  kill(launcher->pid, SIGKILL);
  waitpid(launcher->pid, NULL, 0);
}

// --- the life of a box ---

static void reset_output(struct output *output, int pipe) {
  free(output->bytes);
  *output = (struct output){.pipe = pipe};
}

// The box is gone: the slot is free.
static void clear(struct slot *slot) {
  close_file(&slot->socket);
  close_file(&slot->process);
  close_file(&slot->out.pipe);
  close_file(&slot->err.pipe);
  close_file(&slot->directory);
  reset_output(&slot->out, -1);
  reset_output(&slot->err, -1);
  cgroup_end(&slot->cgroup);
  slot->generation++;
  slot->state = EMPTY;
}

// The socket for order and report, and the pipes of the program's output. The box's ends go to `fds`.
static bool open_channels(struct slot *slot, int fds[MAKE_FDS]) {
  int control[2], out[2], err[2], index = slot - slots;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) < 0) return false;
  slot->socket = control[0];
  fds[MAKE_SOCKET] = control[1];
  if (pipe2(out, O_CLOEXEC) < 0) return false;
  slot->out.pipe = out[0];
  fds[MAKE_STDOUT] = out[1];
  if (pipe2(err, O_CLOEXEC) < 0) return false;
  slot->err.pipe = err[0];
  fds[MAKE_STDERR] = err[1];
  for (int i = 0; i < 3; i++) fcntl((int[]){control[0], out[0], err[0]}[i], F_SETFL, O_NONBLOCK);
  watch(control[0], EVENT_REPORT, index, 0);
  watch(out[0], EVENT_STDOUT, index, 0);
  watch(err[0], EVENT_STDERR, index, 0);
  return true;
}

// Starts making a box; it takes its order whenever that comes. Returns false with errno; then `clear` follows.
static bool make(struct slot *slot, uint32_t root) {
  slot->report = (struct box_report){0};
  bool had_event = slot->cgroup.oom_event >= 0;
  unsigned generation = slot->cgroup.generation;
  slot->state = SPARE;
  slot->root = root;
  slot->kill_wanted = slot->reported = slot->answered = false;
  slot->reason = REASON_NONE;
  struct launcher *launcher = launcher_of(slot, root);
  if (!launcher || cgroup_begin(&slot->cgroup) < 0) return false;
  if (slot->cgroup.oom_event >= 0 && !(had_event && generation == slot->cgroup.generation))
    watch(slot->cgroup.oom_event, EVENT_OOM, slot - slots, 0);

  int fds[MAKE_FDS] = {-1, -1, -1, slot->cgroup.cpu_usage, slot->cgroup.memory};
  int count = cgroup_version() == 2 ? MAKE_FDS : MAKE_CGROUP;
  bool done = open_channels(slot, fds) && send_with_fds(launcher->socket, "m", 1, fds, count) == 0;
  int error = errno;
  for (int i = 0; i <= MAKE_STDERR; i++) close_file(&fds[i]);
  errno = error;
  return done;
}

static void kill_box(struct slot *slot, enum reason reason) {
  if (slot->state == RUNNING) {
    slot->state = KILLED;
    slot->report.resident_bytes = cgroup_resident_bytes(&slot->cgroup); // nobody will report it
  }
  if (slot->reason == REASON_NONE) slot->reason = reason;
  cgroup_unthrottle(&slot->cgroup); // a throttled process would die a period later
  slot->kill_wanted = true;
  if (slot->process >= 0) syscall(SYS_pidfd_send_signal, slot->process, SIGKILL, NULL, 0);
}

static bool order(struct slot *slot) {
  struct run_request *run = &slot->run;
  static struct box_order order;
  int fds[3], count = 0;
  struct box_order_header header = {
      .cpu_seconds = run->cpu_ns / 1000000000ull + 2, // a backstop: whole seconds, and of each process
      .file_size = run->file_size,
      .disk_bytes = run->disk_bytes,
      .stack_bytes = run->stack_bytes,
      .open_files = run->open_files,
      .argument_count = run->argument_count,
      .variable_count = run->variable_count,
      .strings_length = run->strings_length,
      .has_code = run->code != 0,
      .has_build = run->build != 0,
      .has_stdin = run->stdin_file >= 0,
      .collect = run->collect != 0,
  };
  order.header = header;
  memcpy(order.strings, run->strings, run->strings_length);
  bool sent = true;
  if (run->code) sent = (fds[count++] = store_tree(run->code)) >= 0;
  if (sent && run->build) sent = (fds[count++] = store_tree(run->build)) >= 0;
  int trees = count - !sent;
  if (sent && run->stdin_file >= 0) fds[count++] = run->stdin_file;
  sent = sent && send_with_fds(slot->socket, &order, sizeof order.header + run->strings_length, fds, count) == 0;
  int error = errno;
  for (int i = 0; i < trees; i++) close(fds[i]);
  errno = error;
  return sent;
}

static void dispatch(struct slot *slot, struct run_request *run) {
  slot->run = *run;
  slot->state = RUNNING;
  slot->started_ns = now_ns();
  slot->cpu_start_ns = cgroup_cpu_ns(&slot->cgroup);
  slot->check_ns = slot->started_ns + run->cpu_ns / core_count();
  if (cgroup_limit(&slot->cgroup, run->memory, run->processes, run->quota_us) == 0 && order(slot)) return;
  send_failure(run->id, true, "cannot start a box: %s", strerror(errno));
  slot->answered = true;
  kill_box(slot, REASON_CANCELLED);
}

// --- how a run ended ---

static void take_output(struct slot *slot, struct output *output, bool may_kill) {
  static uint8_t buffer[65536];
  size_t limit = HAS(OUTPUT_LIMIT) ? slot->run.output_bytes : MAX_OUTPUT;
  while (output->pipe >= 0) {
    ssize_t got = read(output->pipe, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return; // nothing more now
    if (got == 0) {
      close_file(&output->pipe);
      return;
    }
    size_t kept = (size_t)got < limit - output->length ? (size_t)got : limit - output->length;
    if (output->length + kept > output->capacity) {
      output->capacity = output->length + kept > 2 * output->capacity ? output->length + kept : 2 * output->capacity;
      output->bytes = realloc(output->bytes, output->capacity);
      if (!output->bytes) die("out of memory");
    }
    if (kept) memcpy(output->bytes + output->length, buffer, kept);
    output->length += kept;
    if (kept < (size_t)got) {
      output->truncated = true;
      if (slot->reason == REASON_NONE) slot->reason = REASON_OUTPUT;
      if (may_kill) kill_box(slot, REASON_OUTPUT);
      return;
    }
  }
}

static void settle_reason(struct slot *slot, uint64_t cpu_ns, uint64_t wall_ns, bool out_of_memory) {
  if (slot->reason == REASON_CANCELLED) return;
  if (out_of_memory) slot->reason = REASON_MEMORY;
  else if (slot->reason == REASON_NONE && cpu_ns >= slot->run.cpu_ns) slot->reason = REASON_CPU;
  else if (slot->reason == REASON_NONE && wall_ns >= slot->run.wall_ns) slot->reason = REASON_WALL;
}

// The group counts in pieces of some pages, so that small programs show as nothing; and it holds the box's own part.
static uint64_t memory_of(const struct slot *slot, bool out_of_memory) {
  uint64_t memory = cgroup_memory_peak(&slot->cgroup), limit = slot->run.memory;
  if (slot->report.resident_bytes > memory) memory = slot->report.resident_bytes;
  return out_of_memory && memory > limit ? limit : memory;
}

// Answers with {u8 reason, u8 signalled, u32 code or signal, u8 out_of_memory, u8 stdout_truncated,
// u8 stderr_truncated, u64 cpu_ns, u64 user_ns, u64 system_ns, u64 wall_ns, u64 memory, u8 collected,
// u64 artifact_bytes, string problem, string stdout, string stderr}. `problem` says why a build's output was not kept.
static void send_result(struct slot *slot, bool collected, uint64_t artifact_bytes, const char *problem) {
  const struct box_report *report = &slot->report;
  bool exited = slot->reported && WIFEXITED(report->wait_status);
  uint32_t code = exited ? WEXITSTATUS(report->wait_status) : slot->reported ? WTERMSIG(report->wait_status) : SIGKILL;
  uint64_t base = slot->reported ? report->cpu_base_ns : slot->cpu_start_ns;
  uint64_t total = cgroup_cpu_ns(&slot->cgroup);
  uint64_t cpu = total > base ? total - base : 0;
  uint64_t waited = report->user_us + report->system_us;
  uint64_t system = slot->reported && waited ? (uint64_t)((double)cpu * report->system_us / waited) : 0;
  uint64_t wall = slot->reported ? report->wall_ns : now_ns() - slot->started_ns;
  bool out_of_memory = cgroup_out_of_memory(&slot->cgroup);
  settle_reason(slot, cpu, wall, out_of_memory);
  struct writer writer;
  write_start(&writer, FRAME_RESULT, slot->run.id);
  write_u8(&writer, slot->reason);
  write_u8(&writer, !exited);
  write_u32(&writer, code);
  write_u8(&writer, out_of_memory);
  write_u8(&writer, slot->out.truncated);
  write_u8(&writer, slot->err.truncated);
  write_u64(&writer, cpu);
  write_u64(&writer, cpu - system);
  write_u64(&writer, system);
  write_u64(&writer, wall);
  write_u64(&writer, memory_of(slot, out_of_memory));
  write_u8(&writer, collected);
  write_u64(&writer, artifact_bytes);
  write_bytes(&writer, problem, strlen(problem));
  write_bytes(&writer, slot->out.bytes, slot->out.length);
  write_bytes(&writer, slot->err.bytes, slot->err.length);
  connection_send(&writer);
  slot->answered = true;
}

static bool wants_collecting(const struct slot *slot) { return slot->directory >= 0; }

static void take_report(struct slot *slot) {
  int fds[1], count;
  ssize_t got = receive_with_fds(slot->socket, &slot->report, sizeof slot->report, fds, 1, &count);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got != sizeof slot->report) { // it dies without a word; its death comes as an event of its own
    close_file(&slot->socket);
    return;
  }
  if (slot->state != RUNNING) {
    if (count) close(fds[0]);
    return;
  }
  slot->state = ENDED;
  slot->reported = true;
  if (count) slot->directory = fds[0];
  if (slot->report.error) {
    send_failure(slot->run.id, false, "%s: %s", slot->report.stage, strerror(slot->report.error));
    slot->answered = true;
    return;
  }
  take_output(slot, &slot->out, false);
  take_output(slot, &slot->err, false);
  if (!WIFEXITED(slot->report.wait_status) || WEXITSTATUS(slot->report.wait_status) != 0) close_file(&slot->directory);
  if (!wants_collecting(slot)) send_result(slot, false, 0, "");
  cgroup_unthrottle(&slot->cgroup); // what is left in the box dies now
}

static void collect(struct slot *slot) {
  char message[256] = "";
  int64_t bytes = store_collect(slot->run.collect, slot->directory, message, sizeof message);
  if (bytes < 0 && message[0] == '!') {
    send_failure(slot->run.id, true, "%s", message + 1);
    slot->answered = true;
  } else {
    send_result(slot, bytes >= 0, bytes < 0 ? 0 : bytes, message);
  }
}

static void bury(struct slot *slot) {
  if (slot->socket >= 0 && slot->state == RUNNING) take_report(slot); // sent just before the end
  if (slot->state == ENDED && !slot->answered && wants_collecting(slot)) collect(slot);
  if (slot->state == KILLED && !slot->answered) {
    take_output(slot, &slot->out, false);
    take_output(slot, &slot->err, false);
    send_result(slot, false, 0, "");
  }
  if (slot->state == RUNNING && !slot->answered) {
    // Init was chosen by the OOM killer, or its group was killed as one.
    if (cgroup_out_of_memory(&slot->cgroup)) send_result(slot, false, 0, "");
    else send_failure(slot->run.id, true, "the box ended by itself");
  }
  if (slot->state != SPARE) free_run(&slot->run);
  clear(slot);
  schedule();
}

static void take_launcher_answer(struct slot *slot, struct launcher *launcher) {
  struct made made = {0};
  int fds[1] = {-1}, count;
  ssize_t got = receive_with_fds(launcher->socket, &made, sizeof made, fds, 1, &count);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  bool is_box_of_it = slot->state != EMPTY && slot->root == launcher->root && slot->process < 0;
  if (got != sizeof made) { // the launcher is dead, and all its boxes with it
    note("a launcher of slot %d ended", (int)(slot - slots));
    lose_launcher(slot, launcher);
    made.error = ESRCH;
  }
  if (!is_box_of_it) {
    if (count) close(fds[0]);
    return;
  }
  if (made.error || count == 0) {
    if (made.error != ESRCH) note("cannot make a box: %s", strerror(made.error));
    if (slot->state == SPARE) root_known = false; // until the next run asks for one
    bury(slot);
    return;
  }
  slot->process = fds[0];
  watch(slot->process, EVENT_DEATH, slot - slots, 0);
  if (slot->kill_wanted) syscall(SYS_pidfd_send_signal, slot->process, SIGKILL, NULL, 0);
}

// --- which run goes where ---

static struct slot *slot_for(uint32_t root) {
  struct slot *empty = NULL, *other = NULL;
  for (int i = 0; i < slot_count; i++) {
    if (slots[i].state == SPARE && slots[i].root == root && !slots[i].kill_wanted) return &slots[i];
    if (slots[i].state == EMPTY && !empty) empty = &slots[i];
    if (slots[i].state == SPARE && !slots[i].kill_wanted) other = &slots[i];
  }
  if (empty) return empty;
  if (other) kill_box(other, REASON_NONE); // a spare of another root: its death makes room
  return NULL;
}

static void start_pending(void) {
  while (pending_count > 0) {
    struct run_request run = pending[0];
    struct slot *slot = slot_for(run.root);
    if (!slot) return;
    memmove(pending, pending + 1, sizeof *pending * --pending_count);
    if (slot->state == EMPTY && !make(slot, run.root)) {
      send_failure(run.id, true, "cannot make a box: %s", strerror(errno));
      free_run(&run);
      clear(slot);
      continue;
    }
    dispatch(slot, &run);
  }
}

static void schedule(void) {
  start_pending();
  if (pending_count > 0 || !root_known) return;
  for (int i = 0; i < slot_count; i++)
    if (slots[i].state == EMPTY && !make(&slots[i], wanted_root)) {
      note("cannot make a box ahead: %s", strerror(errno));
      root_known = false; // until the next run asks for one
      clear(&slots[i]);
      return;
    }
}

void slots_run(struct run_request *run) {
  if (pending_count == MAX_PENDING) {
    send_failure(run->id, true, "more than %d runs wait", MAX_PENDING);
    free_run(run);
    return;
  }
  if (run->stdin_error) {
    send_failure(run->id, true, "cannot keep a program's input: %s", strerror(run->stdin_error));
    free_run(run);
    return;
  }
  if (!root_path(run->root)) {
    send_failure(run->id, false, "there is no root %u", run->root);
    free_run(run);
    return;
  }
  wanted_root = run->root;
  root_known = true;
  pending[pending_count++] = *run;
  start_pending();
}

void slots_cancel(uint32_t id) {
  for (int i = 0; i < slot_count; i++)
    if (slots[i].state == RUNNING && slots[i].run.id == id) kill_box(&slots[i], REASON_CANCELLED);
  for (int i = 0; i < pending_count; i++) {
    if (pending[i].id != id) continue;
    struct slot none = {.run = pending[i], .reason = REASON_CANCELLED, .started_ns = now_ns()};
    none.cgroup = (struct cgroup){.memory = -1, .cpu_usage = -1, .peak = -1, .oom = -1};
    send_result(&none, false, 0, "");
    free_run(&pending[i]);
    memmove(pending + i, pending + i + 1, sizeof *pending * (--pending_count - i));
    return;
  }
}

static void check_time(struct slot *slot, uint64_t now) {
  if (HAS(WALL_LIMIT) && now >= slot->started_ns + slot->run.wall_ns) {
    kill_box(slot, REASON_WALL);
    return;
  }
  if (now < slot->check_ns || !HAS(CPU_LIMIT)) return;
  uint64_t used = cgroup_cpu_ns(&slot->cgroup) - slot->cpu_start_ns;
  if (used >= slot->run.cpu_ns) {
    kill_box(slot, REASON_CPU);
    return;
  }
  uint64_t wait = (slot->run.cpu_ns - used) / core_count();
  slot->check_ns = now + (wait < CHECK_INTERVAL_NS ? CHECK_INTERVAL_NS : wait);
}

int slots_tick(void) {
  uint64_t now = now_ns(), next = UINT64_MAX;
  for (int i = 0; i < slot_count; i++) {
    if (slots[i].state == RUNNING) check_time(&slots[i], now);
    if (slots[i].state != RUNNING) continue;
    uint64_t wall = slots[i].started_ns + slots[i].run.wall_ns;
    uint64_t due = wall < slots[i].check_ns ? wall : slots[i].check_ns;
    if (due < next) next = due;
  }
  if (next == UINT64_MAX) return -1;
  return next > now ? (int)((next - now) / 1000000) + 1 : 0;
}

void slots_handle(union event_data data) {
  struct slot *slot = &slots[data.slot];
  if (data.kind == EVENT_LAUNCHER) {
    if (slot->launchers[data.root].socket >= 0) take_launcher_answer(slot, &slot->launchers[data.root]);
    return;
  }
  if (data.kind == EVENT_OOM) {
    uint64_t fired;
    if (slot->cgroup.oom_event >= 0 && read(slot->cgroup.oom_event, &fired, sizeof fired) > 0 && slot->state == RUNNING)
      kill_box(slot, REASON_MEMORY);
    return;
  }
  if (data.generation != slot->generation) return; // of a box that is gone
  switch (data.kind) {
    case EVENT_REPORT: take_report(slot); break;
    case EVENT_STDOUT: take_output(slot, &slot->out, slot->state == RUNNING); break;
    case EVENT_STDERR: take_output(slot, &slot->err, slot->state == RUNNING); break;
    case EVENT_DEATH: bury(slot); break;
  }
}

// Each slot's boxes share a network namespace in which even loopback is down, made once: a fresh one costs more
// than all the rest of a box.
static int make_network(int own) {
  if (unshare(CLONE_NEWNET) < 0) die("cannot make a network namespace");
  int network = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (network < 0 || setns(own, CLONE_NEWNET) < 0) die("cannot keep a network namespace");
  return network;
}

void slots_setup(int count, uid_t first_uid, bool strict, int epoll) {
  strict_isolation = strict;
  slot_count = count;
  epoll_file = epoll;
  int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (own < 0) die("cannot open the own network namespace");
  for (int i = 0; i < count; i++) {
    slots[i] = (struct slot){.uid = first_uid + i, .network = make_network(own), .socket = -1, .process = -1, .directory = -1};
    slots[i].out.pipe = slots[i].err.pipe = -1;
    cgroup_open_slot(&slots[i].cgroup, i);
  }
  close(own);
}

void slots_teardown(void) {
  for (int i = 0; i < slot_count; i++)
    if (slots[i].process >= 0) syscall(SYS_pidfd_send_signal, slots[i].process, SIGKILL, NULL, 0);
  for (int i = 0; i < slot_count; i++) {
    for (int j = 0; j < slots[i].launcher_count; j++)
      if (slots[i].launchers[j].socket >= 0) lose_launcher(&slots[i], &slots[i].launchers[j]);
    cgroup_close_slot(&slots[i].cgroup);
  }
}
