// Between two programs of one container: removes everything that the first one left, and verifies that it is gone.
#ifndef CLEANUP_H
#define CLEANUP_H
#include "common.h"

// Kills every process but this one and waits until they have ended. Returns false if one survives.
bool cleanup_processes(void);
// Removes files from the places that a program can write to, messages, semaphores and shared memory. Returns NULL if
// nothing is left, else the name of what is.
const char *cleanup_places(void);
// Sets the times of all these places, and of the files whose times any program can set, to now.
void cleanup_times(void);
#endif
