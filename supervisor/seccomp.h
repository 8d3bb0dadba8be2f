// The filter of system calls, as answers to numbers of calls, made from seccomp-table.h.
#ifndef SECCOMP_H
#define SECCOMP_H
#include "common.h"
#include "seccomp-table.h"
#include <sys/syscall.h>

// Those that the headers of older distributions do not name.
#ifndef SYS_quotactl_fd
#define SYS_quotactl_fd 443
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
#ifndef SYS_lookup_dcookie
#define SYS_lookup_dcookie 212
#endif

enum answer {
  ALLOW,
  KILL,
  EPERM_,
  ENOSYS_,
  CHECK_CLONE,
  CHECK_SOCKET,
  CHECK_PERSONALITY,
  CHECK_IOCTL,
  CHECK_FCNTL,
  CHECK_PRCTL,
  CHECK_SETRLIMIT,
  CHECK_PRLIMIT,
  CHECK_PROCESS,
  CHECK_SETPRIORITY,
  ANSWERS
};
enum { NAMESPACE_FLAGS = 0x7e020000 };

void seccomp_fill_answers(uint8_t answers[LAST_KNOWN_CALL + 1]);
// Makes the filter; to be called once before `seccomp_load`.
void seccomp_prepare(void);
// Loads the filter for this process and all it starts. 0 or -1 with errno.
int seccomp_load(void);
// Writes the same as a profile for Docker to stdout. Returns an exit code.
int seccomp_print_profile(void);
#endif
