// The slots: each holds at most one living box. Runs are taken in the order they came by the first slot that is free.
#ifndef SLOT_H
#define SLOT_H
#include "frames.h"

// What an event of the supervisor's epoll set belongs to. `generation` tells boxes of one slot apart.
enum event_kind { EVENT_CONNECTION, EVENT_LAUNCHER, EVENT_REPORT, EVENT_STDOUT, EVENT_STDERR, EVENT_DEATH, EVENT_OOM };
union event_data {
  struct {
    uint8_t kind;
    uint8_t root;
    uint16_t slot;
    uint32_t generation;
  };
  uint64_t packed;
};

// `strict`: each box gets network and UTS namespaces of its own, instead of its slot's.
void slots_setup(int count, uid_t first_uid, bool strict, int epoll);
void slots_handle(union event_data data);
// Takes over `run`.
void slots_run(struct run_request *run);
void slots_cancel(uint32_t id);
// Ends runs whose time is up. Returns milliseconds until it has to be called again, -1 for never.
int slots_tick(void);
void slots_teardown(void);
#endif
