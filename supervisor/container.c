// The supervisor as the first process of a container, for one submission: the same frames, over stdin and stdout.
//
// Theory of operation. The container is the box: before this process started, the engine removed the network and the
// capabilities and made the root read-only. This process cannot make namespaces, so the programs of its one submission run
// one after the other, as the same user as itself. After each, it kills everything and empties every place that a program
// can write to. If something survives, this process ends, and the container with it. Sources and builds are kept in memory
// that a program cannot reach, and written anew for each run.
#include "container.h"
#include "blobs.h"
#include "cleanup.h"
#include "clock.h"
#include "connection.h"
#include "program.h"
#include "ready.h"
#include "result.h"
#include "seccomp.h"
#include "session.h"
#include "tree.h"
#include "usage.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum event { EVENT_CONNECTION, EVENT_CHILD, EVENT_STDOUT, EVENT_STDERR, EVENT_STDIN };
enum { EVENTS = 16, LARGE = 128 * 1024 }; // bytes; larger blocks return to the kernel as soon as they are freed
// The group's peak cannot be reset from inside, so the memory of a run is sampled this often.
static const uint64_t SAMPLE_INTERVAL_NS = 5 * 1000 * 1000;

static int epoll_file, child_signals, nothing, own_peak;
static bool has_oom_score;
static struct box_order order;
// Shared with the process that becomes the program. It shares nothing else: if memory is used up, the kernel kills all
// processes that share the memory of the one it chooses.
static struct program *program;
// Memory that is freed when programs have used up the container's: this process needs some to report that, and to remove
// what they wrote.
enum { RESERVE = 1 << 20 };
static void *reserve;
static uint32_t shown_code, shown_build; // the artifacts at /code and /build

static struct {
  bool active;
  struct run_request request;
  pid_t pid;
  struct output out, err;
  struct session session;
  struct usage start;
  struct run_clock clock;
  uint64_t sample_ns;
  uint64_t cache_before; // bytes of cached files before the run
  uint64_t peak, resident; // bytes: the maximum seen of the group, and of the largest process
  enum reason reason;
  bool out_of_memory;
} run;

static void watch(int file, enum event event) {
  struct epoll_event wanted = {.events = EPOLLIN, .data.u64 = event};
  if (epoll_ctl(epoll_file, EPOLL_CTL_ADD, file, &wanted) < 0) die("epoll_ctl");
}

static void watch_stream(void *owner, int file, enum session_stream stream, bool wanted) {
  struct epoll_event event = {.events = stream == STREAM_INPUT ? EPOLLOUT : EPOLLIN,
                              .data.u64 = stream == STREAM_INPUT ? EVENT_STDIN : stream == STREAM_STDOUT ? EVENT_STDOUT : EVENT_STDERR};
  if (epoll_ctl(epoll_file, wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, file, &event) < 0) die("epoll_ctl");
}

// --- what programs see ---

static bool cannot_write(const char *path, struct failure *failure) {
  return set_failure(failure, FAILURE_RETRYABLE, "cannot write to %s: %s", path, strerror(errno));
}

struct sealing {
  struct tree_visitor visitor;
  const char *place;
};

static bool seal_directory(struct tree_visitor *visitor, const char *path) { return true; }
static bool seal_file(struct tree_visitor *visitor, const char *path, int file, const struct stat *status) {
  return fchmod(file, 0555) == 0 || cannot_write(((struct sealing *)visitor)->place, visitor->failure);
}

// A program can undo this, as it is the owner; what the next one sees is written anew.
static bool seal(const char *path, struct failure *failure) {
  struct sealing sealing = {
      .visitor = {.directory = seal_directory, .file = seal_file, .failure = failure}, .place = path};
  if (!HAS(READ_ONLY_ARTIFACTS)) return true;
  int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return cannot_write(path, failure);
  bool done = tree_walk(directory, &sealing.visitor) && (fchmod(directory, 0555) == 0 || cannot_write(path, failure));
  close(directory);
  return done;
}

static bool write_blob(const char *path, const struct blob *blob, struct failure *failure) {
  const uint8_t *bytes = blob_map(blob);
  int directory = bytes ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  bool done = false;
  if (directory >= 0) {
    struct reader reader = {.next = bytes, .end = bytes + blob->length};
    done = tree_write(directory, &reader, failure);
    if (reader.broken) set_failure(failure, FAILURE_PERMANENT, "an artifact is malformed");
    close(directory);
  } else {
    cannot_write(path, failure);
  }
  if (bytes) blob_unmap(blob, bytes);
  return done;
}

