// The connection to the service: splits the input into frames, and sends frames without ever blocking.
#ifndef CONNECTION_H
#define CONNECTION_H
#include "frames.h"

// Handles one frame. Returns false if it is malformed, which ends the connection.
typedef bool (*frame_handler)(uint8_t type, uint32_t id, struct reader *reader);

// `in` and `out` may be one socket or two pipes. `epoll` returns `data` with their events.
void connection_open(int in, int out, int epoll, uint64_t data, frame_handler handler);
// Handles an event of the connection. Returns false once the connection has ended.
bool connection_handle(uint32_t events);
// Queues a finished frame and frees it.
void connection_send(struct writer *writer);
// Reports that frames are accepted from now on.
void connection_send_ready(uint32_t cgroup_version, uint32_t slots);
// Answers a request with FAILED.
void connection_send_failure(uint32_t id, const struct failure *failure);
void connection_fail(uint32_t id, enum failure_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));
#endif
