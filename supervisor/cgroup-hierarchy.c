// Where the control groups of this supervisor are: finds the hierarchies, removes the groups of dead supervisors, makes the
// parents of the groups of boxes. A living owner holds a lock on each of its parents, which the kernel releases with the
// process and which supervisors in other PID namespaces see too. The name, `code-execution-PID-START-NAMESPACE`, is of one
// owner only, and shows in the same namespace whether it lives.
#include "cgroup-hierarchy.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#define PREFIX "code-execution-"
#define LEAF PREFIX "service" // v2: where the processes of the service's group are moved
static const char *const NAMES[CONTROLLERS] = {"memory", "pids", "cpu", "cpuacct"};

static int version;
static char parents[CONTROLLERS][MAX_PATH]; // v2: only the first
static int parent_dirs[CONTROLLERS];

int cgroup_version(void) { return version; }
int hierarchy_parent(enum controller controller) { return parent_dirs[controller]; }

static int open_directory(const char *path) { return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC); }

// 0 if there is no such process, or if it is a zombie.
static unsigned long long start_time(pid_t pid) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  if (read_file_at(AT_FDCWD, path, text, sizeof text) <= 0) return 0;
  char *field = strrchr(text, ')'); // the name before it may contain anything
  if (!field || field[2] == 'Z' || field[2] == 'X') return 0;
  for (int i = 0; field && i < 20; i++) field = strchr(field + 1, ' ');
  return field ? strtoull(field, NULL, 10) : 0;
}

// The number of the PID namespace of this process.
static unsigned long own_namespace(void) {
  struct stat status;
  return stat("/proc/self/ns/pid", &status) < 0 ? 0 : (unsigned long)status.st_ino;
}

// A lock that children do not inherit. It lasts until the process ends or closes any descriptor of the directory.
static bool lock_directory(int directory) {
  struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
  return fcntl(directory, F_SETLK, &lock) == 0;
}

static bool is_locked(int parent, const char *name) {
  int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  bool found = directory >= 0 && fcntl(directory, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close_file(&directory);
  return found;
}

static bool has_living_owner(int parent, const char *name) {
  int pid;
  unsigned long long started;
  unsigned long namespace;
  if (sscanf(name, PREFIX "%d-%llu-%lu", &pid, &started, &namespace) != 3) return true; // not one of a supervisor
  return is_locked(parent, name) || (namespace == own_namespace() && start_time(pid) == started);
}

static void kill_members(int directory) {
  char text[4096];
  if (read_file_at(directory, "cgroup.procs", text, sizeof text) <= 0) return;
  for (char *next = text; *next;) {
    long pid = strtol(next, &next, 10);
    if (pid > 1) kill(pid, SIGKILL);
    while (*next == '\n') next++;
  }
}

// Removes a group and those below it, and kills their processes. Waits a bounded time until these have ended.
static void remove_tree(int parent, const char *name, int depth) {
  int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  DIR *entries = fdopendir(dup(directory));
  for (struct dirent *entry; entries && depth < 4 && (entry = readdir(entries));)
    if (entry->d_type == DT_DIR && entry->d_name[0] != '.') remove_tree(directory, entry->d_name, depth + 1);
  if (entries) closedir(entries);
  for (int attempt = 0; attempt < 200; attempt++) {
    if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno != EBUSY) break;
    kill_members(directory);
    usleep(10 * 1000);
  }
  close(directory);
}

static void remove_dead_owners(const char *base) {
  int directory = open_directory(base);
  DIR *entries = directory < 0 ? NULL : fdopendir(directory);
  if (!entries) return;
  for (struct dirent *entry; (entry = readdir(entries));) {
    if (has_living_owner(directory, entry->d_name)) continue;
    note("removing the control group %s of a supervisor that is gone", entry->d_name);
    remove_tree(directory, entry->d_name, 0);
  }
  closedir(entries);
}

