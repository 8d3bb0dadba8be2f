// A slot goes EMPTY -> SPARE (a box made ahead) -> RUNNING -> ENDED or KILLED -> EMPTY. The answer is sent once the
// program has ended and its output is read. The box is destroyed after that, and the next one is made only when the last
// process of the old one is dead: two boxes of one slot never live at the same time.
#include "slot-state.h"
#include "root.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct slot slots[MAX_SLOTS + WARM_SLOTS];
static int slot_count;
static struct run_request pending[MAX_PENDING];
static int pending_count;
static int run_slots; // of the slots, those that boxes without a waiting runtime may use
static uint32_t wanted_root; // the root of the latest run: spare boxes follow demand
static bool root_known;

static void schedule(void);
static void start_pending(void);

// Its runtime, started ahead, had ended before the run began.
static void run_again(struct slot *slot) {
  slot->answered = true;
  if (pending_count == MAX_PENDING) {
    connection_fail(slot->run.id, FAILURE_RETRYABLE, "more than %d runs wait", MAX_PENDING);
    return;
  }
  memmove(pending + 1, pending, sizeof *pending * pending_count++);
  pending[0] = slot->run;
  slot->run = (struct run_request){.stdin_file = -1};
  start_pending();
}

static void take_report_or_run_again(struct slot *slot) {
  take_report(slot);
  if (slot->state == ENDED && slot->report.not_begun && !slot->answered) run_again(slot);
}

static void bury(struct slot *slot) {
  if (slot->socket >= 0 && (slot->state == RUNNING || slot->state == SPARE)) take_report_or_run_again(slot); // a report sent just before the end
  if (slot->state == SPARE) warm_bury(slot);
  if (slot->state == SPARE && !slot->kill_wanted && !slot->warm) root_known = false; // it failed: make no spare box until the next run
  if (slot->state == ENDED && !slot->answered && wants_collecting(slot)) collect_build(slot);
  if (slot->state == KILLED && !slot->answered) {
    take_last_output(slot);
    send_result(slot, false, 0, "");
  }
  if (slot->state == RUNNING && !slot->answered) {
    // The OOM killer chose init, or killed the whole group.
    if (cgroup_out_of_memory(&slot->cgroup)) send_result(slot, false, 0, "");
    else connection_fail(slot->run.id, FAILURE_RETRYABLE, "the box ended by itself");
  }
  if (slot->state != SPARE) free_run(&slot->run);
  box_clear(slot);
  schedule();
}

static void take_launcher_answer(struct slot *slot, struct launcher *launcher) {
  struct made made = {0};
  int fds[1] = {-1}, count;
  ssize_t got = receive_with_fds(launcher->socket, &made, sizeof made, fds, 1, &count);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  bool is_box_of_it = slot->state != EMPTY && slot->root == launcher->root && slot->process < 0;
  if (got != sizeof made) { // the launcher is dead, and so are all its boxes
    note("a launcher of slot %d ended", slot->index);
    lose_launcher(slot, launcher);
    if (is_box_of_it) cgroup_kill(&slot->cgroup); // a box that was being made must not outlive it
    made.error = ESRCH;
  }
  if (!is_box_of_it) {
    if (count) close(fds[0]);
    return;
  }
  if (made.error || count == 0) {
    if (made.error != ESRCH) note("cannot make a box: %s", strerror(made.error));
    bury(slot);
    return;
  }
  slot->process = fds[0];
  slot_watch(slot, slot->process, EVENT_DEATH, 0);
  if (slot->kill_wanted) syscall(SYS_pidfd_send_signal, slot->process, SIGKILL, NULL, 0);
}

static struct slot *slot_for(const struct run_request *run) {
  struct slot *empty = NULL, *other = NULL, *warm = warm_slot_for(slots, slot_count, run);
  if (warm) return warm;
  for (int i = 0; i < slot_count; i++) {
    if (slots[i].state == EMPTY && !empty) empty = &slots[i];
    if (slots[i].state != SPARE || slots[i].kill_wanted || slots[i].warm) continue;
    if (slots[i].root == run->root) return &slots[i];
    other = &slots[i];
  }
  if (empty) return empty;
  if (other) box_kill(other, REASON_NONE); // a spare box of another root: its end frees the slot
  return NULL;
}

static void start_pending(void) {
  while (pending_count > 0) {
    struct run_request run = pending[0];
    struct slot *slot = slot_for(&run);
    if (!slot) return;
    warm_count_run(slots, slot_count, slot, &run);
    memmove(pending, pending + 1, sizeof *pending * --pending_count);
    if (slot->state == EMPTY && !box_make(slot, run.root)) {
      connection_fail(run.id, FAILURE_RETRYABLE, "cannot make a box: %s", strerror(errno));
      free_run(&run);
      box_clear(slot);
      continue;
    }
    box_dispatch(slot, &run);
  }
}

