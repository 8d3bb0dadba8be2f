// A root is a tmpfs with the directories that every box needs, five devices, a short passwd, and read-only binds of a
// toolchain's files. It is mounted in the supervisor's mount namespace only, and becomes read-only once it is complete.
#include "root.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static char base[MAX_PATH / 2];
static char paths[MAX_ROOTS][MAX_PATH];
static uint32_t ids[MAX_ROOTS];
static int count;
static uid_t uid_base;
static int uid_count;

const char *root_path(uint32_t id) {
  for (int i = 0; i < count; i++)
    if (ids[i] == id) return paths[i];
  return NULL;
}

void root_setup(const char *run_directory, uid_t first_uid, int slots) {
  uid_base = first_uid;
  uid_count = slots;
  if (unshare(CLONE_NEWNS) < 0) die("cannot make a mount namespace (root or CAP_SYS_ADMIN is needed)");
  // Later mounts of the machine are visible here; mounts made here are visible nowhere else.
  if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) die("cannot separate the mounts");
  if (mount("supervisor", run_directory, "tmpfs", MS_NOSUID, "size=1m,mode=0700") < 0) die("cannot mount a tmpfs on %s", run_directory);
  snprintf(base, sizeof base, "%s", run_directory);
}

// Links in a root are for boxes: followed here, they would lead to the machine's files.
static bool is_link(const char *path) {
  struct stat status;
  if (lstat(path, &status) < 0 || !S_ISLNK(status.st_mode)) return false;
  errno = ELOOP;
  return true;
}

// `path` is below `root`, which exists and belongs to the supervisor.
static bool make_parents(const char *root, char *path) {
  for (char *slash = strchr(path + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    int failed = (mkdir(path, 0755) < 0 && errno != EEXIST && errno != EROFS) || is_link(path);
    *slash = '/';
    if (failed) return false;
  }
  return true;
}

// Flags that a mount brought into a user namespace are locked: they can be kept only.
static bool restrict_mount(const char *path, unsigned long flags) {
  struct statvfs status;
  if (mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | flags, NULL) == 0) return true;
  if (errno != EPERM || statvfs(path, &status) < 0) return false;
  flags |= status.f_flag & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
  return mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | flags, NULL) == 0;
}

static bool bind(const char *source, const char *root, char *target) {
  struct stat status;
  if (stat(source, &status) < 0 || !make_parents(root, target) || is_link(target)) return false;
  if (S_ISDIR(status.st_mode)) {
    if (mkdir(target, 0755) < 0 && errno != EEXIST) return false;
  } else {
    int file = open(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) return false;
    close(file);
  }
  if (mount(source, target, NULL, MS_BIND, NULL) < 0) return false;
  unsigned long read_only = HAS(READ_ONLY_ROOT) ? MS_RDONLY : 0;
  unsigned long kinds = (HAS(NO_SETUID_FILES) ? MS_NOSUID : 0) | (HAS(NO_DEVICES) ? MS_NODEV : 0);
  return restrict_mount(target, read_only | kinds);
}

static bool is_plain(const char *path) {
  if (path[0] != '/' || path[1] == 0) return false;
  for (const char *part = path; part; part = strchr(part + 1, '/')) {
    size_t length = strcspn(part + 1, "/");
    if (length == 0 || strncmp(part + 1, "..", length) == 0) return false;
  }
  return true;
}

static bool make_text(const char *root, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool make_text(const char *root, const char *name, const char *format, ...) {
  char path[MAX_PATH + 64];
  snprintf(path, sizeof path, "%s/%s", root, name);
  FILE *file = fopen(path, "we");
  if (!file) return false;
  va_list arguments;
  va_start(arguments, format);
  vfprintf(file, format, arguments);
  va_end(arguments);
  if (strcmp(name, "etc/passwd") == 0)
    for (int i = 0; i < uid_count; i++) fprintf(file, "box%d:x:%u:%u::/tmp:/bin/sh\n", i, uid_base + i, uid_base + i);
  if (strcmp(name, "etc/group") == 0)
    for (int i = 0; i < uid_count; i++) fprintf(file, "box%d:x:%u:\n", i, uid_base + i);
  return fclose(file) == 0 && chmod(path, 0644) == 0;
}

// What a container without the right to make nodes has already, as /dev/NAME, is shown instead.
static bool show_device(const char *path, const char *name, dev_t device) {
  char source[64];
  struct stat status;
  snprintf(source, sizeof source, "/dev/%s", name);
  if (stat(source, &status) < 0) return false;
  if (!S_ISCHR(status.st_mode) || status.st_rdev != device) {
    errno = ENODEV;
    return false;
  }
  int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0) return false;
  close(file);
  return mount(source, path, NULL, MS_BIND, NULL) == 0 && restrict_mount(path, MS_RDONLY | MS_NOSUID | MS_NOEXEC);
}

static bool make_device(const char *root, const char *name, unsigned major_number, unsigned minor_number) {
  char path[MAX_PATH + 64];
  dev_t device = makedev(major_number, minor_number);
  snprintf(path, sizeof path, "%s/dev/%s", root, name);
  if (mknod(path, S_IFCHR | 0666, device) == 0) return chmod(path, 0666) == 0;
  return errno == EPERM && show_device(path, name, device);
}

