// A program for boxes: small behaviours that show whether a sandbox keeps its promises (`probe COMMAND [ARGUMENT]`), and
// `isolation`, which tries every way out of the box that must be closed, and prints a line for each.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// --- ways out; each function returns true if its way is open ---

static bool is_root(void) { return getuid() == 0 || geteuid() == 0 || getgid() == 0; }
static bool becomes_root(void) { return setuid(0) == 0 || setresuid(0, 0, 0) == 0; }
static bool writes_root(void) { return open("/intruder", O_CREAT | O_WRONLY, 0600) >= 0 || open("/etc/passwd", O_WRONLY) >= 0; }
static bool mounts(void) { return mount("none", "/box/tmp", "tmpfs", 0, NULL) == 0; }
static bool makes_user_namespace(void) { return unshare(CLONE_NEWUSER) == 0; }
static bool makes_device(void) { return mknod("/box/tmp/disk", S_IFBLK | 0600, 0) == 0; }
static bool traces_init(void) { return ptrace(PTRACE_ATTACH, 1, NULL, NULL) == 0; }
// If the box's init has the same user, the call is allowed, but the kernel protects the first process of a namespace. A
// program that could end it would end this one too, and the test would fail.
static bool kills_init(void) {
  kill(1, SIGKILL);
  kill(1, SIGSTOP);
  usleep(20 * 1000);
  return false;
}
static bool holds_init_back(void) {
  struct rlimit nothing = {0};
  struct sched_param idle = {0};
  cpu_set_t first;
  CPU_ZERO(&first);
  CPU_SET(0, &first);
  return prlimit(1, RLIMIT_NOFILE, &nothing, NULL) == 0 || setpriority(PRIO_PROCESS, 1, 19) == 0 ||
         setpriority(PRIO_USER, getuid(), 19) == 0 || sched_setscheduler(1, SCHED_IDLE, &idle) == 0 ||
         sched_setaffinity(1, sizeof first, &first) == 0;
}
static bool reads_init(void) { return open("/proc/1/environ", O_RDONLY) >= 0 || open("/proc/1/mem", O_RDWR) >= 0; }
static bool uses_io_uring(void) {
  char parameters[256] = {0};
  return syscall(425, 4, parameters) >= 0;
}
static bool hides_from_oom_killer(void) {
  int file = open("/proc/self/oom_score_adj", O_WRONLY);
  return file >= 0 && write(file, "-1000", 5) == 5;
}
static bool reaches_network(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(53)};
  const char *const targets[] = {"169.254.169.254", "8.8.8.8"};
  for (int i = 0; i < 2; i++) {
    inet_pton(AF_INET, targets[i], &address.sin_addr);
    int file = socket(AF_INET, SOCK_DGRAM, 0);
    if (file >= 0 && sendto(file, "x", 1, 0, (struct sockaddr *)&address, sizeof address) == 1) return true;
    file = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (file >= 0 && (connect(file, (struct sockaddr *)&address, sizeof address) == 0 || errno == EINPROGRESS)) return true;
  }
  return false;
}
static int count_processes(void);
// There are only init, the test and this process.
static bool sees_others(void) { return count_processes() > 3; }
static bool has_capabilities(void) {
  char text[8192] = "";
  int file = open("/proc/self/status", O_RDONLY);
  if (file < 0 || read(file, text, sizeof text - 1) <= 0) return true;
  const char *const wanted[] = {"CapInh:\t0000000000000000", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000",
                                "CapBnd:\t0000000000000000", "CapAmb:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"};
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    char name[16] = "";
    memcpy(name, wanted[i], strcspn(wanted[i], ":") + 1);
    if (strstr(text, name) && !strstr(text, wanted[i])) return true; // not every kernel shows them all
  }
  return !strstr(text, "CapEff:") || !strstr(text, "Seccomp:") || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1;
}
static bool has_foreign_descriptors(void) {
  for (int file = 3; file < 1024; file++)
    if (fcntl(file, F_GETFD) >= 0) return true;
  return false;
}
// A container hides places behind an empty directory or an empty file.
static bool has_content(const char *path) {
  DIR *directory = opendir(path);
  for (struct dirent *entry; directory && (entry = readdir(directory));)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) return true;
  if (directory) return false;
  char byte;
  int file = open(path, O_RDONLY | O_NONBLOCK);
  return file >= 0 && read(file, &byte, 1) == 1;
}
static bool sees_the_machine(void) {
  const char *const paths[] = {"/sys/kernel", "/root", "/home", "/var/log", "/proc/sys", "/proc/kallsyms", "/dev/mem", "/dev/kmsg"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
    if (has_content(paths[i])) return true;
  return false;
}

static const struct attempt {
  const char *name;
  bool (*got_through)(void);
} ATTEMPTS[] = {
    {"run as root", is_root},
    {"become root", becomes_root},
    {"hold capabilities, or miss no_new_privs or seccomp", has_capabilities},
    {"write to the root file system", writes_root},
    {"mount a file system", mounts},
    {"make a user namespace", makes_user_namespace},
    {"make a device node", makes_device},
    {"trace the box's init", traces_init},
    {"kill the box's init", kills_init},
    {"hold the box's init back", holds_init_back},
    {"read the box's init", reads_init},
    {"use io_uring", uses_io_uring},
    {"hide from the OOM killer", hides_from_oom_killer},
    {"reach a network", reaches_network},
    {"see processes outside", sees_others},
    {"inherit descriptors", has_foreign_descriptors},
    {"see the machine's files", sees_the_machine},
};

// Each in its own process, which the filter of system calls may end.
static int try_isolation(void) {
  int open_ways = 0;
  for (size_t i = 0; i < sizeof ATTEMPTS / sizeof *ATTEMPTS; i++) {
    int status;
    pid_t child = fork();
    if (child == 0) _exit(ATTEMPTS[i].got_through() ? 0 : 1);
    bool open_way = child < 0 || waitpid(child, &status, 0) < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
    printf("%s %s\n", open_way ? "OPEN" : "closed", ATTEMPTS[i].name);
    open_ways += open_way;
  }
  return open_ways ? 1 : 0;
}

// --- behaviours ---

static int use_memory(size_t bytes) {
  const size_t piece = 1 << 20;
  for (size_t done = 0; done < bytes; done += piece) {
    char *memory = mmap(NULL, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 2;
    for (size_t i = 0; i < piece; i += 4096) memory[i] = 1;
  }
  puts("done");
  return 0;
}

static void __attribute__((noreturn)) spin(int processes) {
  for (int i = 1; i < processes; i++)
    if (fork() == 0) break;
  for (volatile uint64_t count = 0;; count++) {}
}

static int burn(int milliseconds) {
  struct rusage usage;
  do getrusage(RUSAGE_SELF, &usage);
  while ((usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000 < milliseconds);
  return 0;
}

static int print_cpu_rlimit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_CPU, &limit) < 0) return 1;
  return printf("%llu\n", (unsigned long long)limit.rlim_cur) < 0;
}

