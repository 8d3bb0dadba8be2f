// The state of a slot and the functions of the files that share its work. slot.c decides which run goes where and calls
// the others: slot-box.c makes, starts and ends a box, slot-launcher.c starts and ends launchers, slot-outcome.c makes
// the answer to a run, slot-events.c registers descriptors.
#ifndef SLOT_STATE_H
#define SLOT_STATE_H
#include "cgroup.h"
#include "clock.h"
#include "connection.h"
#include "result.h"
#include "session.h"
#include "slot.h"
#include "warm-class.h"

enum state { EMPTY, SPARE, RUNNING, ENDED, KILLED };

struct launcher {
  uint32_t root;
  int socket;  // -1: no launcher
  int process; // pidfd
  pid_t pid;
};

struct slot {
  int index;
  bool strict; // each box gets its own network and UTS namespaces
  enum state state;
  uid_t uid;
  int network; // descriptor of its network namespace
  struct cgroup cgroup;
  struct launcher launchers[MAX_ROOTS];
  int launcher_count;
  // of the living box
  uint32_t generation, root;
  int socket, process; // process: pidfd, -1 until the launcher answers
  struct output out, err;
  bool kill_wanted;
  struct warm_class *warm; // of a runtime that was started ahead, else NULL
  int warm_input;          // its stdin, which is still empty
  bool waits;              // it has reached its gate
  uint64_t warm_since_ns, warm_bytes; // its start; its memory when it reached the gate
  // of the run
  struct run_request run;
  enum reason reason;
  struct run_clock clock;
  struct session session;
  int program, pending_signal; // program: pidfd, -1 until a session has started; a signal that came before, 0 for none
  uint64_t cpu_start_ns, check_ns;
  struct box_report report;
  bool reported, answered;
  int directory; // /box/out of a build that succeeded
};

// --- slot-events.c ---

// Sets the epoll set of all slots.
void slot_use_epoll(int epoll);
// Adds a descriptor of the slot to it. `launcher` is the index of the launcher for EVENT_LAUNCHER, else 0.
void slot_watch(const struct slot *slot, int file, enum event_kind kind, int launcher);

// The `watch` of a session whose `owner` is the slot.
void slot_watch_stream(void *owner, int file, enum session_stream stream, bool wanted);

// --- slot-session.c ---

// Starts the live streams of the slot's run, and makes the pipe that is its stdin. Returns false with errno.
bool session_begin(struct slot *slot);
// Releases the streams; it may be called again.
void session_end(struct slot *slot);
// Handles a frame of the session. Returns false if it is malformed.
bool session_frame(struct slot *slot, uint8_t type, struct reader *reader);
// Handles the message that a session's program was started. Returns false with errno if its terminal cannot be used.
bool session_started(struct slot *slot, const int fds[STARTED_FDS], int count);

// --- slot-launcher.c ---

// The boxes of a slot share a network namespace in which even loopback is down. It is made once, because a new one costs
// more than all the rest of a box.
// Returns a descriptor of it; `own` is one of the supervisor's.
int slot_network(int own);
// The slot's launcher for a root, started if there is none. NULL with errno.
struct launcher *launcher_of(struct slot *slot, uint32_t root);
void lose_launcher(struct slot *slot, struct launcher *launcher);

// --- slot-box.c ---

// Starts making a box, which accepts its order at any later time. Returns false with errno; call `box_clear` then.
bool box_make(struct slot *slot, uint32_t root);
// Starts the class's runtime in a spare box, ahead of its run. Returns false with errno; the box must be killed then.
bool box_warm(struct slot *slot, struct warm_class *class);
// Sends the box its order. Takes ownership of `run`.
void box_dispatch(struct slot *slot, struct run_request *run);
void box_kill(struct slot *slot, enum reason reason);
// Releases what belonged to the box, which is gone, and frees the slot.
void box_clear(struct slot *slot);

// --- slot-warm.c ---

// Sets how much memory runtimes that wait may have in all; 0 starts none ahead.
void warm_setup(uint64_t bytes);
// The spare box for a run whose runtime has started, one that waits at its gate first; NULL if there is none.
struct slot *warm_slot_for(struct slot *slots, int count, const struct run_request *run);
// Records the demand of a run that is about to start in `slot`.
void warm_count_run(struct slot *slots, int count, const struct slot *slot, const struct run_request *run);
// The runtime of a spare box has reached its gate.
void warm_take_waiting(struct slot *slot);
// A spare box is gone.
void warm_bury(const struct slot *slot);
// The runtime of the slot ended before its run began.
void warm_count_death(const struct slot *slot);
// Starts runtimes in empty slots, where cores and memory are free.
void warm_up(struct slot *slots, int count);
// Ends runtimes that do not reach their gate. Returns when the next check is due, UINT64_MAX for never.
uint64_t warm_check(struct slot *slots, int count, uint64_t now);
void warm_send_state(const struct slot *slots, int count, uint32_t id);

// --- slot-outcome.c ---

// Reads what the program wrote. A program that wrote too much is killed.
void take_output(struct slot *slot, struct output *output);
// Reads what a program left that has ended.
void take_last_output(struct slot *slot);
void take_report(struct slot *slot);
// Keeps the output of a build, and answers.
void collect_build(struct slot *slot);
bool wants_collecting(const struct slot *slot);
void send_result(struct slot *slot, bool collected, uint64_t artifact_bytes, const char *problem);
#endif
