// What every part of the supervisor shares: bounds, the messages between its roles, and how it fails.
// `die` and `struct failure` are for failures of the sandbox; a program that fails is data and never passes through here.
#ifndef COMMON_H
#define COMMON_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Tests build supervisors without some protections, to show what each one protects from: `make WITHOUT=SECCOMP`, `make
// WITHOUT=SECCOMP+USER`. The program that serves has all of them.
enum protection {
  SECCOMP,            // the filter of system calls
  ARCHITECTURE_CHECK, // the filter knows the numbers of one architecture and rejects the others
  USER,               // an unprivileged user per slot, no capabilities
  NO_NEW_PRIVILEGES,
  NO_SETUID_FILES,
  NO_DEVICES,         // only those of the root itself
  OWN_ROOT,           // the machine's root is not among the box's mounts
  READ_ONLY_ROOT,
  READ_ONLY_ARTIFACTS,
  PRIVATE_MOUNTS,     // of each box, with its work directory
  PRIVATE_NETWORK,
  PRIVATE_IPC,
  PRIVATE_PROCESSES,  // /proc shows the box only
  HIDDEN_PROC,        // /proc shows neither the box's init nor the machine's settings
  OWN_SESSION,
  CLOSED_DESCRIPTORS,
  CLEAN_ENVIRONMENT,
  CLEARED_ARGUMENTS,  // the box's init shows no path of the machine
  SEALED_INPUT,
  MEMORY_LIMIT,
  PROCESS_LIMIT,
  CPU_LIMIT,
  WALL_LIMIT,
  OWN_DELAY,          // time that a program chooses to wait counts against its wall-clock limit
  OUTPUT_LIMIT,
  FILE_SIZE_LIMIT,
  DISK_LIMIT,
  CORE_LIMIT,
  OOM_PROTECTION,     // the OOM killer can choose a program, but never the supervisor
  QUOTA_RESET,        // the CPU time of one run does not throttle the next
  KILL_AT_END,
  NAME_CHECK,         // of the names of submitted files
  LINK_CHECK,         // a build's output is read without following links,
  FIFO_CHECK,         // ... without waiting for a writer,
  COLLECT_BOUNDS,     // ... and up to a size, a number of entries and a depth
  IDLE_LIMIT,         // of sessions
  REMOVED_GATE,       // a program finds nothing of the gate at which its runtime waited
  ONE_TERMINAL,       // a program with a terminal cannot make others, which hold memory of the kernel
};
#ifndef WITHOUT
#define WITHOUT 0ull
#endif
#define HAS(protection) (((WITHOUT) >> (protection) & 1) == 0)

enum {
  MAX_SLOTS = 256,          // for runs
  WARM_SLOTS = 6,           // slots for runtimes that were started ahead, beyond those for runs
  MAX_ROOTS = 64,
  MAX_MOUNTS = 64,          // of one root
  MAX_FILES = 4096,         // of one STORE frame: a submission, or a build that is restored
  MAX_ARGUMENTS = 256,
  MAX_VARIABLES = 64,
  MAX_STRINGS = 192 * 1024, // argv and environment of one program, together
  MAX_PATH = 1024,
  MAX_PENDING = 1024,       // runs waiting for a slot
  MAX_FRAME_IN = 48 << 20,
  MAX_OUTPUT = 10 << 20,    // of one stream
  MAX_STREAMED = 1 << 30,   // of one live stream, which is not kept
  STREAM_WINDOW = 64 << 10, // bytes of one live stream that are on their way
  MAX_TERMINAL = 1000,      // columns and rows
  MAX_ARTIFACT_BYTES = 64 << 20,
  MAX_ARTIFACT_ENTRIES = 4096,
  MAX_ARTIFACT_DEPTH = 16,
  // A run may take this many times its wall-clock limit, plus the time in which its quota gives it its CPU limit. A run
  // that takes longer got too little CPU time to be judged.
  PATIENCE = 6,
};

// Descriptors sent to a launcher with a MAKE message, in this order. The last is for cgroup v2 only: the group in which
// the box is born.
enum make_fd { MAKE_SOCKET, MAKE_STDOUT, MAKE_STDERR, MAKE_CPU_USAGE, MAKE_CGROUP, MAKE_FDS };

