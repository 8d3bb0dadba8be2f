// The filter of system calls, made once from seccomp-table.h. It is a binary search over ranges of call numbers, because
// loading takes time in proportion to the length of the path of each call. Knows nothing of boxes.
#include "seccomp.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __x86_64__
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif
enum { MAX_INSTRUCTIONS = 300 };
enum { RWF_ASKS_THE_CACHE = 0x08 | 0x80 }; // RWF_NOWAIT, RWF_DONTCACHE
static struct sock_filter program[MAX_INSTRUCTIONS];
static int length;

struct range {
  uint32_t first;
  uint8_t answer;
};

static int emit(uint16_t code, uint32_t value, uint8_t if_true, uint8_t if_false) {
  if (length == MAX_INSTRUCTIONS) die("the filter of system calls is too long");
  program[length] = (struct sock_filter){.code = code, .k = value, .jt = if_true, .jf = if_false};
  return length++;
}
static void give(uint32_t result) { emit(BPF_RET | BPF_K, result, 0, 0); }
static void load(uint32_t offset) { emit(BPF_LD | BPF_W | BPF_ABS, offset, 0, 0); }
#define ARGUMENT(n) (offsetof(struct seccomp_data, args) + 8 * (n))
#define REFUSE(error) (SECCOMP_RET_ERRNO | (error))