static bool make_link(const char *root, const char *name, const char *target) {
  char path[MAX_PATH + 64];
  snprintf(path, sizeof path, "%s/%s", root, name);
  return symlink(target, path) == 0;
}

// Makes what every box has, whatever its toolchain.
static bool furnish(const char *root) {
  static const char *const directories[] = {"dev", "dev/pts", "proc", "box", "code", "build", "etc"};
  for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
    char path[MAX_PATH + 64];
    snprintf(path, sizeof path, "%s/%s", root, directories[i]);
    if (mkdir(path, 0755) < 0) return false;
  }
  return make_device(root, "null", 1, 3) && make_device(root, "zero", 1, 5) && make_device(root, "full", 1, 7) &&
         make_device(root, "random", 1, 8) && make_device(root, "urandom", 1, 9) &&
         make_device(root, "tty", 5, 0) && // the terminal of the process that opens it, if it has one
         make_link(root, "dev/fd", "/proc/self/fd") && make_link(root, "dev/stdin", "/proc/self/fd/0") &&
         make_link(root, "dev/stdout", "/proc/self/fd/1") && make_link(root, "dev/stderr", "/proc/self/fd/2") &&
         make_link(root, "dev/shm", "/box/tmp") && make_link(root, "tmp", "/box/tmp") &&
         make_text(root, "etc/passwd", "root:x:0:0:root:/:/bin/sh\n") && make_text(root, "etc/group", "root:x:0:\n") &&
         make_text(root, "etc/hosts", "127.0.0.1 localhost box\n::1 localhost\n");
}

static bool add_mount(const char *root, uint8_t kind, const char *source, const char *target) {
  char path[2 * MAX_PATH + 64];
  snprintf(path, sizeof path, "%s%s", root, target);
  if (kind == 0) return bind(source, root, path);
  return make_parents(root, path) && symlink(source, path) == 0;
}

static bool build(const char *path, struct reader *reader, struct failure *failure) {
  if (mkdir(path, 0755) < 0 || mount("root", path, "tmpfs", MS_NOSUID, "size=1m,mode=0755") < 0 || !furnish(path))
    return set_failure(failure, FAILURE_PERMANENT, "cannot make a root: %s", strerror(errno));
  uint16_t mounts = read_u16(reader);
  if (mounts > MAX_MOUNTS) reader->broken = true;
  for (uint16_t i = 0; i < mounts && !reader->broken; i++) {
    char source[MAX_PATH], target[MAX_PATH];
    uint8_t kind = read_u8(reader);
    read_text(reader, source, sizeof source);
    read_text(reader, target, sizeof target);
    if (kind > 1 || !is_plain(target)) reader->broken = true;
    if (!reader->broken && !add_mount(path, kind, source, target))
      return set_failure(failure, FAILURE_PERMANENT, "cannot show %.400s as %.400s: %s", source, target, strerror(errno));
  }
  if (reader->broken || reader->next != reader->end) {
    reader->broken = true;
    return false;
  }
  if (HAS(READ_ONLY_ROOT) && mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID, NULL) < 0)
    return set_failure(failure, FAILURE_PERMANENT, "cannot make a root read-only: %s", strerror(errno));
  return true;
}

// Directories that every root has, or that the container's own processes use.
static bool belongs_to_boxes(const char *name) {
  static const char *const names[] = {"dev", "proc", "sys", "run", "box", "code", "build", "tmp"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(name, names[i]) == 0) return true;
  return name[0] == '.'; // what an engine leaves in its containers
}

static bool show_entry(const char *root, const char *name) {
  char source[MAX_PATH], target[2 * MAX_PATH + 64], link[MAX_PATH];
  snprintf(source, sizeof source, "/%s", name);
  ssize_t length = readlink(source, link, sizeof link - 1);
  if (length >= 0) link[length] = 0;
  snprintf(target, sizeof target, "%s%s", root, source);
  return length >= 0 ? symlink(link, target) == 0 : bind(source, root, target);
}

bool root_show_image(void) {
  char path[MAX_PATH];
  snprintf(path, sizeof path, "%s/image", base);
  if (mkdir(path, 0755) < 0 || mount("root", path, "tmpfs", MS_NOSUID, "size=1m,mode=0755") < 0 || !furnish(path)) return false;
  DIR *entries = opendir("/");
  for (struct dirent *entry; entries && (entry = readdir(entries));)
    if (!belongs_to_boxes(entry->d_name) && !show_entry(path, entry->d_name)) return false;
  if (!entries) return false;
  closedir(entries);
  if (HAS(READ_ONLY_ROOT) && !restrict_mount(path, MS_RDONLY | MS_NOSUID)) return false;
  ids[count] = IMAGE_ROOT;
  snprintf(paths[count++], MAX_PATH, "%s", path);
  return true;
}

bool root_add(uint32_t id, struct reader *reader, struct failure *failure) {
  if (count == MAX_ROOTS || root_path(id))
    return set_failure(failure, FAILURE_PERMANENT, "root %u exists already, or there are %d", id, MAX_ROOTS);
  char path[MAX_PATH];
  snprintf(path, sizeof path, "%s/root-%u", base, id);
  if (!build(path, reader, failure)) {
    umount2(path, MNT_DETACH);
    rmdir(path);
    return false;
  }
  ids[count] = id;
  snprintf(paths[count++], MAX_PATH, "%s", path);
  return true;
}
