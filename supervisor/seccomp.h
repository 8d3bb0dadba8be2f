// The filter of system calls, made from seccomp-table.h: an answer for each number of a call.
#ifndef SECCOMP_H
#define SECCOMP_H
#include "common.h"
#include "seccomp-table.h"
#include <sys/syscall.h>

// Calls that the headers of older distributions do not name.
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
  EOPNOTSUPP_,
  NOTHING,
  CHECK_CLONE,
  CHECK_SOCKET,
  CHECK_SETSOCKOPT,
  CHECK_PERSONALITY,
  CHECK_IOCTL,
  CHECK_FCNTL,
  CHECK_PREADV2,
  CHECK_PRCTL,
  CHECK_MADVISE,
  CHECK_MMAP,
  CHECK_MEMFD_CREATE,
  CHECK_SHMGET,
  CHECK_SETRLIMIT,
  CHECK_PRLIMIT,
  CHECK_PROCESS,
  CHECK_SETPRIORITY,
  ANSWERS
};
enum { NAMESPACE_FLAGS = 0x7e020000 };
enum { HUGE_MAPPING = 0x40000 /* MAP_HUGETLB */, HUGE_FILE = 4 /* MFD_HUGETLB */, HUGE_SEGMENT = 04000 /* SHM_HUGETLB */ };

// Rejected by both the filter and the profile, in ascending order: commands of fcntl (F_SETLEASE, F_NOTIFY, F_SET_RW_HINT,
// F_SET_FILE_RW_HINT), of ioctl (TIOCSTI, TIOCLINUX, TIOCCONS, TIOCSETD), and options of SOL_SOCKET (SO_ATTACH_FILTER, SO_LOCK_FILTER,
// SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_CBPF and _EBPF).
static const uint32_t REFUSED_FCNTL[] = {1024, 1026, 1036, 1038};
static const uint32_t REFUSED_IOCTL[] = {0x5412, 0x541c, 0x541d, 0x5423};
static const uint32_t REFUSED_SETSOCKOPT[] = {26, 44, 50, 51, 52};
#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

// The filter in one piece, or in two that reject the same together. Making a filter's machine code is what costs a box most,
// so a launcher loads all that it can do without, and a program the rest, which is short.
enum seccomp_part { SECCOMP_WHOLE, SECCOMP_OF_LAUNCHER, SECCOMP_OF_PROGRAM };

void seccomp_fill_answers(uint8_t answers[LAST_KNOWN_CALL + 1]);
// Makes the part that `seccomp_load` loads from then on.
void seccomp_prepare(enum seccomp_part part);
// Loads it for this process and all that it starts. 0 or -1 with errno.
int seccomp_load(void);
// Writes the same filter as a profile for Docker to stdout. Returns an exit code.
int seccomp_print_profile(void);
#endif