// Answers `otherwise` unless the low half of argument `index`, with `mask`, is one of `values`.
static void require_values(int index, uint32_t mask, const uint32_t *values, int count, uint32_t otherwise) {
  load(ARGUMENT(index));
  emit(BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
  for (int i = 0; i < count; i++) emit(BPF_JMP | BPF_JEQ | BPF_K, values[i], count - i, 0);
  give(otherwise);
}

// Answers `result` if the low half of argument `index` is one of `values`.
static void answer_values(int index, const uint32_t *values, int count, uint32_t result) {
  load(ARGUMENT(index));
  for (int i = 1; i < count; i++) emit(BPF_JMP | BPF_JEQ | BPF_K, values[i - 1], count - i, 0);
  emit(BPF_JMP | BPF_JEQ | BPF_K, values[count - 1], 0, 1);
  give(result);
}

static void refuse_values(int index, const uint32_t *values, int count) {
  answer_values(index, values, count, REFUSE(EPERM));
  give(SECCOMP_RET_ALLOW);
}

// Allows the call unless the low half of argument `index` has one of `bits`: then answers `result`.
static void unless_bits(int index, uint32_t bits, uint32_t result) {
  load(ARGUMENT(index));
  emit(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
  give(result);
  give(SECCOMP_RET_ALLOW);
}

static void emit_answer(uint8_t answer) {
  static const uint32_t init[] = {1}, every_process_of_a_user[] = {PRIO_USER};
  static const uint32_t families[] = {AF_UNIX}, protocols[] = {0, PF_UNIX}, socket_level[] = {SOL_SOCKET};
  static const uint32_t types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  static const uint32_t personalities[] = {0x0, 0x8, 0x20000, 0x20008, 0xffffffff};
  static const uint32_t locks[] = {F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW};
  static const uint32_t marks[] = {FS_IOC_SETFLAGS, FS_IOC32_SETFLAGS, FS_IOC_FSSETXATTR, FS_IOC_SETVERSION};
  static const uint32_t filters[] = {PR_SET_SECCOMP};
  static const uint32_t core[] = {RLIMIT_CORE};
  static const uint32_t missing_prctl[] = {0x53564d41 /* PR_SET_VMA */, 62 /* PR_SCHED_CORE */, 67 /* PR_SET_MEMORY_MERGE */};
  static const uint32_t missing_madvise[] = {12 /* MADV_MERGEABLE */, 20 /* MADV_COLD */, 21 /* MADV_PAGEOUT */};
  switch (answer) {
    case ALLOW: give(SECCOMP_RET_ALLOW); break;
    case KILL: give(SECCOMP_RET_KILL_PROCESS); break;
    case EPERM_: give(REFUSE(EPERM)); break;
    case ENOSYS_: give(REFUSE(ENOSYS)); break;
    case EOPNOTSUPP_: give(REFUSE(EOPNOTSUPP)); break;
    case NOTHING: give(REFUSE(0)); break;
    case CHECK_CLONE: unless_bits(0, NAMESPACE_FLAGS, SECCOMP_RET_KILL_PROCESS); break;
    case CHECK_MMAP: unless_bits(3, HUGE_MAPPING, REFUSE(ENOMEM)); break;
    case CHECK_MEMFD_CREATE: unless_bits(1, HUGE_FILE, REFUSE(ENOMEM)); break;
    case CHECK_SHMGET: unless_bits(2, HUGE_SEGMENT, REFUSE(ENOMEM)); break;
    case CHECK_SOCKET:
      require_values(0, ~0u, families, 1, REFUSE(EAFNOSUPPORT));
      require_values(1, 0xf, types, 3, REFUSE(EPROTONOSUPPORT)); // without SOCK_CLOEXEC and SOCK_NONBLOCK
      require_values(2, ~0u, protocols, 2, REFUSE(EPROTONOSUPPORT));
      give(SECCOMP_RET_ALLOW);
      break;
    case CHECK_SETSOCKOPT:
      require_values(1, ~0u, socket_level, 1, SECCOMP_RET_ALLOW);
      refuse_values(2, REFUSED_SETSOCKOPT, LENGTH(REFUSED_SETSOCKOPT));
      break;
    case CHECK_PERSONALITY:
      require_values(0, ~0u, personalities, 5, REFUSE(EPERM));
      give(SECCOMP_RET_ALLOW);
      break;
    case CHECK_IOCTL:
      answer_values(1, marks, LENGTH(marks), REFUSE(ENOTTY));
      refuse_values(1, REFUSED_IOCTL, LENGTH(REFUSED_IOCTL));
      break;
    case CHECK_FCNTL:
      answer_values(1, locks, LENGTH(locks), REFUSE(0));
      refuse_values(1, REFUSED_FCNTL, LENGTH(REFUSED_FCNTL));
      break;
    case CHECK_PREADV2: unless_bits(5, RWF_ASKS_THE_CACHE, REFUSE(EOPNOTSUPP)); break;
    case CHECK_PRCTL:
      answer_values(0, missing_prctl, LENGTH(missing_prctl), REFUSE(EINVAL));
      refuse_values(0, filters, 1);
      break;
    case CHECK_MADVISE:
      answer_values(2, missing_madvise, LENGTH(missing_madvise), REFUSE(EINVAL));
      give(SECCOMP_RET_ALLOW);
      break;
    case CHECK_SETRLIMIT: refuse_values(0, core, 1); break;
    case CHECK_PROCESS: refuse_values(0, init, 1); break;
    case CHECK_SETPRIORITY:
      answer_values(0, every_process_of_a_user, 1, REFUSE(EPERM));
      refuse_values(1, init, 1);
      break;
    case CHECK_PRLIMIT: // never of the box's init; else rejected only with a new limit, which is a pointer
      answer_values(0, init, 1, REFUSE(EPERM));
      load(ARGUMENT(2));
      emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3);
      load(ARGUMENT(2) + 4);
      emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
      give(SECCOMP_RET_ALLOW);
      refuse_values(1, core, 1);
      break;
    case ANSWERS: break;
  }
}

// Jumps whose target is not known yet: each answer is emitted once, after the search.
static struct {
  int instruction;
  bool if_true;
  uint8_t answer;
} waiting[2 * MAX_INSTRUCTIONS];
static int waiting_count;

// Emits the search for the range that contains the accumulator, among `ranges[0..count)`; count is at least 2.
static void emit_search(const struct range *ranges, int count) {
  int middle = count / 2;
  int jump = emit(BPF_JMP | BPF_JGE | BPF_K, ranges[middle].first, 0, 0);
  if (middle == 1) {
    waiting[waiting_count].instruction = jump;
    waiting[waiting_count].if_true = false;
    waiting[waiting_count++].answer = ranges[0].answer;
  } else {
    emit_search(ranges, middle);
  }
  if (count - middle == 1) {
    waiting[waiting_count].instruction = jump;
    waiting[waiting_count].if_true = true;
    waiting[waiting_count++].answer = ranges[middle].answer;
  } else {
    program[jump].jt = length - jump - 1;
    emit_search(ranges + middle, count - middle);
  }
}

static void emit_answers(void) {
  for (uint8_t answer = ALLOW; answer < ANSWERS; answer++) {
    for (int i = 0; i < waiting_count; i++) {
      if (waiting[i].answer != answer) continue;
      int distance = length - waiting[i].instruction - 1;
      if (distance > 255) die("the filter of system calls is too long to jump over");
      if (waiting[i].if_true) program[waiting[i].instruction].jt = distance;
      else program[waiting[i].instruction].jf = distance;
    }
    emit_answer(answer);
  }
}

#define ANSWER_KILL KILL
#define ANSWER_EPERM EPERM_
#define ANSWER_ENOSYS ENOSYS_
#define ANSWER_EOPNOTSUPP EOPNOTSUPP_
#define ANSWER_NOTHING NOTHING

void seccomp_fill_answers(uint8_t answers[LAST_KNOWN_CALL + 1]) {
  memset(answers, ALLOW, LAST_KNOWN_CALL + 1);
#define SET(name, answer) answers[SYS_##name] = ANSWER_##answer;
  SECCOMP_TABLE(SET)
#undef SET
  answers[SYS_clone] = CHECK_CLONE;
  answers[SYS_socket] = CHECK_SOCKET;
  answers[SYS_personality] = CHECK_PERSONALITY;
  answers[SYS_ioctl] = CHECK_IOCTL;
  answers[SYS_fcntl] = CHECK_FCNTL;
  answers[SYS_prctl] = CHECK_PRCTL;
  answers[SYS_madvise] = CHECK_MADVISE;
  answers[SYS_mmap] = CHECK_MMAP;
  answers[SYS_memfd_create] = CHECK_MEMFD_CREATE;
  answers[SYS_shmget] = CHECK_SHMGET;
  answers[SYS_socketpair] = CHECK_SOCKET;
  answers[SYS_setsockopt] = CHECK_SETSOCKOPT;
  answers[SYS_preadv2] = CHECK_PREADV2;
  answers[SYS_setrlimit] = CHECK_SETRLIMIT;
  answers[SYS_prlimit64] = CHECK_PRLIMIT;
  answers[SYS_setpriority] = CHECK_SETPRIORITY;
  answers[SYS_kill] = answers[SYS_tkill] = answers[SYS_tgkill] = CHECK_PROCESS;
  answers[SYS_rt_sigqueueinfo] = answers[SYS_rt_tgsigqueueinfo] = answers[SYS_pidfd_open] = CHECK_PROCESS;
  answers[SYS_sched_setparam] = CHECK_PROCESS;
  answers[SYS_sched_setscheduler] = CHECK_PROCESS;
  answers[SYS_sched_setattr] = CHECK_PROCESS;
  answers[SYS_sched_setaffinity] = CHECK_PROCESS;
}

// Leaves in `answers` what this part of the filter rejects.
static void select_part(uint8_t answers[LAST_KNOWN_CALL + 1], enum seccomp_part part) {
  bool is_of_init[LAST_KNOWN_CALL + 1] = {false};
#define MARK(name) is_of_init[SYS_##name] = true;
  CALLS_OF_INIT(MARK)
#undef MARK
  for (int call = 0; call <= LAST_KNOWN_CALL; call++)
    if (is_of_init[call] != (part == SECCOMP_OF_PROGRAM)) answers[call] = ALLOW;
}

static void check_architecture(void) {
  load(offsetof(struct seccomp_data, arch));
  emit(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCHITECTURE, HAS(ARCHITECTURE_CHECK) ? 1 : 0, 0);
  if (HAS(ARCHITECTURE_CHECK)) give(SECCOMP_RET_KILL_PROCESS);
}

// A program's part leaves to the launcher's, of which it can rid itself no more, what does not depend on single calls.
void seccomp_prepare(enum seccomp_part part) {
  uint8_t answers[LAST_KNOWN_CALL + 1];
  struct range ranges[LAST_KNOWN_CALL + 4];
  int count = 0;
  seccomp_fill_answers(answers);
  if (part != SECCOMP_WHOLE) select_part(answers, part);
  for (int call = 0; call <= LAST_KNOWN_CALL; call++)
    if (call == 0 || answers[call] != answers[call - 1])
      ranges[count++] = (struct range){.first = call, .answer = answers[call]};
  length = waiting_count = 0;
  if (part != SECCOMP_OF_PROGRAM) {
    ranges[count++] = (struct range){.first = LAST_KNOWN_CALL + 1, .answer = ENOSYS_};
    ranges[count++] = (struct range){.first = 0x40000000, .answer = KILL}; // the x32 ABI has its own numbers
    check_architecture();
  }
  load(offsetof(struct seccomp_data, nr));
  emit_search(ranges, count);
  emit_answers();
}

int seccomp_load(void) {
  struct sock_fprog filter = {.len = length, .filter = program};
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
}
