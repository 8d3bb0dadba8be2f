// Between two programs of one container: everything that the first left is removed, and it is made sure of.
#ifndef CLEANUP_H
#define CLEANUP_H
#include "common.h"

// Kills every process but this one and waits for their ends. Returns false when one lives on.
bool cleanup_processes(void);
// Removes files from the places that a program can write to, messages, semaphores and shared memory. Returns NULL when
// nothing is left, or the name of what is.
const char *cleanup_places(void);
// Makes the times of all places, and of what every program may touch, the present one.
void cleanup_times(void);
#endif