static bool show(const char *path, uint32_t artifact, struct failure *failure) {
  if (chmod(path, 0755) < 0) return cannot_write(path, failure);
  const struct blob *blob = blob_of(artifact);
  if (!blob && artifact != 0) return set_failure(failure, FAILURE_PERMANENT, "there is no artifact %u", artifact);
  return (!blob || write_blob(path, blob, failure)) && seal(path, failure);
}

// Empties the places that programs write to, and shows the artifacts. Returns false with a failure.
static bool furnish(uint32_t code, uint32_t build, struct failure *failure) {
  const char *left = cleanup_places();
  if (left) die("cannot remove %s", left);
  shown_code = shown_build = 0;
  if (!HAS(PRIVATE_MOUNTS) && access("/box/work", F_OK) == 0) return true;
  if (!show("/code", code, failure) || !show("/build", build, failure)) return false;
  if (mkdir("/box/work", 0700) < 0 || mkdir("/box/tmp", 0700) < 0)
    return set_failure(failure, FAILURE_RETRYABLE, "cannot make the work directory: %s", strerror(errno));
  const char *failed = program_link_code();
  if (failed) set_failure(failure, FAILURE_RETRYABLE, "%s: %s", failed, strerror(errno));
  cleanup_times();
  shown_code = code;
  shown_build = build;
  return !failed;
}

// --- one run ---

static void fill_order(const struct run_request *request) {
  order.header = (struct box_order_header){
      .cpu_seconds = request->cpu_ns / 1000000000ull + 2, // a second line of defence: whole seconds, for each process
      .file_size = request->file_size,
      .stack_bytes = request->stack_bytes,
      .open_files = request->open_files,
      .processes = usage_counts_oom_kills() ? 0 : request->processes + 1, // and this one
      .argument_count = request->argument_count,
      .variable_count = request->variable_count,
  };
  memcpy(order.strings, request->strings, request->strings_length);
}

static void take_reserve(void) {
  if (reserve) return;
  reserve = mmap(NULL, RESERVE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (reserve == MAP_FAILED) reserve = NULL;
}

static void free_reserve(void) {
  if (reserve) munmap(reserve, RESERVE);
  reserve = NULL;
}

// A program starts with the peak of the process that starts it, as wait(2) reports it.
static void forget_own_peak(void) {
  if (own_peak >= 0 && pwrite(own_peak, "5", 1, 0) < 0) note("cannot reset the peak of memory");
}

// The reading end of the pipe takes the place of the file that the request has as stdin.
static bool open_input(void) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return false;
  run.request.stdin_file = ends[0];
  session_open_input(&run.session, ends[1]);
  return true;
}

// Starts the live streams. Returns false with errno. A terminal is for native boxes: here a program could make others.
static bool start_session(void) {
  if (run.request.streams == STREAMS_NONE) return true;
  run.session.watch = watch_stream;
  session_start(&run.session, &run.request);
  errno = ENOTTY;
  return run.request.streams == STREAMS_OUTPUT || (run.request.streams == STREAMS_PIPES && open_input());
}

static bool start_program(void) {
  int ends[2] = {-1, -1};
  if (!output_open(&run.out, &ends[0]) || !output_open(&run.err, &ends[1])) return false;
  watch(run.out.pipe, EVENT_STDOUT);
  watch(run.err.pipe, EVENT_STDERR);
  if (!start_session()) {
    close_file(&ends[0]);
    close_file(&ends[1]);
    return false;
  }
  fill_order(&run.request);
  *program = (struct program){
      .order = &order,
      .input = run.request.stdin_file >= 0 ? run.request.stdin_file : nothing,
      .outputs = {ends[0], ends[1]},
      .terminal = -1,
      .cpu_usage = usage_cpu_file(),
      .go = -1,
      .oom_score = has_oom_score ? "1000" : NULL, // programs are chosen before this process
  };
  usage_read(&run.start);
  run.cache_before = usage_file_cache();
  forget_own_peak();
  run.pid = program_start(program, CLONE_VFORK);
  int error = errno;
  clock_start(&run.clock, program->start_ns);
  close(ends[0]);
  close(ends[1]);
  if (run.request.streams == STREAMS_PIPES) close_file(&run.request.stdin_file); // so that the program's is the only one
  errno = error;
  return run.pid > 0;
}

