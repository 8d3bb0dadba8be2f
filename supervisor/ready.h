// Whether a program is ready: one of its threads runs, or would run if it had a processor.
#ifndef READY_H
#define READY_H
#include "common.h"

// Allocates the memory that is needed, before it may be short.
void ready_prepare(void);
bool thread_is_ready(pid_t thread);
// Whether any process that this one sees in /proc is ready, except itself.
bool processes_are_ready(void);
#endif
