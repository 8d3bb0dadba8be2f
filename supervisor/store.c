// The store is a tmpfs of the supervisor with one directory an artifact. Boxes see an artifact through a second,
// read-only mount of it. Files that came out of a box are opened without following links, by descriptors only, after
// the box is gone.
#include "store.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif

static int files, shown; // the writable and the read-only mount

void store_setup(const char *run_directory, uint64_t bytes) {
  char writable[MAX_PATH + 16], readable[MAX_PATH + 16], options[64];
  snprintf(writable, sizeof writable, "%s/files", run_directory);
  snprintf(readable, sizeof readable, "%s/shown", run_directory);
  snprintf(options, sizeof options, "mode=0755,size=%llu", (unsigned long long)bytes);
  if (mkdir(writable, 0755) < 0 || mkdir(readable, 0755) < 0) die("cannot make the store");
  if (mount("artifacts", writable, "tmpfs", MS_NOSUID | MS_NODEV, options) < 0) die("cannot mount the store");
  if (mount(writable, readable, NULL, MS_BIND, NULL) < 0 ||
      mount(NULL, readable, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) < 0)
    die("cannot show the store read-only");
  files = open(writable, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  shown = open(readable, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (files < 0 || shown < 0) die("cannot open the store");
}

static void artifact_name(uint32_t id, char name[16]) { snprintf(name, 16, "%u", id); }

int store_tree(uint32_t id) {
  char name[16];
  artifact_name(id, name);
  return syscall(SYS_open_tree, HAS(READ_ONLY_ARTIFACTS) ? shown : files, name, OPEN_TREE_CLONE | O_CLOEXEC);
}

static int make_artifact(uint32_t id) {
  char name[16];
  artifact_name(id, name);
  if (mkdirat(files, name, 0755) < 0) return -1;
  return openat(files, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

// Removes what is below a directory of our own; only we write there, and no link is ever made in it.
static void empty(int directory, int depth) {
  int copy = dup(directory);
  DIR *entries = copy < 0 ? NULL : fdopendir(copy);
  if (!entries) return;
  for (struct dirent *entry; (entry = readdir(entries));) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (unlinkat(directory, entry->d_name, 0) == 0 || depth > MAX_ARTIFACT_DEPTH + 1) continue;
    int inner = openat(directory, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (inner < 0) continue;
    empty(inner, depth + 1);
    close(inner);
    unlinkat(directory, entry->d_name, AT_REMOVEDIR);
  }
  closedir(entries);
}

void store_drop(uint32_t id) {
  char name[16];
  artifact_name(id, name);
  int directory = openat(files, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  empty(directory, 0);
  close(directory);
  unlinkat(files, name, AT_REMOVEDIR);
}

static bool is_relative_path(const char *path) {
  if (path[0] == '/' || path[0] == 0) return false;
  int depth = 0;
  for (const char *part = path; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL) {
    size_t length = strcspn(part, "/");
    if (length == 0 || length > 255 || strncmp(part, "..", length) == 0 || ++depth > MAX_ARTIFACT_DEPTH) return false;
  }
  return true;
}

static int make_file(int directory, char *path) {
  for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    int failed = mkdirat(directory, path, 0755) < 0 && errno != EEXIST;
    *slash = '/';
    if (failed) return -1;
  }
  return openat(directory, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
}

static bool write_all(int file, const uint8_t *bytes, uint32_t length) {
  for (uint32_t done = 0; done < length;) {
    ssize_t written = write(file, bytes + done, length - done);
    if (written <= 0) return false;
    done += written;
  }
  return true;
}

static bool store_one(int directory, struct reader *reader, char *message, size_t size) {
  char path[MAX_PATH];
  uint32_t length;
  const uint8_t *name = read_bytes(reader, sizeof path - 1, &length);
  memcpy(path, name, length);
  path[length] = 0;
  // A name is a stranger's choice, so a bad one is refused and does not end the connection.
  if (!reader->broken && HAS(NAME_CHECK) && (strlen(path) != length || !is_relative_path(path))) {
    snprintf(message, size, "the file name %.200s is not a plain relative path", path);
    return false;
  }
  const uint8_t *bytes = read_bytes(reader, MAX_FRAME_IN, &length);
  if (reader->broken) return false;
  int file = make_file(directory, path);
  bool done = file >= 0 && write_all(file, bytes, length);
  if (!done) {
    bool by_name = errno == EEXIST || errno == ENOTDIR; // two names that exclude each other
    snprintf(message, size, "%scannot store %.200s: %s", by_name ? "" : "!", path, strerror(errno));
  }
  // Readable for all; a program that is one of the files may be started.
  if (file >= 0 && fchmod(file, 0755) < 0) done = false;
  if (file >= 0) close(file);
  return done;
}

bool store_files(uint32_t id, struct reader *reader, char *message, size_t size) {
  uint16_t count = read_u16(reader);
  if (count > MAX_FILES) reader->broken = true;
  if (reader->broken) return false;
  int directory = make_artifact(id);
  if (directory < 0) {
    snprintf(message, size, "!cannot make artifact %u: %s", id, strerror(errno));
    return false;
  }
  bool done = true;
  for (uint16_t i = 0; i < count && done; i++) done = store_one(directory, reader, message, size);
  close(directory);
  if (done && reader->next != reader->end) reader->broken = true;
  if (!done || reader->broken) store_drop(id);
  return done && !reader->broken;
}

struct copying {
  int64_t bytes;         // of the files, which a build is judged by
  int64_t charged, room; // what they take of the store, and may take: an eighth of what is free, so that it never fills
  int entries;
  char *message;
  size_t size;
};

// Pages and an inode. Returns false when the store has no room for it now, which is not the build's fault.
static bool charge(struct copying *copying, int64_t bytes) {
  copying->charged += ((bytes + 4095) & ~4095ll) + 1024;
  if (copying->charged <= copying->room || !HAS(COLLECT_BOUNDS)) return true;
  snprintf(copying->message, copying->size, "!the store has no room for a build of this size now");
  return false;
}

static bool copy_file(int from, int to, const char *name, struct copying *copying) {
  struct stat status;
  const int flags = (HAS(LINK_CHECK) ? O_NOFOLLOW : 0) | (HAS(FIFO_CHECK) ? O_NONBLOCK : 0);
  int source = openat(from, name, O_RDONLY | flags | O_CLOEXEC);
  if (source < 0 && (errno == ELOOP || errno == ENXIO || errno == EACCES)) return true; // a link, a socket, a device
  if (source < 0) {
    snprintf(copying->message, copying->size, "!cannot read the build's output: %s", strerror(errno));
    return false;
  }
  if (fstat(source, &status) < 0 || !S_ISREG(status.st_mode)) {
    close(source);
    return true;
  }
  copying->bytes += status.st_size;
  if (HAS(COLLECT_BOUNDS) && copying->bytes > MAX_ARTIFACT_BYTES) {
    snprintf(copying->message, copying->size, "the build's output is larger than %d MiB", MAX_ARTIFACT_BYTES >> 20);
    close(source);
    return false;
  }
  if (!charge(copying, status.st_size)) {
    close(source);
    return false;
  }
  int target = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  off_t left = status.st_size;
  while (target >= 0 && left > 0) {
    ssize_t sent = sendfile(target, source, NULL, left);
    if (sent <= 0) break;
    left -= sent;
  }
  bool done = target >= 0 && left == 0 && fchmod(target, status.st_mode & 0111 ? 0555 : 0444) == 0;
  if (!done) snprintf(copying->message, copying->size, "!cannot keep the build's output: %s", strerror(errno));
  if (target >= 0) close(target);
  close(source);
  return done;
}

static bool copy_directory(int from, int to, int depth, struct copying *copying) {
  int copy = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *entries = copy < 0 ? NULL : fdopendir(copy);
  bool done = entries != NULL;
  if (!done) snprintf(copying->message, copying->size, "!cannot read the build's output: %s", strerror(errno));
  for (struct dirent *entry; done && (entry = readdir(entries));) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (HAS(COLLECT_BOUNDS) && (++copying->entries > MAX_ARTIFACT_ENTRIES || depth == MAX_ARTIFACT_DEPTH)) {
      snprintf(copying->message, copying->size, "the build's output has more than %d entries or %d levels",
               MAX_ARTIFACT_ENTRIES, MAX_ARTIFACT_DEPTH);
      done = false;
      break;
    }
    int inner = openat(from, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (inner < 0) {
      done = copy_file(from, to, entry->d_name, copying);
      continue;
    }
    if (!charge(copying, 0)) {
      close(inner);
      done = false;
      break;
    }
    int target = mkdirat(to, entry->d_name, 0755) < 0 ? -1 : openat(to, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (target < 0) snprintf(copying->message, copying->size, "!cannot keep the build's output: %s", strerror(errno));
    done = target >= 0 && copy_directory(inner, target, depth + 1, copying);
    if (target >= 0) close(target);
    close(inner);
  }
  if (entries) closedir(entries);
  return done;
}

int64_t store_collect(uint32_t id, int directory, char *message, size_t size) {
  struct statvfs free;
  struct copying copying = {.message = message, .size = size};
  if (fstatvfs(files, &free) == 0) copying.room = (int64_t)free.f_bavail * free.f_bsize / 8;
  int target = make_artifact(id);
  if (target < 0) {
    snprintf(message, size, "!cannot make artifact %u: %s", id, strerror(errno));
    return -1;
  }
  bool done = copy_directory(directory, target, 0, &copying);
  close(target);
  if (done) return copying.charged;
  store_drop(id);
  return -1;
}
