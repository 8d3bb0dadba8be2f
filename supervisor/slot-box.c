// A box as its slot sees it: makes it, sends its order, kills it. Knows nothing of which run comes next.
#include "slot-state.h"
#include "store.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

void box_clear(struct slot *slot) {
  close_file(&slot->socket);
  close_file(&slot->process);
  close_file(&slot->directory);
  session_end(slot);
  output_close(&slot->out);
  output_close(&slot->err);
  cgroup_end(&slot->cgroup);
  close_file(&slot->warm_input);
  slot->warm = NULL;
  slot->warm_bytes = 0;
  slot->generation++;
  slot->run.streams = STREAMS_NONE;
  slot->state = EMPTY;
}

// Opens the socket for order and report and the pipes of the program's output. Returns the box's ends in `fds`.
static bool open_channels(struct slot *slot, int fds[MAKE_FDS]) {
  int control[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) < 0) return false;
  slot->socket = control[0];
  fds[MAKE_SOCKET] = control[1];
  if (fcntl(control[0], F_SETFL, O_NONBLOCK) < 0) return false;
  if (!output_open(&slot->out, &fds[MAKE_STDOUT]) || !output_open(&slot->err, &fds[MAKE_STDERR])) return false;
  slot_watch(slot, control[0], EVENT_REPORT, 0);
  slot_watch(slot, slot->out.pipe, EVENT_STDOUT, 0);
  slot_watch(slot, slot->err.pipe, EVENT_STDERR, 0);
  return true;
}

bool box_make(struct slot *slot, uint32_t root) {
  slot->report = (struct box_report){0};
  bool had_event = slot->cgroup.oom_event >= 0;
  unsigned generation = slot->cgroup.generation;
  slot->state = SPARE;
  slot->root = root;
  slot->kill_wanted = slot->reported = slot->answered = slot->waits = false;
  slot->reason = REASON_NONE;
  struct launcher *launcher = launcher_of(slot, root);
  if (!launcher || cgroup_begin(&slot->cgroup) < 0) return false;
  if (slot->cgroup.oom_event >= 0 && !(had_event && generation == slot->cgroup.generation))
    slot_watch(slot, slot->cgroup.oom_event, EVENT_OOM, 0);

  int fds[MAKE_FDS] = {-1, -1, -1, slot->cgroup.cpu_usage, slot->cgroup.memory};
  int count = cgroup_version() == 2 ? MAKE_FDS : MAKE_CGROUP;
  bool done = open_channels(slot, fds) && send_with_fds(launcher->socket, "m", 1, fds, count) == 0;
  int error = errno;
  for (int i = 0; i <= MAKE_STDERR; i++) close_file(&fds[i]);
  errno = error;
  return done;
}

void box_kill(struct slot *slot, enum reason reason) {
  if (slot->state == RUNNING) {
    slot->state = KILLED;
    slot->report.resident_bytes = cgroup_resident_bytes(&slot->cgroup); // init will not report it
  }
  if (slot->reason == REASON_NONE) slot->reason = reason;
  cgroup_unthrottle(&slot->cgroup); // a throttled process would die only in the next period
  slot->kill_wanted = true;
  if (slot->process >= 0) syscall(SYS_pidfd_send_signal, slot->process, SIGKILL, NULL, 0);
}

static struct box_order_header header_of(const struct run_request *run) {
  return (struct box_order_header){
      .cpu_seconds = run->cpu_ns / 1000000000ull + 2, // a second line of defence: whole seconds, for each process
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
      .columns = run->columns,
      .rows = run->rows,
      .is_session = run->streams != STREAMS_NONE,
      .has_terminal = run->streams == STREAMS_TERMINAL,
  };
}

static bool send_order(struct slot *slot, const struct box_order_header *header, const char *strings, const int *fds, int count) {
  static struct box_order order;
  order.header = *header;
  memcpy(order.strings, strings, header->strings_length);
  return send_with_fds(slot->socket, &order, sizeof order.header + header->strings_length, fds, count) == 0;
}

static bool order(struct slot *slot) {
  struct run_request *run = &slot->run;
  int fds[3], count = 0;
  struct box_order_header header = header_of(run);
  if (slot->warm) { // it has them already
    header.strings_length = header.has_stdin = 0;
    if (!input_fill(slot->warm_input, run->stdin_file)) return false;
  }
  bool sent = true;
  if (run->code) sent = (fds[count++] = store_tree(run->code)) >= 0;
  if (sent && run->build) sent = (fds[count++] = store_tree(run->build)) >= 0;
  int trees = count - !sent;
  if (sent && header.has_stdin) fds[count++] = run->stdin_file;
  sent = sent && send_order(slot, &header, run->strings, fds, count);
  int error = errno;
  for (int i = 0; i < trees; i++) close(fds[i]);
  errno = error;
  return sent;
}

bool box_warm(struct slot *slot, struct warm_class *class) {
  struct box_order_header header = header_of(&class->run);
  header.disk_bytes = DEFAULT_DISK_BYTES;
  header.has_stdin = header.is_warm = 1;
  slot->warm = class;
  slot->warm_since_ns = now_ns();
  class->spares++;
  slot->warm_input = input_open();
  return slot->warm_input >= 0 && cgroup_limit(&slot->cgroup, class->run.memory, class->run.processes, 0) == 0 &&
         send_order(slot, &header, class->run.strings, &slot->warm_input, 1);
}

void box_dispatch(struct slot *slot, struct run_request *run) {
  slot->run = *run;
  slot->state = RUNNING;
  if (slot->warm) slot->warm->spares--;
  slot->cpu_start_ns = cgroup_cpu_ns(&slot->cgroup);
  clock_start(&slot->clock, now_ns());
  slot->check_ns = clock_next(&slot->clock, run, slot->clock.started_ns, 0);
  bool is_ready = !run->streams || session_begin(slot);
  if (is_ready && cgroup_limit(&slot->cgroup, run->memory, run->processes, run->quota_us) == 0 && order(slot)) {
    if (run->streams == STREAMS_PIPES) close_file(&slot->run.stdin_file); // so that the program's is the only one
    return;
  }
  connection_fail(run->id, FAILURE_RETRYABLE, "cannot start a box: %s", strerror(errno));
  slot->answered = true;
  box_kill(slot, REASON_CANCELLED);
}
