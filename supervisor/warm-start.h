// The start of a program ahead of its run, inside a box: its runtime starts, and waits at a gate until the run's order has
// come. Up to then the box holds nothing of the author of the program that it will run.
#ifndef WARM_START_H
#define WARM_START_H
#include "program.h"

// Makes the gate, for a program of this user.
void warm_start_open(uid_t uid);
// Waits for the order of the run at `socket`, and reports there when the program has reached the gate. Returns false if
// the program ended.
bool warm_start_wait(pid_t program, int socket);
// Sets the limits of the order, takes what was used so far as the base of what the run uses, and opens the gate. Returns
// false if the program has ended.
bool warm_start_release(struct program *program);
#endif
