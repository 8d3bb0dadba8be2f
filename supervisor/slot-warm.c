// Which runtimes are started ahead, and which are given up: supply follows demand. They wait in slots beyond those that
// runs need, so that no run ever waits for one to go. Knows nothing of what a runtime is.
#include "slot-state.h"
#include "connection.h"
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
  MIN_RUNS = 2,        // of a class, before a runtime is started ahead for it
  KEEP_RUNS = 16,      // runs of other classes after which one may give way to another class
  FORGET_RUNS = 32,    // runs of a class after which it wants one fewer
};
static const uint64_t MIN_BYTES = 1 << 20;
static const uint64_t UNKNOWN_BYTES = 48 << 20;                // of a class that was never measured
static const uint64_t START_NS = 20ull * 1000 * 1000 * 1000;   // a runtime that takes longer to reach its gate is ended
static const uint64_t RETRY_NS = 60ull * 1000 * 1000 * 1000;

static uint64_t most_bytes;
static uint64_t hits, misses, deaths;

void warm_setup(uint64_t bytes) { most_bytes = bytes; }

static bool is_warm(const struct slot *slot) { return slot->state == SPARE && slot->warm && !slot->kill_wanted; }

struct slot *warm_slot_for(struct slot *slots, int count, const struct run_request *run) {
  const struct warm_class *class = warm_class_of(run);
  struct slot *found = NULL;
  for (int i = 0; class && i < count; i++)
    if (is_warm(&slots[i]) && slots[i].warm == class && (!found || slots[i].waits > found->waits)) found = &slots[i];
  return found;
}

void warm_count_run(struct slot *slots, int count, const struct slot *slot, const struct run_request *run) {
  struct warm_class *class = most_bytes ? warm_class_add(run) : NULL;
  if (!class) return;
  if (is_warm(slot) && slot->waits) hits++;
  else misses++;
  int running = 1;
  for (int i = 0; i < count; i++) running += slots[i].state == RUNNING && warm_class_of(&slots[i].run) == class;
  if (running > class->wanted) class->wanted = running < WARM_SLOTS ? running : WARM_SLOTS;
  else if (class->runs % FORGET_RUNS == 0 && class->wanted > 1) class->wanted--;
}

void warm_take_waiting(struct slot *slot) {
  if (!slot->warm || slot->waits) return;
  slot->waits = true;
  uint64_t bytes = cgroup_memory_peak(&slot->cgroup); // small ones may show as nothing
  slot->warm_bytes = slot->warm->bytes = bytes > MIN_BYTES ? bytes : MIN_BYTES;
}

void warm_count_death(const struct slot *slot) {
  deaths++;
  note("a runtime that was started ahead ended by itself");
  if (!slot->waits) slot->warm->retry_ns = now_ns() + RETRY_NS;
}

void warm_bury(const struct slot *slot) {
  if (!slot->warm) return;
  slot->warm->spares--;
  if (!slot->kill_wanted) warm_count_death(slot);
}

// Memory of a runtime that waits or is about to.
static uint64_t bytes_of(const struct warm_class *class) { return class->bytes ? class->bytes : UNKNOWN_BYTES; }

// The class that is to have one more, NULL if none is.
static struct warm_class *next_class(uint64_t now) {
  int count;
  struct warm_class *classes = warm_classes(&count), *next = NULL;
  for (int i = 0; i < count; i++) {
    bool wants = classes[i].runs >= MIN_RUNS && classes[i].spares < classes[i].wanted && now >= classes[i].retry_ns;
    if (wants && (!next || classes[i].used > next->used)) next = &classes[i];
  }
  return next;
}

// Ends a runtime that makes room for one of `class`, if there is any that was not used for long.
static void make_room(struct slot *slots, int count, const struct warm_class *class) {
  struct slot *oldest = NULL;
  for (int i = 0; i < count; i++)
    if (is_warm(&slots[i]) && slots[i].warm->used + KEEP_RUNS < class->used && (!oldest || slots[i].warm->used < oldest->warm->used))
      oldest = &slots[i];
  if (oldest) box_kill(oldest, REASON_NONE); // its end calls `warm_up` again
}

static bool start_one(struct slot *slots, int count, struct slot *empty) {
  uint64_t bytes = 0;
  int spares = 0;
  struct warm_class *class = next_class(now_ns());
  if (!class) return false;
  for (int i = 0; i < count; i++)
    if (slots[i].state == SPARE && slots[i].warm) {
      spares++;
      bytes += slots[i].warm_bytes ? slots[i].warm_bytes : bytes_of(slots[i].warm);
    }
  if (spares >= WARM_SLOTS || bytes + bytes_of(class) > most_bytes) {
    make_room(slots, count, class);
    return false;
  }
  if (!empty) return false;
  if (box_make(empty, class->run.root) && box_warm(empty, class)) return true;
  note("cannot start a runtime ahead: %s", strerror(errno));
  class->retry_ns = now_ns() + RETRY_NS;
  if (empty->warm) box_kill(empty, REASON_NONE);
  else box_clear(empty);
  return false;
}

void warm_up(struct slot *slots, int count) {
  if (!most_bytes) return;
  for (;;) {
    unsigned busy = 0;
    struct slot *empty = NULL;
    for (int i = 0; i < count; i++) {
      if (slots[i].state == EMPTY) empty = &slots[i];
      busy += (slots[i].state == RUNNING && !slots[i].run.streams) || (is_warm(&slots[i]) && !slots[i].waits);
    }
    if (busy >= core_count() || !start_one(slots, count, empty)) return;
  }
}

uint64_t warm_check(struct slot *slots, int count, uint64_t now) {
  uint64_t next = UINT64_MAX;
  for (int i = 0; i < count; i++) {
    if (!is_warm(&slots[i]) || slots[i].waits) continue;
    uint64_t end = slots[i].warm_since_ns + START_NS;
    if (now >= end) {
      slots[i].warm->retry_ns = now + RETRY_NS;
      deaths++;
      box_kill(&slots[i], REASON_NONE);
    } else if (end < next) next = end;
  }
  return next;
}

void warm_send_state(const struct slot *slots, int count, uint32_t id) {
  uint64_t bytes = 0;
  uint32_t waiting = 0;
  for (int i = 0; i < count; i++) {
    if (!is_warm(&slots[i]) || !slots[i].waits) continue;
    waiting++;
    bytes += slots[i].warm_bytes;
  }
  struct writer writer;
  write_start(&writer, FRAME_WARM_STATE, id);
  write_u32(&writer, waiting);
  write_u64(&writer, bytes);
  write_u64(&writer, hits);
  write_u64(&writer, misses);
  write_u64(&writer, deaths);
  connection_send(&writer);
}