static void end_run(void) {
  session_close(&run.session);
  output_close(&run.out);
  output_close(&run.err);
  free_run(&run.request);
  run.active = false;
}

// Makes the places of the run and starts its program. Returns false with a failure.
static bool start_run(struct failure *failure) {
  const struct run_request *request = &run.request;
  if (request->stdin_error)
    return set_failure(failure, FAILURE_RETRYABLE, "cannot keep a program's input: %s", strerror(request->stdin_error));
  bool is_shown = shown_code == request->code && shown_build == request->build && shown_code != 0;
  if (!is_shown && !furnish(request->code, request->build, failure)) return false;
  if (request->collect && mkdir("/box/out", 0700) < 0)
    return set_failure(failure, FAILURE_RETRYABLE, "cannot make /box/out: %s", strerror(errno));
  if (start_program()) return true;
  return set_failure(failure, FAILURE_RETRYABLE, "cannot start a program: %s", strerror(errno));
}

static void begin_run(struct run_request *request) {
  struct failure failure;
  memset(&run, 0, sizeof run);
  run.active = true;
  run.request = *request;
  run.out.pipe = run.err.pipe = run.session.input = -1;
  bool has_started = start_run(&failure);
  shown_code = 0; // used up
  if (has_started && request->streams) session_send_started(request->id);
  if (has_started) return;
  connection_send_failure(request->id, &failure);
  end_run();
}

static void stop_run(enum reason reason) {
  if (run.reason == REASON_NONE) run.reason = reason;
  kill(-1, SIGKILL);
}

// The group's peak is exact if this run raised it. Otherwise this uses the maximum of the samples, and the largest process.
// Cached files of the image count for the group, but not for the program.
static uint64_t memory_of_run(const struct usage *end, bool out_of_memory) {
  if (out_of_memory) return run.request.memory;
  uint64_t peak = end->peak > run.start.peak ? end->peak : run.peak;
  uint64_t memory = peak > run.start.memory ? peak - run.start.memory : 0;
  uint64_t cache = usage_file_cache(), read = cache > run.cache_before ? cache - run.cache_before : 0;
  memory -= read < memory ? read : memory;
  if (run.resident > memory) memory = run.resident;
  return memory > run.request.memory ? run.request.memory : memory;
}

// A program may have changed the modes of these directories, which belong to its user.
static void open_way_to_output(void) {
  struct stat status;
  chmod("/box", 0700);
  if (lstat("/box/out", &status) == 0 && S_ISDIR(status.st_mode)) chmod("/box/out", 0700);
}

