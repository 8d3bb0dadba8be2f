// What a slot is made of, for the files that share its work: slot.c (which run goes where), launchers.c, boxes.c (a box
// from its making to its end) and outcome.c (how a run ended).
#ifndef SLOT_STATE_H
#define SLOT_STATE_H
#include "cgroup.h"
#include "clock.h"
#include "connection.h"
#include "result.h"
#include "slot.h"

enum state { EMPTY, SPARE, RUNNING, ENDED, KILLED };

struct launcher {
  uint32_t root;
  int socket;  // -1: none
  int process; // pidfd
  pid_t pid;
};

struct slot {
  int index;
  bool strict; // boxes get network namespaces of their own
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
  struct run_clock clock;
  uint64_t cpu_start_ns, check_ns;
  struct box_report report;
  bool reported, answered;
  int directory; // /box/out of a build that ended well
};

extern int slot_epoll;

// Adds a descriptor of the slot to the epoll set; `launcher` is its index, where the event is one of a launcher.
void watch(struct slot *slot, int file, enum event_kind kind, int launcher);
void close_file(int *file);

// The launcher of the slot for a root, started when there is none. NULL with errno.
struct launcher *launcher_of(struct slot *slot, uint32_t root);
void lose_launcher(struct slot *slot, struct launcher *launcher);

// Starts making a box; it takes its order whenever that comes. Returns false with errno; then `box_clear` follows.
bool box_make(struct slot *slot, uint32_t root);
// Gives the box its order. Takes over `run`.
void box_dispatch(struct slot *slot, struct run_request *run);
void box_kill(struct slot *slot, enum reason reason);
// The box is gone: the slot is free.
void box_clear(struct slot *slot);

// Reads what the program wrote; one that wrote too much is killed when `may_kill`.
void take_output(struct slot *slot, struct output *output, bool may_kill);
void take_report(struct slot *slot);
// Keeps what a build left, and answers.
void collect_build(struct slot *slot);
bool wants_collecting(const struct slot *slot);
void send_result(struct slot *slot, bool collected, uint64_t artifact_bytes, const char *problem);
#endif