static void schedule(void) {
  start_pending();
  if (pending_count > 0) return;
  int used = 0;
  for (int i = 0; i < slot_count; i++) used += slots[i].state != EMPTY && !(slots[i].state == SPARE && slots[i].warm);
  for (int i = 0; i < slot_count && root_known && used < run_slots; i++)
    if (slots[i].state == EMPTY && ++used && !box_make(&slots[i], wanted_root)) {
      note("cannot make a box ahead: %s", strerror(errno));
      root_known = false; // make no spare box until the next run
      box_clear(&slots[i]);
    }
  warm_up(slots, slot_count);
}

static bool may_run(const struct run_request *run, struct failure *failure) {
  if (pending_count == MAX_PENDING) return set_failure(failure, FAILURE_RETRYABLE, "more than %d runs wait", MAX_PENDING);
  if (run->stdin_error)
    return set_failure(failure, FAILURE_RETRYABLE, "cannot keep a program's input: %s", strerror(run->stdin_error));
  return root_path(run->root) || set_failure(failure, FAILURE_PERMANENT, "there is no root %u", run->root);
}

void slots_run(struct run_request *run) {
  struct failure failure;
  if (!may_run(run, &failure)) {
    connection_send_failure(run->id, &failure);
    free_run(run);
    return;
  }
  wanted_root = run->root;
  root_known = true;
  pending[pending_count++] = *run;
  start_pending();
  if (pending_count == 0) warm_up(slots, slot_count);
}

bool slots_stream(uint8_t type, uint32_t id, struct reader *reader) {
  for (int i = 0; i < slot_count; i++)
    if (slots[i].state == RUNNING && slots[i].run.streams && slots[i].run.id == id)
      return session_frame(&slots[i], type, reader);
  return session_ignore(type, reader);
}

void slots_cancel(uint32_t id) {
  for (int i = 0; i < slot_count; i++)
    if (slots[i].state == RUNNING && slots[i].run.id == id) box_kill(&slots[i], REASON_CANCELLED);
  for (int i = 0; i < pending_count; i++) {
    if (pending[i].id != id) continue;
    struct slot none = {.run = pending[i], .reason = REASON_CANCELLED};
    clock_start(&none.clock, now_ns());
    none.cgroup = (struct cgroup){.memory = -1, .cpu_usage = -1, .peak = -1, .oom = -1};
    send_result(&none, false, 0, "");
    free_run(&pending[i]);
    memmove(pending + i, pending + i + 1, sizeof *pending * (--pending_count - i));
    return;
  }
}

static void check_time(struct slot *slot, uint64_t now) {
  if (now < slot->check_ns) return;
  struct run_clock *clock = &slot->clock;
  uint64_t used = cgroup_cpu_ns(&slot->cgroup) - slot->cpu_start_ns;
  if (clock_wants_sample(clock, &slot->run, now))
    clock_sample(clock, now, used, clock_was_running(clock, now, used) || cgroup_is_ready(&slot->cgroup));
  enum reason reason = clock_check(clock, &slot->run, now, used);
  bool is_idle = slot->run.streams && session_is_idle(&slot->session, &slot->run, now);
  if (reason == REASON_NONE && is_idle) reason = REASON_IDLE;
  if (reason != REASON_NONE) box_kill(slot, reason);
  slot->check_ns = clock_next(clock, &slot->run, now, used);
}

int slots_tick(void) {
  uint64_t now = now_ns(), next = UINT64_MAX;
  for (int i = 0; i < slot_count; i++) {
    if (slots[i].state == RUNNING) check_time(&slots[i], now);
    if (slots[i].state == RUNNING && slots[i].check_ns < next) next = slots[i].check_ns;
  }
  uint64_t warm = warm_check(slots, slot_count, now);
  if (warm < next) next = warm;
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
      box_kill(slot, REASON_MEMORY);
    return;
  }
  if (data.generation != slot->generation) return; // of an earlier box
  switch (data.kind) {
    case EVENT_REPORT:
      take_report_or_run_again(slot);
      if (slot->state == SPARE && slot->waits) warm_up(slots, slot_count);
      break;
    case EVENT_STDOUT: take_output(slot, &slot->out); break;
    case EVENT_STDERR: take_output(slot, &slot->err); break;
    case EVENT_STDIN: session_write(&slot->session); break;
    case EVENT_DEATH: bury(slot); break;
  }
}

void slots_send_warm_state(uint32_t id) { warm_send_state(slots, slot_count, id); }

void slots_setup(int count, uint64_t warm_bytes, uid_t first_uid, bool strict, int epoll) {
  warm_setup(warm_bytes);
  run_slots = count;
  slot_count = count += slots_beyond(warm_bytes);
  slot_use_epoll(epoll);
  int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (own < 0) die("cannot open the network namespace of the supervisor");
  for (int i = 0; i < count; i++) {
    slots[i] = (struct slot){.index = i, .strict = strict, .uid = first_uid + i, .network = slot_network(own), .socket = -1, .process = -1, .directory = -1, .program = -1, .warm_input = -1};
    slots[i].out.pipe = slots[i].err.pipe = slots[i].session.input = -1;
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