static int flood(int file, int64_t bytes) {
  char block[4096];
  memset(block, 'x', sizeof block);
  while (bytes > 0) {
    ssize_t written = write(file, block, bytes < (int64_t)sizeof block ? bytes : (int64_t)sizeof block);
    if (written <= 0) return 3;
    bytes -= written;
  }
  return 0;
}

static int write_file(const char *path, int64_t bytes) {
  int file = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0644);
  int result = file < 0 ? 2 : flood(file, bytes);
  if (result) printf("%s\n", strerrorname_np(errno));
  if (file >= 0) close(file);
  return result;
}

static int echo(void) {
  char block[65536];
  for (ssize_t got; (got = read(0, block, sizeof block)) > 0;)
    if (write(1, block, got) != got) return 2;
  return 0;
}

// Exits with 0 while its children exceed the memory limit.
static int late_memory(int delay_us, size_t bytes) {
  for (int i = 0; i < 2; i++)
    if (fork() == 0) {
      usleep(delay_us);
      _exit(use_memory(bytes));
    }
  return 0;
}

// Starts processes that stay, until it can start no more; prints how many.
static int fork_bomb(void) {
  int count = 0;
  for (; count < 100000; count++) {
    pid_t child = fork();
    if (child < 0) break;
    if (child == 0) {
      pause();
      _exit(0);
    }
  }
  printf("%d\n", count);
  return 0;
}

