// What init of a box reports last to the supervisor: how its run ended, or what failed in the box.
#ifndef BOX_REPORT_H
#define BOX_REPORT_H
#include "common.h"

// Sets the socket to the supervisor.
void box_report_to(int socket);
// Sends the report, with the directory of a build unless it is -1, and ends the box.
void box_report_and_leave(const struct box_report *report, int directory) __attribute__((noreturn));
// Reports a failure of the sandbox inside the box, with errno, and ends the box.
void box_fail(const char *stage) __attribute__((noreturn));
#endif