// The path of this process in the hierarchy that `wanted` names: a v1 controller, or "" for v2.
static void own_path(const char *wanted, char *path, size_t size) {
  snprintf(path, size, "/");
  FILE *file = fopen("/proc/self/cgroup", "re");
  char line[2048];
  while (file && fgets(line, sizeof line, file)) {
    char *controllers = strchr(line, ':');
    char *where = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!where) continue;
    *where++ = 0;
    where[strcspn(where, "\n")] = 0;
    bool match = false;
    for (char *name = controllers + 1;; name = NULL) {
      char *part = strtok(name, ",");
      if (!part) break;
      if (strcmp(part, wanted) == 0) match = true;
    }
    if (controllers[1] == 0 && *wanted == 0) match = true;
    if (match) snprintf(path, size, "%s", where);
  }
  if (file) fclose(file);
}

// Mount point of the v1 hierarchy of a controller, or of cgroup2 if `controller` is NULL.
static bool find_mount(const char *controller, char *path, size_t size) {
  FILE *file = fopen("/proc/self/mounts", "re");
  char line[4096], where[MAX_PATH / 2], type[64], options[1024];
  bool found = false;
  while (file && !found && fgets(line, sizeof line, file)) {
    if (sscanf(line, "%*s %511s %63s %1023s", where, type, options) != 3) continue;
    if (!controller) found = strcmp(type, "cgroup2") == 0;
    else if (strcmp(type, "cgroup") == 0)
      for (char *part = strtok(options, ","); part; part = strtok(NULL, ","))
        if (strcmp(part, controller) == 0) found = true;
  }
  if (file) fclose(file);
  if (found) snprintf(path, size, "%s", where);
  return found;
}

// A container without privilege gets its control groups read-only. In this process's mount namespace that can be undone,
// except in a user namespace that did not mount them.
static void make_writable(const char *mount_point) {
  struct statvfs status;
  if (statvfs(mount_point, &status) < 0 || !(status.f_flag & ST_RDONLY)) return;
  unsigned long kept = status.f_flag & (MS_NOSUID | MS_NODEV | MS_NOEXEC);
  if (mount(NULL, mount_point, NULL, MS_REMOUNT | MS_BIND | kept, NULL) < 0)
    die("the control groups at %s are read-only: a container in a user namespace must get them writable from its runtime "
        "(docs/deploy.md names the setting of each)",
        mount_point);
}

static bool has_controllers(const char *base) {
  char path[MAX_PATH + 32], text[512];
  snprintf(path, sizeof path, "%s/cgroup.controllers", base);
  if (read_file_at(AT_FDCWD, path, text, sizeof text) <= 0) return false;
  return strstr(text, "memory") && strstr(text, "pids") && strstr(text, "cpu");
}

static int delegate(int directory) { return write_file_at(directory, "cgroup.subtree_control", "+memory +pids +cpu"); }

// v2: an earlier supervisor may have moved the service to its leaf, so that this one was started there. The groups of boxes
// belong beside the leaf, where this supervisor finds those of dead ones.
static void leave_leaf(char *own) {
  char *name = strrchr(own, '/');
  if (name && strcmp(name + 1, LEAF) == 0) name[name == own] = 0;
}

