// The last words of a box's init. When init ends, the kernel kills whatever is left in the box.
#include "box-report.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static int supervisor_socket = -1;

void box_report_to(int socket) { supervisor_socket = socket; }

void box_report_and_leave(const struct box_report *report, int directory) {
  send_with_fds(supervisor_socket, report, sizeof *report, &directory, directory >= 0 ? 1 : 0);
  _exit(report->error ? 1 : 0);
}

void box_fail(const char *stage) {
  struct box_report report = {.error = errno ? errno : EIO};
  snprintf(report.stage, sizeof report.stage, "%s", stage);
  box_report_and_leave(&report, -1);
}