// Keeps what a build left in /box/out. Returns false with a failure of the sandbox's own; a bound that the build exceeded
// becomes the result's problem.
static bool collect(struct result *result, struct failure *failure) {
  open_way_to_output();
  int directory = open("/box/out", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (directory < 0) return true; // the program removed it
  int64_t bytes = blob_collect(run.request.collect, directory, failure);
  close(directory);
  result->collected = bytes >= 0;
  if (result->collected) result->artifact_bytes = bytes;
  else result->problem = failure->message;
  return result->collected || failure->kind == FAILURE_PERMANENT;
}

// Returns false if there was more than the limit.
static bool read_output(struct output *output, bool is_last) {
  enum session_stream stream = output == &run.out ? STREAM_STDOUT : STREAM_STDERR;
  if (!run.request.streams) return output_read(output, HAS(OUTPUT_LIMIT) ? run.request.output_bytes : MAX_OUTPUT, is_last);
  return session_read(&run.session, output, stream, HAS(OUTPUT_LIMIT) ? run.request.output_bytes : MAX_STREAMED, is_last);
}

// The program has ended: kills what it left, then answers.
static void finish_run(int wait_status) {
  struct usage end;
  struct failure failure;
  uint64_t wall_ns = now_ns() - program->start_ns;
  bool out_of_memory = run.reason == REASON_MEMORY || usage_oom_kills() > run.start.oom_kills;
  if (out_of_memory) free_reserve();
  bool fits = read_output(&run.out, true);
  fits = read_output(&run.err, true) && fits;
  if (!fits && run.reason == REASON_NONE) run.reason = REASON_OUTPUT;
  if (!cleanup_processes()) die("a process cannot be killed");
  usage_read(&end);
  if (out_of_memory) cleanup_places(); // files may still fill the memory
  if (program->exec_error) {
    bool tool_missing = program->exec_stage[0] == '/';
    connection_fail(run.request.id, tool_missing ? FAILURE_PERMANENT : FAILURE_RETRYABLE, "%s: %s", program->exec_stage,
                    strerror(program->exec_error));
    end_run();
    return;
  }
  uint64_t cpu_start = run.start.cpu_ns;
  struct result result = {
      .id = run.request.id,
      .wait_status = wait_status,
      .out_of_memory = out_of_memory,
      .cpu_ns = end.cpu_ns > cpu_start ? end.cpu_ns - cpu_start : 0,
      .wall_ns = wall_ns,
      .user_us = end.waited_user_us - run.start.waited_user_us,
      .system_us = end.waited_system_us - run.start.waited_system_us,
      .memory = memory_of_run(&end, out_of_memory),
      .problem = "",
  };
  bool over_wall = clock_was_over(&run.clock, &run.request, wall_ns, result.cpu_ns);
  result.reason = result_reason(&run.request, run.reason, result.cpu_ns, over_wall, out_of_memory);
  bool wants_collecting = run.request.collect && wait_status == 0 && result.reason == REASON_NONE;
  if (!wants_collecting || collect(&result, &failure)) result_send(&result, &run.out, &run.err);
  else connection_send_failure(result.id, &failure);
  uint32_t code = run.request.code, build = result.collected ? run.request.collect : run.request.build;
  end_run();
  if (!furnish(code, build, &failure)) shown_code = 0; // the next run fails in the same way and reports it
  take_reserve();
}

// Reaps all processes that have ended.
static void reap(void) {
  struct signalfd_siginfo ignored;
  while (read(child_signals, &ignored, sizeof ignored) > 0) continue;
  for (;;) {
    int status;
    struct rusage used;
    pid_t ended = wait4(-1, &status, WNOHANG | __WALL, &used);
    if (ended < 0 && errno == EINTR) continue;
    if (ended <= 0) return;
    uint64_t resident = used.ru_maxrss * 1024ull;
    if (run.active && resident > run.resident) run.resident = resident;
    if (!run.active || ended != run.pid) continue;
    finish_run(status);
    return;
  }
}

static void check_time(uint64_t now) {
  struct usage used;
  usage_read(&used);
  uint64_t cpu_ns = used.cpu_ns > run.start.cpu_ns ? used.cpu_ns - run.start.cpu_ns : 0;
  if (clock_wants_sample(&run.clock, &run.request, now))
    clock_sample(&run.clock, now, cpu_ns, clock_was_running(&run.clock, now, cpu_ns) || processes_are_ready());
  enum reason reason = clock_check(&run.clock, &run.request, now, cpu_ns);
  bool is_idle = run.request.streams && session_is_idle(&run.session, &run.request, now);
  if (reason == REASON_NONE && is_idle) reason = REASON_IDLE;
  if (reason != REASON_NONE) stop_run(reason);
}

static void check_run(uint64_t now) {
  uint64_t memory = usage_memory();
  if (memory > run.peak) run.peak = memory;
  run.sample_ns = now;
  if (run.reason != REASON_NONE) return;
  if (usage_oom_kills() > run.start.oom_kills) return stop_run(REASON_MEMORY);
  if (!usage_counts_oom_kills() && memory > run.start.memory + run.request.memory) return stop_run(REASON_MEMORY);
  check_time(now);
}

// Milliseconds until the next check of the run is due.
static int tick(void) {
  if (!run.active) return -1;
  uint64_t now = now_ns();
  if (now >= run.sample_ns + SAMPLE_INTERVAL_NS) check_run(now);
  return SAMPLE_INTERVAL_NS / 1000000;
}

static void take(struct output *output) {
  if (read_output(output, false)) return;
  stop_run(REASON_OUTPUT);
}

// --- frames ---

static void answer_ok(uint32_t id) {
  struct writer writer;
  write_start(&writer, FRAME_OK, id);
  connection_send(&writer);
}

static bool store(uint32_t id, struct reader *reader) {
  struct failure failure;
  uint32_t artifact = read_u32(reader);
  if (reader->broken || artifact == 0 || reader->next == reader->end || run.active) return false;
  bool done = blob_keep(artifact, reader->next, reader->end - reader->next, &failure);
  done = done && furnish(artifact, 0, &failure); // most likely the next to run; a malformed one fails here
  if (done) {
    answer_ok(id);
    return true;
  }
  blob_drop(artifact);
  connection_send_failure(id, &failure);
  return true;
}

static bool tell_used(struct reader *reader) {
  struct usage used;
  usage_read(&used);
  session_send_used(run.request.id, used.cpu_ns > run.start.cpu_ns ? used.cpu_ns - run.start.cpu_ns : 0);
  return reader->next == reader->end;
}

static bool handle_stream(uint8_t type, uint32_t id, struct reader *reader) {
  int number;
  uint16_t columns, rows;
  if (!run.active || run.request.id != id || !run.request.streams || run.reason != REASON_NONE) return session_ignore(type, reader);
  if (type == FRAME_SIGNAL) return session_read_signal(reader, &number) && (kill(-run.pid, number), true);
  if (type == FRAME_USED) return tell_used(reader);
  if (type == FRAME_RESIZE) return session_read_size(reader, &columns, &rows); // there is no terminal
  return session_take_frame(&run.session, type, reader, &run.out, &run.err);
}

static bool handle_frame(uint8_t type, uint32_t id, struct reader *reader) {
  struct run_request request;
  uint32_t artifact;
  switch (type) {
    case FRAME_STORE: return store(id, reader);
    case FRAME_DROP:
      blob_drop(read_u32(reader));
      return !reader->broken && reader->next == reader->end;
    case FRAME_FETCH:
      artifact = read_u32(reader);
      if (reader->broken || reader->next != reader->end) return false;
      blob_send(id, artifact);
      return true;
    case FRAME_PING:
      if (reader->next != reader->end) return false;
      answer_ok(id);
      return true;
    case FRAME_RUN:
      if (run.active || !parse_run(reader, id, &request)) return false;
      begin_run(&request);
      return true;
    case FRAME_CANCEL:
      if (run.active && run.request.id == id) stop_run(REASON_CANCELLED);
      return reader->next == reader->end;
    case FRAME_INPUT:
    case FRAME_READ:
    case FRAME_SIGNAL:
    case FRAME_RESIZE:
    case FRAME_USED: return handle_stream(type, id, reader);
    default: return false;
  }
}

static void serve(void) {
  struct epoll_event events[EVENTS];
  for (;;) {
    int count = epoll_wait(epoll_file, events, EVENTS, tick());
    for (int i = 0; i < count; i++) switch (events[i].data.u64) {
        case EVENT_CONNECTION:
          if (!connection_handle(events[i].events)) return;
          break;
        case EVENT_CHILD: reap(); break;
        case EVENT_STDOUT:
          if (run.active) take(&run.out);
          break;
        case EVENT_STDERR:
          if (run.active) take(&run.err);
          break;
        case EVENT_STDIN:
          if (run.active) session_write(&run.session);
          break;
      }
  }
}

static void prepare(void) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  signal(SIGPIPE, SIG_IGN);
  umask(0);
  mallopt(M_MMAP_THRESHOLD, LARGE);
  if (HAS(CLOSED_DESCRIPTORS)) close_range(3, ~0u, 0); // descriptors that a runtime may have left open
  has_oom_score = access("/proc/self/oom_score_adj", W_OK) == 0; // while this process can still open it
  program = mmap(NULL, sizeof *program, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (program == MAP_FAILED) die("cannot share memory");
  own_peak = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
  // Programs of the same user can neither trace this process nor open its descriptors.
  prctl(PR_SET_DUMPABLE, 0);
  nothing = open("/dev/null", O_RDONLY | (HAS(CLOSED_DESCRIPTORS) ? O_CLOEXEC : 0));
  child_signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  epoll_file = epoll_create1(EPOLL_CLOEXEC);
  if (nothing < 0 || child_signals < 0 || epoll_file < 0) die("cannot begin");
  for (int file = 0; file < 2; file++) fcntl(file, F_SETFD, FD_CLOEXEC); // 2 is the log
  seccomp_prepare(SECCOMP_WHOLE);
  usage_open();
  ready_prepare();
  take_reserve();
  watch(child_signals, EVENT_CHILD);
}

int container_main(void) {
  if (getpid() != 1) die("this is for the first process of a container");
  if (geteuid() == 0 && HAS(USER)) die("programs must not run as root");
  prepare();
  connection_open(0, 1, epoll_file, EVENT_CONNECTION, handle_frame);
  connection_send_ready(usage_cgroup_version(), 1);
  serve();
  return 0;
}