// v2: a group with processes cannot give controllers to groups below it, so its processes move to a leaf.
static void move_members_to_leaf(int base) {
  if (mkdirat(base, LEAF, 0755) < 0 && errno != EEXIST) die("cannot make the control group " LEAF);
  int leaf = openat(base, LEAF, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  char text[16384];
  if (leaf < 0 || read_file_at(base, "cgroup.procs", text, sizeof text) < 0) die("cannot read cgroup.procs");
  for (char *next = text; *next;) {
    char pid[16];
    size_t length = strcspn(next, "\n");
    snprintf(pid, sizeof pid, "%.*s", (int)length, next);
    if (write_file_at(leaf, "cgroup.procs", pid) < 0 && errno != ESRCH && errno != EINVAL)
      die("cannot move process %s to the control group " LEAF, pid);
    next += length + (next[length] == '\n');
  }
  close(leaf);
}

static void make_parent(int controller, const char *base) {
  remove_dead_owners(base);
  int written = snprintf(parents[controller], MAX_PATH, "%s/" PREFIX "%d-%llu-%lu", base, getpid(), start_time(getpid()), own_namespace());
  if (written >= MAX_PATH) die("the path of the control group is too long: %s", base);
  if (mkdir(parents[controller], 0755) < 0 && errno != EEXIST)
    die("cannot make the control group %s (a cgroup file system that this user may write to is needed)", parents[controller]);
  parent_dirs[controller] = open_directory(parents[controller]);
  if (parent_dirs[controller] < 0) die("cannot open %s", parents[controller]);
  if (!lock_directory(parent_dirs[controller])) die("cannot lock the control group %s", parents[controller]);
}

static void set_up_v2(const char *base) {
  int directory = open_directory(base);
  if (directory < 0) die("cannot open the control group %s", base);
  if (delegate(directory) < 0) {
    if (errno != EBUSY) die("cannot enable the controllers memory, pids and cpu below %s", base);
    move_members_to_leaf(directory);
    if (delegate(directory) < 0) die("cannot enable the controllers memory, pids and cpu below %s", base);
  }
  close(directory);
  make_parent(MEMORY, base);
  if (delegate(parent_dirs[MEMORY]) < 0) die("cannot enable controllers in %s", parents[MEMORY]);
}

static void set_up_v1(void) {
  for (int i = 0; i < CONTROLLERS; i++) {
    char mount[MAX_PATH / 2], own[MAX_PATH / 2], base[MAX_PATH];
    if (!find_mount(NAMES[i], mount, sizeof mount))
      die("the control group controller %s is missing: neither cgroup v2 with memory, pids and cpu nor v1 with it", NAMES[i]);
    make_writable(mount);
    own_path(NAMES[i], own, sizeof own);
    snprintf(base, sizeof base, "%s%s", mount, strcmp(own, "/") == 0 ? "" : own);
    make_parent(i, access(base, W_OK) == 0 ? base : mount);
  }
}

// Weighs the groups so that a slot gets as much CPU time as any other process, on a busy machine too.
static void weigh(int slots) {
  char text[16];
  bool is_v2 = version == 2;
  int each = is_v2 ? 100 : 1024, max = is_v2 ? 10000 : 262144;
  snprintf(text, sizeof text, "%d", each * slots < max ? each * slots : max);
  if (write_file_at(parent_dirs[is_v2 ? MEMORY : CPU], is_v2 ? "cpu.weight" : "cpu.shares", text) < 0)
    die("cannot set the weight of %s", parents[is_v2 ? MEMORY : CPU]);
}

// Whether systemd has handed this group over, as with Delegate=yes: then the groups of boxes belong below it, where the unit's
// own limits hold and a stop of the unit finds them.
static bool is_handed_over(const char *mount, const char *own) {
  char path[MAX_PATH], value;
  snprintf(path, sizeof path, "%s%s", mount, own);
  return (getxattr(path, "trusted.delegate", &value, 1) == 1 || getxattr(path, "user.delegate", &value, 1) == 1) && value == '1';
}

static void find_groups(const char *forced_base) {
  char mount[MAX_PATH / 2], own[MAX_PATH / 2], base[MAX_PATH], type[MAX_PATH + 32];
  errno = 0;
  if (forced_base || (find_mount(NULL, mount, sizeof mount) && has_controllers(mount))) {
    version = 2;
    if (forced_base) {
      set_up_v2(forced_base);
      return;
    }
    make_writable(mount);
    own_path("", own, sizeof own);
    leave_leaf(own);
    // Only the root of the whole hierarchy lacks cgroup.type. It may have both processes and groups with controllers.
    snprintf(type, sizeof type, "%s/cgroup.type", mount);
    bool true_root = access(type, F_OK) < 0 && access(mount, W_OK) == 0 && !is_handed_over(mount, own);
    snprintf(base, sizeof base, "%s%s", mount, true_root || strcmp(own, "/") == 0 ? "" : own);
    set_up_v2(base);
    return;
  }
  version = 1;
  set_up_v1();
}

void cgroup_setup(const char *forced_base, int slots) {
  find_groups(forced_base);
  weigh(slots);
}

void cgroup_teardown(void) {
  for (int i = 0; i < (version == 1 ? CONTROLLERS : 1); i++) {
    char *name = strrchr(parents[i], '/');
    if (!name) continue; // not made yet
    *name = 0;
    int base = open_directory(parents[i]);
    if (base >= 0) remove_tree(base, name + 1, 0);
  }
}
