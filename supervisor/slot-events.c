// The descriptors of the slots in the supervisor's epoll set. Knows nothing of what their events mean.
#include "slot-state.h"
#include <sys/epoll.h>

static int epoll_file;

void slot_use_epoll(int epoll) { epoll_file = epoll; }

void slot_watch_stream(void *owner, int file, enum session_stream stream, bool wanted) {
  const struct slot *slot = owner;
  enum event_kind kind = stream == STREAM_INPUT ? EVENT_STDIN : stream == STREAM_STDOUT ? EVENT_STDOUT : EVENT_STDERR;
  union event_data data = {.kind = kind, .slot = slot->index, .generation = slot->generation};
  struct epoll_event event = {.events = stream == STREAM_INPUT ? EPOLLOUT : EPOLLIN, .data.u64 = data.packed};
  if (epoll_ctl(epoll_file, wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, file, &event) < 0) die("epoll_ctl");
}

void slot_watch(const struct slot *slot, int file, enum event_kind kind, int launcher) {
  union event_data data = {.kind = kind, .root = launcher, .slot = slot->index, .generation = slot->generation};
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = data.packed};
  if (epoll_ctl(epoll_file, EPOLL_CTL_ADD, file, &event) < 0) die("epoll_ctl");
}
