// What the attack programs share. They tell in lines how far they came: `escaped: WHAT` when an attack worked, and
// `held: WHAT: REASON` when something stopped it, where REASON is the name of an errno or of a signal.
#ifndef ATTACK_H
#define ATTACK_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((unused, format(printf, 1, 2))) static void escaped(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  printf("escaped: ");
  vprintf(format, arguments);
  putchar('\n');
  fflush(stdout);
  va_end(arguments);
}

// With the errno of the last call.
__attribute__((unused)) static void held(const char *what) {
  printf("held: %s: %s\n", what, errno ? strerrorname_np(errno) : "nothing there");
  fflush(stdout);
}

// One try in a process of its own, which the filter of system calls may end. `got_through` sets errno when it did not.
__attribute__((unused)) static void attempt(const char *what, bool (*got_through)(void)) {
  int status;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    errno = 0;
    _exit(got_through() ? 255 : errno);
  }
  if (child < 0 || waitpid(child, &status, 0) < 0) exit(70);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 255) {
    escaped("%s", what);
  } else if (WIFSIGNALED(status)) {
    printf("held: %s: SIG%s\n", what, sigabbrev_np(WTERMSIG(status)));
    fflush(stdout);
  } else {
    errno = WEXITSTATUS(status);
    held(what);
  }
}
#endif