// Starts a process that leaves its parent, its session and its output, and runs on.
static int leave_daemon(void) {
  if (fork() == 0) {
    setsid();
    if (fork() == 0) {
      for (int file = 0; file < 3; file++) close(file);
      for (;;) pause();
    }
    _exit(0);
  }
  puts("left");
  return 0;
}

static int print_file(const char *path) {
  int file = open(path, O_RDONLY);
  if (file < 0) {
    printf("%s\n", strerrorname_np(errno));
    return 2;
  }
  dup2(file, 0);
  return echo();
}

static int read_file(const char *path) {
  char block[65536];
  int file = open(path, O_RDONLY);
  ssize_t got;
  while ((got = read(file, block, sizeof block)) > 0) continue;
  return got < 0 ? 2 : 0;
}

static int *arrived, expected;
// Starts processes that all do the same; exits when all have ended.
static int in_children(int count, int64_t amount, int (*use)(int64_t)) {
  int failed = 0, status;
  arrived = mmap(NULL, sizeof *arrived, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (arrived == MAP_FAILED) return 2;
  expected = count;
  for (int i = 0; i < count; i++) {
    pid_t child = fork();
    if (child < 0) return 2;
    if (child == 0) _exit(use(amount));
  }
  while (wait(&status) > 0) failed += status != 0;
  return failed;
}
// Keeps its memory until all have theirs.
static int use_and_hold_memory(int64_t bytes) {
  int result = use_memory(bytes);
  __sync_fetch_and_add(arrived, 1);
  for (int i = 0; i < 6000 && *(volatile int *)arrived < expected; i++) usleep(10 * 1000);
  return result;
}
static int burn_milliseconds(int64_t milliseconds) { return burn(milliseconds); }

static int make_files(int64_t wanted) {
  int64_t count = 0;
  char path[64];
  for (; count < wanted; count++) {
    snprintf(path, sizeof path, "/box/work/file-%lld", (long long)count);
    int file = open(path, O_CREAT | O_WRONLY, 0644);
    if (file < 0) break;
    close(file);
  }
  printf("%lld %s\n", (long long)count, count < wanted ? strerrorname_np(errno) : "made");
  return 0;
}

static int open_descriptors(void) {
  int count = 3; // 0, 1 and 2 are open
  while (count < 1 << 20 && dup(0) >= 0) count++;
  int error = errno;
  for (int file = 3; file < count; file++) close(file);
  printf("%d %s\n", count, strerrorname_np(error));
  return 0;
}

// Copies its input to both output streams.
static int echo_twice(void) {
  char block[4096];
  for (ssize_t got; (got = read(0, block, sizeof block)) > 0;)
    if (write(1, block, got) != got || write(2, block, got) != got) return 2;
  return 0;
}

static int outlive_output(int milliseconds) {
  close(1);
  close(2);
  usleep(milliseconds * 1000);
  return 5;
}

// Starts a child that keeps writing to the same output when its parent is gone.
static int leave_child(int64_t after_ms) {
  if (fork() == 0) {
    for (;;) pause();
  }
  puts("left");
  return usleep(after_ms * 1000);
}

static int count_processes(void) {
  int count = 0;
  DIR *directory = opendir("/proc");
  for (struct dirent *entry; directory && (entry = readdir(directory));) count += atoi(entry->d_name) > 0;
  return count;
}

static int list(const char *path);

// Writes its name wherever it can, waits, and prints what it sees of itself and of others.
static int mark(const char *name, int milliseconds) {
  const char *const places[] = {"/box/work", "/tmp", "/dev/shm"};
  for (int i = 0; i < 3; i++) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", places[i], name);
    if (write_file(path, 1)) return 2;
  }
  usleep(milliseconds * 1000);
  list("/box/work");
  list("/tmp");
  printf("%d\n", count_processes());
  return 0;
}

// Copies this program, so that the output of the build can be started.
static bool copy_itself(const char *path) {
  char block[65536];
  int from = open("/proc/self/exe", O_RDONLY), to = open(path, O_CREAT | O_WRONLY | O_EXCL, 0755);
  ssize_t got = -1;
  while (from >= 0 && to >= 0 && (got = read(from, block, sizeof block)) > 0)
    if (write(to, block, got) != got) return false;
  return got == 0;
}