// The gate, where a runtime waits that was started ahead of its run: it writes a byte to the first FIFO when it is ready,
// and reads one from the second when the run may begin. They are gone when the run begins; in other boxes there are none.
#define GATE_READY "/box/ready"
#define GATE_GO "/box/go"

// The message of a box that a runtime which was started ahead waits at its gate.
struct box_waiting {
  uint16_t mark;
};

// The message of a box that a program with live streams was started. Descriptors of the program and, if it has a terminal,
// of the terminal's master come with it. A report is longer.
struct box_started {
  char byte;
};
enum started_fd { STARTED_PROGRAM, STARTED_TERMINAL, STARTED_FDS };

// The launcher's answer to MAKE. If `error` is 0, a descriptor of the box's first process comes with it.
struct made {
  int32_t error;
};

// What a box is to run. `strings` holds argv and then the environment, each ended by a NUL. The flags say which of the
// descriptors code, build and stdin come with it, in this order.
struct box_order_header {
  uint64_t cpu_seconds;
  uint64_t file_size;
  uint64_t disk_bytes;
  uint64_t stack_bytes;
  uint32_t open_files;
  uint32_t processes; // of the user; 0 if a control group counts them
  uint32_t argument_count;
  uint32_t variable_count;
  uint32_t strings_length;
  uint16_t columns, rows; // of its terminal
  uint8_t has_code, has_build, has_stdin, collect;
  uint8_t is_session, has_terminal;
  uint8_t is_warm; // the program starts now and waits at the gate; another order follows, which lets it go
};
struct box_order {
  struct box_order_header header;
  char strings[MAX_STRINGS];
};

// How the program of a box ended. With `collect`, a descriptor of /box/out comes with it.
struct box_report {
  int32_t error;       // errno of a failure of the sandbox in `stage`, 0 if the program ran
  char stage[42];
  uint8_t tool_missing; // `stage` is the program itself, and a second try will not find it either
  uint8_t not_begun;    // the runtime that was started ahead has ended: the run needs another box
  int32_t wait_status; // as wait(2) returns it
  uint64_t wall_ns;
  uint64_t user_us, system_us; // of the processes that were reaped
  uint64_t resident_bytes;     // peak of the largest of them
  uint64_t cpu_base_ns;        // the cgroup's CPU time when the program started
};

static const uint64_t DEFAULT_DISK_BYTES = 64ull << 20;
static const unsigned DISK_INODES = 8192;

// Why a request to the supervisor failed, never why a program did. A FAILED frame holds both fields.
enum failure_kind {
  FAILURE_PERMANENT, // the same request fails again
  FAILURE_RETRYABLE, // a second try may succeed
  FAILURE_BUSY,      // retryable; nothing failed, but a program got too little CPU time to be judged
};
struct failure {
  enum failure_kind kind;
  char message[512];
};
// Describes a failure. Always returns false, so that a function can report it and return in one statement.
bool set_failure(struct failure *failure, enum failure_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Logs what failed, with errno if it is set, and ends the process with 1.
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
// Writes a line to the log (stderr).
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

uint64_t now_ns(void);
// Cores of this machine.
unsigned core_count(void);

// Closes a descriptor that may be -1, and makes it -1. Keeps errno.
void close_file(int *file);

// A message with descriptors over a SOCK_SEQPACKET socket. Returns 0, or -1 with errno.
int send_with_fds(int socket, const void *data, size_t length, const int *fds, int count);
// Receives one; at most `capacity` descriptors, all close-on-exec. Returns its length, 0 at the end, -1 with errno.
ssize_t receive_with_fds(int socket, void *data, size_t length, int *fds, int capacity, int *count);

// Writes a small text to a file of a directory, as kernel interfaces want it: in one write. 0 or -1 with errno.
int write_file_at(int directory, const char *name, const char *text);
// Reads a small file; always ends it with a NUL. Returns its length or -1 with errno.
ssize_t read_file_at(int directory, const char *name, char *buffer, size_t size);

int launcher_main(int argc, char **argv);
// The first process of a box; never returns.
void box_main(uid_t uid, int cgroup_version, const int fds[MAKE_FDS]) __attribute__((noreturn));
#endif
