// The supervisor: makes boxes for untrusted programs, and reports how they ended.
//
// Theory of operation. The service starts this program as root and exchanges frames with it over descriptor 3. The
// supervisor builds read-only roots in its own mount namespace and keeps artifacts (sources, builds) in a tmpfs. For
// each slot and root it starts a launcher, a tiny process that has pivoted into the root. A launcher makes a box as a
// copy of itself in new mount, pid, IPC and cgroup namespaces. The box's init mounts /proc and a tmpfs for work, and forks
// the process that will be the program, which gives up root, capabilities and most system calls, and waits. An order
// from the supervisor starts it. Init reports how it ended and exits, which kills whatever else lives in the box. The
// supervisor reads output, keeps the time, sets and reads the control groups. A box runs one program and is never used
// again. When the service closes its end of the socket, everything ends.
#include "blobs.h"
#include "cgroup.h"
#include "connection.h"
#include "container.h"
#include "requirements.h"
#include "root.h"
#include "seccomp.h"
#include "slot.h"
#include "store.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EVENTS = 64 };

static int epoll_file;
static volatile sig_atomic_t stopping;

static void stop(int signal_number) { stopping = signal_number; }

static void answer(uint32_t id, bool done, const struct failure *failure) {
  if (!done) return connection_send_failure(id, failure);
  struct writer writer;
  write_start(&writer, FRAME_OK, id);
  connection_send(&writer);
}

static void fetch(uint32_t id, uint32_t artifact) {
  struct failure failure = {0};
  if (!store_pack(artifact, &failure)) return connection_send_failure(id, &failure);
  blob_send(id, artifact);
  blob_drop(artifact);
}

// Returns false if the frame is malformed.
static bool handle_frame(uint8_t type, uint32_t id, struct reader *reader) {
  struct failure failure = {0};
  struct run_request run;
  switch (type) {
    case FRAME_ADD_ROOT: {
      uint32_t root = read_u32(reader);
      bool done = root_add(root, reader, &failure);
      if (!reader->broken) answer(id, done, &failure);
      return !reader->broken;
    }
    case FRAME_STORE: {
      uint32_t artifact = read_u32(reader);
      bool done = store_files(artifact, reader, &failure);
      if (!reader->broken) answer(id, done, &failure);
      return !reader->broken;
    }
    case FRAME_DROP:
      store_drop(read_u32(reader));
      return !reader->broken && reader->next == reader->end;
    case FRAME_FETCH: {
      uint32_t artifact = read_u32(reader);
      if (reader->broken || reader->next != reader->end) return false;
      fetch(id, artifact);
      return true;
    }
    case FRAME_RUN:
      if (!parse_run(reader, id, &run)) return false;
      slots_run(&run);
      return true;
    case FRAME_CANCEL:
      slots_cancel(id);
      return reader->next == reader->end;
    case FRAME_WARM:
      slots_send_warm_state(id);
      return reader->next == reader->end;
    case FRAME_INPUT:
    case FRAME_READ:
    case FRAME_SIGNAL:
    case FRAME_RESIZE:
    case FRAME_USED: return slots_stream(type, id, reader);
    default: return false;
  }
}

static void serve(void) {
  struct epoll_event events[EVENTS];
  while (!stopping) {
    int count = epoll_wait(epoll_file, events, EVENTS, slots_tick());
    for (int i = 0; i < count && !stopping; i++) {
      union event_data data = {.packed = events[i].data.u64};
      if (data.kind != EVENT_CONNECTION) slots_handle(data);
      else if (!connection_handle(events[i].events)) return;
    }
  }
}

static void clean_up(void) {
  slots_teardown();
  cgroup_teardown();
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "launcher") == 0) return launcher_main(argc, argv);
  if (argc > 1 && strcmp(argv[1], "container") == 0) return container_main();
  if (argc > 1 && strcmp(argv[1], "seccomp-profile") == 0) return seccomp_print_profile();
  if (argc > 1 && strcmp(argv[1], "sources") == 0) return puts(SOURCES_HASH) < 0;
  bool is_nested = argc > 1 && strcmp(argv[1], "nested") == 0; // the first process of a container, whose files boxes see
  int in = is_nested ? 0 : 3, out = is_nested ? 1 : 3;
  argc -= is_nested;
  argv += is_nested;
  if (argc < 7 || argc > 8)
    die("usage: supervisor [nested] SLOTS FIRST_UID RUN_DIRECTORY STORE_BYTES default|strict WARM_BYTES [CGROUP], "
        "with a socket as descriptor 3; nested with the frames in stdin and stdout");
  int slots = atoi(argv[1]);
  uid_t first_uid = strtoul(argv[2], NULL, 10);
  uint64_t warm_bytes = strtoull(argv[6], NULL, 10);
  if (slots < 1 || slots > MAX_SLOTS) die("slots must be 1 to %d, got %s", MAX_SLOTS, argv[1]);
  if (geteuid() != 0) die("root is needed to make boxes; this is uid %u", geteuid());
  struct stat status;
  errno = 0;
  if (!is_nested && (fstat(in, &status) < 0 || !S_ISSOCK(status.st_mode))) die("descriptor 3 must be a socket");
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  umask(022); // programs must be able to read what is made for them, whatever the umask of the service
  // Boxes whose launcher was killed become children of this process and are reaped at once. Left to the machine's init,
  // they might stay zombies, which count as processes of their slot.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  signal(SIGCHLD, SIG_IGN);
  prctl(PR_SET_DUMPABLE, 0);
  fcntl(in, F_SETFD, FD_CLOEXEC);
  fcntl(out, F_SETFD, FD_CLOEXEC);
  write_file_at(AT_FDCWD, "/proc/self/oom_score_adj", "-1000");

  int all_slots = slots + slots_beyond(warm_bytes);
  require_rights(first_uid, all_slots);
  atexit(clean_up);
  root_setup(argv[3], first_uid, all_slots);
  cgroup_setup(argc > 7 ? argv[7] : NULL, all_slots);
  store_setup(argv[3], strtoull(argv[4], NULL, 10));
  epoll_file = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_file < 0) die("epoll");
  slots_setup(slots, warm_bytes, first_uid, strcmp(argv[5], "strict") == 0, epoll_file);
  struct reader no_mounts = {.next = (const uint8_t *)"\0\0", .end = (const uint8_t *)"\0\0" + 2};
  struct failure failure;
  if (!root_add(0, &no_mounts, &failure)) die("%s", failure.message);
  if (is_nested && !root_show_image()) die("cannot show the container's files");
  union event_data data = {.kind = EVENT_CONNECTION};
  connection_open(in, out, epoll_file, data.packed, handle_frame);
  connection_send_ready(cgroup_version(), slots);
  serve();
  return 0;
}