static int build(int argc, char **argv) {
  mkdir("/box/out/inner", 0755);
  if (!copy_itself("/box/out/program")) return 2;
  if (write_file("/box/out/inner/data", 5)) return 2;
  if (symlink("/etc/passwd", "/box/out/link") < 0 || mkfifo("/box/out/fifo", 0644) < 0) return 2;
  puts("built");
  return argc > 2 ? atoi(argv[2]) : 0;
}

// Makes many files of one byte.
static int build_many(int count) {
  char path[64];
  for (int i = 0; i < count; i++) {
    snprintf(path, sizeof path, "/box/out/%d", i);
    if (write_file(path, 1)) return 2;
  }
  return 0;
}

static int list(const char *path) {
  struct dirent **entries;
  int count = scandir(path, &entries, NULL, alphasort);
  for (int i = 0; i < count; i++)
    if (entries[i]->d_name[0] != '.') puts(entries[i]->d_name);
  return count < 0;
}

// --- live streams ---

static void print_size(void) {
  struct winsize size = {0};
  ioctl(0, TIOCGWINSZ, &size);
  printf("%dx%d\n", size.ws_col, size.ws_row);
}

// Prints what its terminal is, and what it can do with it that it must not.
static int describe_terminal(void) {
  int discipline = 0, more = 0;
  const char *name = ttyname(0), *const multiplexers[] = {"/dev/ptmx", "/dev/pts/ptmx"};
  printf("%d%d%d %s\n", isatty(0), isatty(1), isatty(2), name ? name : strerrorname_np(errno));
  print_size();
  printf("%s\n", open("/dev/tty", O_RDWR) >= 0 ? "own terminal" : strerrorname_np(errno));
  printf("%s\n", tcgetpgrp(0) == getpgrp() ? "in the foreground" : "in the background");
  for (int i = 0; i < 2; i++)
    for (int count = 0; count < 8 && open(multiplexers[i], O_RDWR | O_NOCTTY) >= 0; count++) more++;
  printf("%d more\n", more);
  printf("TIOCSTI %s\n", ioctl(0, TIOCSTI, "x") == 0 ? "OPEN" : strerrorname_np(errno));
  printf("TIOCSETD %s\n", ioctl(0, TIOCSETD, &discipline) == 0 ? "OPEN" : strerrorname_np(errno));
  return 0;
}

static volatile sig_atomic_t arrived_signal;
static void note_signal(int number) { arrived_signal = number; }

// Prints the signals that arrive, and lines that it reads, until its input ends. Signals arrive only while it waits: one
// that came just before would not interrupt the waiting.
static int print_signals(void) {
  static const int numbers[] = {SIGINT, SIGUSR1, SIGWINCH};
  struct sigaction action = {.sa_handler = note_signal};
  struct pollfd input = {.fd = 0, .events = POLLIN};
  sigset_t noted, usual;
  char block[4096];
  sigemptyset(&noted);
  for (int i = 0; i < 3; i++) sigaction(numbers[i], &action, NULL), sigaddset(&noted, numbers[i]);
  sigprocmask(SIG_BLOCK, &noted, &usual);
  puts("ready");
  for (;;) {
    if (ppoll(&input, 1, NULL, &usual) < 0) {
      if (arrived_signal == SIGWINCH) print_size();
      else puts(arrived_signal == SIGINT ? "SIGINT" : "SIGUSR1");
      continue;
    }
    ssize_t got = read(0, block, sizeof block);
    if (got <= 0) return puts("end") < 0;
    printf("read %.*s", (int)got, block);
  }
}

// Closes its input and its output one after the other, and stays.
static int close_streams(int milliseconds) {
  for (int file = 0; file < 3; file++) {
    close(file);
    usleep(milliseconds * 1000);
  }
  return 6;
}

// Writes blocks to stdout, and after each the number of bytes so far to stderr.
static int write_and_count(int64_t bytes) {
  for (int64_t done = 0; done < bytes; done += 16384) {
    if (flood(1, 16384)) return 3;
    dprintf(2, "%lld\n", (long long)done + 16384);
  }
  return 0;
}

