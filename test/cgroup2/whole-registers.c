// Loaded into User-mode Linux, for processors whose registers take more room than it was built for (AMX). The kernel accepts
// the extended registers of a task only as a whole, so a shorter state is completed with what the task has.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

/** More than any processor has today (11 KiB with AMX). */
#define MAX_STATE_BYTES 65536

typedef long trace(enum __ptrace_request request, ...);

static trace *real_ptrace(void) {
  static trace *real;
  if (!real) real = (trace *)dlsym(RTLD_NEXT, "ptrace");
  return real;
}

static long set_whole_state(pid_t pid, const struct iovec *part) {
  static char state[MAX_STATE_BYTES]; // the kernel's own stacks are small
  struct iovec whole = {state, sizeof state};
  if (real_ptrace()(PTRACE_GETREGSET, pid, (void *)NT_X86_XSTATE, &whole) < 0 || whole.iov_len < part->iov_len) return -1;
  memcpy(state, part->iov_base, part->iov_len);
  return real_ptrace()(PTRACE_SETREGSET, pid, (void *)NT_X86_XSTATE, &whole);
}

long ptrace(enum __ptrace_request request, ...) {
  va_list arguments;
  va_start(arguments, request);
  pid_t pid = va_arg(arguments, pid_t);
  void *address = va_arg(arguments, void *);
  void *data = va_arg(arguments, void *);
  va_end(arguments);
  long result = real_ptrace()(request, pid, address, data);
  if (result < 0 && request == PTRACE_SETREGSET && (unsigned long)address == NT_X86_XSTATE)
    return set_whole_state(pid, data);
  return result;
}
