// The same filter as a profile for Docker. It binds the supervisor in the container too, which has to load the filter for
// programs: the profile allows the calls for that, and that filter rejects them. The profile also allows the calls for
// which that filter reports success without effect.
#include "seccomp.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const struct {
  const char *name;
  int number;
} CALLS[] = {
#define CALL(name, number) {#name, number},
#include "system-calls.h"
#undef CALL
};

enum { CALL_COUNT = sizeof CALLS / sizeof *CALLS };
static const char *separator = "";

// One rule: all calls with `answer`, under `conditions` on their arguments (a JSON list).
static void print_rule(const uint8_t *answers, uint8_t answer, const char *action, int error, const char *conditions) {
  const char *comma = "";
  printf("%s\n  {\"names\": [", separator);
  for (size_t i = 0; i < CALL_COUNT; i++)
    if (CALLS[i].number <= LAST_KNOWN_CALL && answers[CALLS[i].number] == answer) {
      printf("%s\"%s\"", comma, CALLS[i].name);
      comma = ", ";
    }
  printf("], \"action\": \"%s\"", action);
  if (error) printf(", \"errnoRet\": %d", error);
  printf(", \"args\": [%s]}", conditions);
  separator = ",";
}

static const char *condition(int index, const char *operator, uint32_t value, uint32_t value_two) {
  static char text[4][160];
  static int next;
  next = (next + 1) % 4;
  snprintf(text[next], sizeof text[next], "{\"index\": %d, \"op\": \"SCMP_CMP_%s\", \"value\": %u, \"valueTwo\": %u}", index,
           operator, value, value_two);
  return text[next];
}

static void allow_each(const uint8_t *answers, uint8_t answer, int index, const uint32_t *values, int count) {
  for (int i = 0; i < count; i++)
    print_rule(answers, answer, "SCMP_ACT_ALLOW", 0, condition(index, "EQ", values[i], 0));
}

// Allows all values of an argument except `refused`, in ascending order, which get EPERM; `other` is a condition on another
// argument. Runtimes treat two conditions on one argument as alternatives, so the values in between are allowed one by one.
static void allow_others(const uint8_t *answers, uint8_t answer, int index, const uint32_t *refused, int count, const char *other) {
  char conditions[400];
#define RULE(action, error, operator, value)                                                              \
  do {                                                                                                    \
    snprintf(conditions, sizeof conditions, "%s%s", other, condition(index, operator, value, 0));         \
    print_rule(answers, answer, action, error, conditions);                                               \
  } while (0)
  RULE("SCMP_ACT_ALLOW", 0, "LT", refused[0]);
  RULE("SCMP_ACT_ALLOW", 0, "GT", refused[count - 1]);
  for (int i = 0; i < count; i++) {
    RULE("SCMP_ACT_ERRNO", EPERM, "EQ", refused[i]);
    for (uint32_t between = refused[i] + 1; i + 1 < count && between < refused[i + 1]; between++)
      RULE("SCMP_ACT_ALLOW", 0, "EQ", between);
  }
#undef RULE
}

// Allows a call whose argument has none of `bits`. Without a rule, the other calls get the default answer.
static void allow_without(const uint8_t *answers, uint8_t answer, int index, uint32_t bits) {
  print_rule(answers, answer, "SCMP_ACT_ALLOW", 0, condition(index, "MASKED_EQ", bits, 0));
}

static void print_checks(const uint8_t *answers) {
  static const uint32_t networks[] = {AF_INET, AF_INET6}, types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  static const uint32_t personalities[] = {0x0, 0x8, 0x20000, 0x20008, 0xffffffff};
  char conditions[400];
  allow_without(answers, CHECK_CLONE, 0, NAMESPACE_FLAGS);
  allow_without(answers, CHECK_MMAP, 3, HUGE_MAPPING);
  allow_without(answers, CHECK_MEMFD_CREATE, 1, HUGE_FILE);
  allow_without(answers, CHECK_SHMGET, 2, HUGE_SEGMENT);
  for (int i = 0; i < 3; i++) {
    snprintf(conditions, sizeof conditions, "%s, %s", condition(0, "EQ", AF_UNIX, 0), condition(1, "MASKED_EQ", 0xf, types[i]));
    print_rule(answers, CHECK_SOCKET, "SCMP_ACT_ALLOW", 0, conditions);
  }
  for (int i = 0; i < 2; i++)
    print_rule(answers, CHECK_SOCKET, "SCMP_ACT_ERRNO", EAFNOSUPPORT, condition(0, "EQ", networks[i], 0));
  allow_each(answers, CHECK_PERSONALITY, 0, personalities, 5);
  snprintf(conditions, sizeof conditions, "%s, ", condition(1, "EQ", SOL_SOCKET, 0));
  print_rule(answers, CHECK_SETSOCKOPT, "SCMP_ACT_ALLOW", 0, condition(1, "NE", SOL_SOCKET, 0));
  allow_others(answers, CHECK_SETSOCKOPT, 2, REFUSED_SETSOCKOPT, LENGTH(REFUSED_SETSOCKOPT), conditions);
  allow_others(answers, CHECK_IOCTL, 1, REFUSED_IOCTL, LENGTH(REFUSED_IOCTL), "");
  allow_others(answers, CHECK_FCNTL, 1, REFUSED_FCNTL, LENGTH(REFUSED_FCNTL), "");
}

int seccomp_print_profile(void) {
  uint8_t answers[LAST_KNOWN_CALL + 1];
  seccomp_fill_answers(answers);
  // Calls of the supervisor: it loads filters, and sets limits for programs.
  answers[SYS_seccomp] = answers[SYS_prctl] = answers[SYS_setrlimit] = answers[SYS_prlimit64] = ALLOW;
  answers[SYS_setpriority] = answers[SYS_preadv2] = answers[SYS_madvise] = ALLOW;
  answers[SYS_fremovexattr] = ALLOW; // it removes attributes that a program may have left
  for (int call = 0; call <= LAST_KNOWN_CALL; call++)
    if (answers[call] == CHECK_PROCESS || answers[call] == NOTHING) answers[call] = ALLOW; // rejected for the program only
#ifdef __x86_64__
  const char *architecture = "SCMP_ARCH_X86_64";
#else
  const char *architecture = "SCMP_ARCH_AARCH64";
#endif
  // Calls that are newer than the table, and those that no rule allows, do not exist.
  printf("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": %d, \"architectures\": [\"%s\"], \"syscalls\": [", ENOSYS,
         architecture);
  print_rule(answers, ALLOW, "SCMP_ACT_ALLOW", 0, "");
  print_rule(answers, KILL, "SCMP_ACT_KILL_PROCESS", 0, "");
  print_rule(answers, EPERM_, "SCMP_ACT_ERRNO", EPERM, "");
  print_rule(answers, EOPNOTSUPP_, "SCMP_ACT_ERRNO", EOPNOTSUPP, "");
  print_checks(answers);
  printf("\n]}\n");
  return fflush(stdout) == 0 ? 0 : 1;
}