static int print_strings(char **strings) {
  for (; *strings; strings++) fwrite(*strings, 1, strlen(*strings) + 1, stdout);
  return fflush(stdout);
}

// Stands in for the runtime of a language: takes its time to start, waits at the gate if there is one, then runs the probe of the submission with
// the arguments that lie beside it, each ended by a NUL.
static int be_runtime(int start_milliseconds) {
  static char text[128 << 10];
  burn(start_milliseconds);
  char *arguments[64] = {"/code/probe"}, byte;
  int ready = open("/box/ready", O_WRONLY), go = ready < 0 ? -1 : open("/box/go", O_RDONLY);
  if (go >= 0 && (write(ready, "r", 1) != 1 || read(go, &byte, 1) != 1)) return 65;
  close(ready);
  close(go);
  int file = open("/code/arguments", O_RDONLY);
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  int count = 1;
  for (ssize_t at = 0; at < length && count < 63; at += strlen(text + at) + 1) arguments[count++] = text + at;
  return execv(arguments[0], arguments);
}

int main(int argc, char **argv) {
  const char *command = argc > 1 ? argv[1] : "", *argument = argc > 2 ? argv[2] : "";
  int64_t number = strtoll(argument, NULL, 10), second = argc > 3 ? strtoll(argv[3], NULL, 10) : 0;
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (!strcmp(command, "isolation")) return try_isolation();
  if (!strcmp(command, "exit")) return number;
  if (!strcmp(command, "signal")) return raise(number);
  if (!strcmp(command, "echo")) return echo();
  if (!strcmp(command, "memory")) return use_memory(number);
  if (!strcmp(command, "spin")) spin(number);
  if (!strcmp(command, "burn")) return burn(number);
  if (!strcmp(command, "cpu-rlimit")) return print_cpu_rlimit();
  if (!strcmp(command, "burn-and-sleep")) return burn(number) || usleep(second * 1000);
  if (!strcmp(command, "sleep")) return usleep(number * 1000);
  if (!strcmp(command, "stdout")) return flood(1, number);
  if (!strcmp(command, "stderr")) return flood(2, number);
  if (!strcmp(command, "write")) return write_file(argument, second);
  if (!strcmp(command, "print")) return print_file(argument);
  if (!strcmp(command, "read")) return read_file(argument);
  if (!strcmp(command, "list")) return list(argument);
  if (!strcmp(command, "fork-bomb")) return fork_bomb();
  if (!strcmp(command, "daemon")) return leave_daemon();
  if (!strcmp(command, "late-memory")) return late_memory(number, argc > 3 ? strtoll(argv[3], NULL, 10) : 0);
  if (!strcmp(command, "build")) return build(argc, argv);
  if (!strcmp(command, "build-many")) return build_many(number);
  if (!strcmp(command, "unshare")) return unshare(CLONE_NEWUSER);
  if (!strcmp(command, "memory-children")) return in_children(number, second, use_and_hold_memory);
  if (!strcmp(command, "burn-children")) return in_children(number, second, burn_milliseconds);
  if (!strcmp(command, "files")) return make_files(number);
  if (!strcmp(command, "descriptors")) return open_descriptors();
  if (!strcmp(command, "echo-twice")) return echo_twice();
  if (!strcmp(command, "outlive-output")) return outlive_output(number);
  if (!strcmp(command, "leave-child")) return leave_child(number);
  if (!strcmp(command, "mark")) return mark(argument, second);
  if (!strcmp(command, "terminal")) return describe_terminal();
  if (!strcmp(command, "close")) return close_streams(number);
  if (!strcmp(command, "signals")) return print_signals();
  if (!strcmp(command, "count")) return write_and_count(number);
  if (!strcmp(command, "ignore-xcpu")) {
    signal(SIGXCPU, SIG_IGN);
    spin(1);
  }
  // Each ends with a NUL, because they may contain any other byte.
  if (!strcmp(command, "runtime")) return be_runtime(number);
  if (!strcmp(command, "arguments")) return print_strings(argv + 2);
  if (!strcmp(command, "environment")) return print_strings(environ);
  return 64;
}
