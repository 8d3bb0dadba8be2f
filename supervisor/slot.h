// The slots: each holds at most one living box. Runs start in the order in which they arrive, in the first free slot.
#ifndef SLOT_H
#define SLOT_H
#include "frames.h"

// What an event of the supervisor's epoll set belongs to. `generation` distinguishes the boxes of one slot.
enum event_kind {
  EVENT_CONNECTION, EVENT_LAUNCHER, EVENT_REPORT, EVENT_STDOUT, EVENT_STDERR, EVENT_STDIN, EVENT_DEATH, EVENT_OOM
};
union event_data {
  struct {
    uint8_t kind;
    uint8_t root;
    uint16_t slot;
    uint32_t generation;
  };
  uint64_t packed;
};

// The slots that runtimes started ahead use beyond those for runs.
static inline int slots_beyond(uint64_t warm_bytes) { return warm_bytes ? WARM_SLOTS : 0; }
// `warm_bytes`: memory for runtimes that were started ahead. `strict`: each box gets its own network and UTS namespaces, instead of its slot's.
void slots_setup(int count, uint64_t warm_bytes, uid_t first_uid, bool strict, int epoll);
void slots_handle(union event_data data);
// Takes ownership of `run`.
void slots_run(struct run_request *run);
void slots_cancel(uint32_t id);
// Handles a frame of a session. Returns false if it is malformed.
bool slots_stream(uint8_t type, uint32_t id, struct reader *reader);
// Ends runs that exceed a time limit. Returns the milliseconds until the next call is due, -1 for never.
int slots_tick(void);
void slots_send_warm_state(uint32_t id);
void slots_teardown(void);
#endif
