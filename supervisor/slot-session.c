// A session in a slot: connects the live streams of a run with its box. Knows nothing of which run comes next.
#include "slot-state.h"
#include "terminal.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef PIDFD_SIGNAL_PROCESS_GROUP
#define PIDFD_SIGNAL_PROCESS_GROUP 4 // since Linux 6.9
#endif

// The reading end takes the place of the file that `run` has as stdin. A program can reopen it as /dev/stdin.
static bool open_input(struct slot *slot) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return false;
  fchmod(ends[0], 0644);
  slot->run.stdin_file = ends[0];
  session_open_input(&slot->session, ends[1]);
  return true;
}

bool session_begin(struct slot *slot) {
  struct session *session = &slot->session;
  session->watch = slot_watch_stream;
  session->owner = slot;
  slot->pending_signal = 0;
  session_start(session, &slot->run);
  bool done = slot->run.streams != STREAMS_PIPES || open_input(slot);
  if (done) session_send_started(slot->run.id);
  return done;
}

void session_end(struct slot *slot) {
  session_close(&slot->session);
  close_file(&slot->program);
}

static void send_to_group(struct slot *slot, int number) {
  if (syscall(SYS_pidfd_send_signal, slot->program, number, NULL, PIDFD_SIGNAL_PROCESS_GROUP) < 0 && errno == EINVAL)
    syscall(SYS_pidfd_send_signal, slot->program, number, NULL, 0);
}

// Without CAP_KILL, only the program's own user may signal it.
static void send_signal(struct slot *slot, int number) {
  if (seteuid(slot->uid) < 0) return;
  send_to_group(slot, number);
  if (seteuid(0) < 0) die("cannot be root again");
}

bool session_started(struct slot *slot, const int fds[STARTED_FDS], int count) {
  bool is_expected = slot->state == RUNNING && slot->run.streams && slot->program < 0 && count > STARTED_PROGRAM &&
                     (count > STARTED_TERMINAL) == (slot->run.streams == STREAMS_TERMINAL);
  if (!is_expected) {
    for (int i = 0; i < count; i++) close(fds[i]);
    return true;
  }
  slot->program = fds[STARTED_PROGRAM];
  if (count > STARTED_TERMINAL) {
    terminal_resize(fds[STARTED_TERMINAL], slot->run.columns, slot->run.rows); // it may have changed since the order
    if (!session_open_terminal(&slot->session, &slot->out, fds[STARTED_TERMINAL])) return false;
  }
  if (slot->pending_signal) send_signal(slot, slot->pending_signal);
  return true;
}

static bool take_signal(struct slot *slot, struct reader *reader) {
  int number;
  if (!session_read_signal(reader, &number)) return false;
  if (slot->program >= 0) send_signal(slot, number);
  else slot->pending_signal = number;
  return true;
}

static bool take_size(struct slot *slot, struct reader *reader) {
  uint16_t columns, rows;
  if (!session_read_size(reader, &columns, &rows)) return false;
  slot->run.columns = columns;
  slot->run.rows = rows;
  if (slot->session.input >= 0) terminal_resize(slot->session.input, columns, rows); // of a pipe it has no effect
  return true;
}

static bool tell_used(struct slot *slot, struct reader *reader) {
  uint64_t used = cgroup_cpu_ns(&slot->cgroup);
  session_send_used(slot->run.id, used > slot->cpu_start_ns ? used - slot->cpu_start_ns : 0);
  return reader->next == reader->end;
}

bool session_frame(struct slot *slot, uint8_t type, struct reader *reader) {
  if (type == FRAME_SIGNAL) return take_signal(slot, reader);
  if (type == FRAME_RESIZE) return take_size(slot, reader);
  if (type == FRAME_USED) return tell_used(slot, reader);
  return session_take_frame(&slot->session, type, reader, &slot->out, &slot->err);
}
