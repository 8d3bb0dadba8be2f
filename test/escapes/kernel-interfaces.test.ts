// Interfaces of the kernel with a history of holes, and some that reveal others: all of them are open to any user.

import { test } from 'node:test';
import { shows } from './attack.ts';
import { attack, without } from './stage.ts';

const weapon = attack(`
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/personality.h>
static bool perf(void) {
  struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE, .size = sizeof event, .config = PERF_COUNT_SW_TASK_CLOCK,
                                  .exclude_kernel = 1, .exclude_hv = 1};
  return syscall(SYS_perf_event_open, &event, 0, -1, -1, 0) >= 0;
}
static bool faults(void) { return syscall(SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */) >= 0; }
static bool bpf(void) { return syscall(SYS_bpf, -1, NULL, 0) == 0 || errno == EINVAL || errno == EPERM; }
static bool personalities(void) { return personality(ADDR_NO_RANDOMIZE) >= 0; }
static bool filters(void) { return prctl(PR_SET_SECCOMP, 2, NULL) == 0 || errno == EFAULT; }
static bool compares(void) { return syscall(SYS_kcmp, getpid(), getpid(), 2, 0, 0) == 0; }
static bool secret_memory(void) { return syscall(447, 0) >= 0; }
static bool handles(void) {
  struct { struct file_handle head; char bytes[128]; } handle = {.head.handle_bytes = 128};
  int number;
  return name_to_handle_at(AT_FDCWD, "/box/work", &handle.head, &number, 0) == 0;
}
static bool watches(void) {
  int watcher = inotify_init1(IN_CLOEXEC);
  if (watcher < 0) return false;
  return inotify_add_watch(watcher, "/etc/passwd", IN_OPEN) >= 0;
}
static bool notes(void) { return fcntl(open("/etc", O_RDONLY), F_NOTIFY, DN_ACCESS) == 0; }
static bool leases(void) { return fcntl(open("/box/work/x", O_CREAT | O_RDONLY, 0600), F_SETLEASE, F_WRLCK) == 0; }
static bool memory_policy(void) { return syscall(SYS_set_mempolicy, 0, NULL, 0) == 0; }
static bool asynchronous(void) { unsigned long context = 0; return syscall(SYS_io_setup, 1, &context) == 0; }
// Where reading is for root only, asking for the size of the log is too.
static bool kernel_log(void) { return syscall(SYS_syslog, 10, NULL, 0) >= 0 || errno == EPERM; }
static bool newer_call(void) { return syscall(450, 0, 0, 0, 0) == 0 || errno != ENOSYS; }
int main(void) {
  attempt("perf_event_open", perf);
  attempt("userfaultfd", faults);
  attempt("ask the kernel for bpf", bpf);
  attempt("personality", personalities);
  attempt("a filter of one's own", filters);
  attempt("kcmp", compares);
  attempt("memfd_secret", secret_memory);
  attempt("name_to_handle_at", handles);
  attempt("see who opens the root's files", watches);
  attempt("see who opens the root's directories", notes);
  attempt("leases", leases);
  attempt("set_mempolicy", memory_policy);
  attempt("asynchronous input and output", asynchronous);
  attempt("the kernel's log", kernel_log);
  attempt("a call that is newer than the table", newer_call);
  return 0;
}`);

test('a program reaches no interface that it does not need', shows(weapon, without('SECCOMP')));
