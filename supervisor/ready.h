// Whether a program could run: one of its threads runs, or would if it had a processor.
#ifndef READY_H
#define READY_H
#include "common.h"

// Takes the memory that is needed, while there is some.
void ready_prepare(void);
bool thread_is_ready(pid_t thread);
// Of all that this process sees in /proc, but itself.
bool processes_are_ready(void);
#endif
