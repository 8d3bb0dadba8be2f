// The store is a tmpfs of the supervisor with one directory per artifact. Boxes see an artifact through a second,
// read-only mount of it. The output of a build is copied after its box is gone.
#include "store.h"
#include "blobs.h"
#include "tree.h"
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

static int files, shown; // the writable and the read-only mount of the store

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

// Returns the artifact's directory, or -1 with a failure.
static int make_artifact(uint32_t id, struct failure *failure) {
  char name[16];
  artifact_name(id, name);
  int directory = mkdirat(files, name, 0755) < 0 ? -1 : openat(files, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) set_failure(failure, FAILURE_RETRYABLE, "cannot make artifact %u: %s", id, strerror(errno));
  return directory;
}

// Empties a directory of the store. Only the supervisor writes there, and it never makes links.
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

bool store_files(uint32_t id, struct reader *reader, struct failure *failure) {
  int directory = make_artifact(id, failure);
  if (directory < 0) return false;
  bool done = tree_write(directory, reader, failure);
  close(directory);
  if (!done) store_drop(id);
  return done;
}

struct copying {
  struct tree_visitor visitor;
  int target;
  // Bytes of the store that the copy takes and may take: an eighth of the free ones, so that the store never fills.
  int64_t charged, room;
};

// Charges pages and an inode. Returns false if the store has no room for them now, which is not the build's fault.
static bool charge(struct copying *copying, int64_t bytes) {
  copying->charged += ((bytes + 4095) & ~4095ll) + 1024;
  if (copying->charged <= copying->room || !HAS(COLLECT_BOUNDS)) return true;
  return set_failure(copying->visitor.failure, FAILURE_RETRYABLE, "the store has no room for a build of this size now");
}

static bool cannot_keep(struct copying *copying) {
  return set_failure(copying->visitor.failure, FAILURE_RETRYABLE, "cannot keep the build's output: %s", strerror(errno));
}

static bool copy_directory(struct tree_visitor *visitor, const char *path) {
  struct copying *copying = (struct copying *)visitor;
  return charge(copying, 0) && (mkdirat(copying->target, path, 0755) == 0 || cannot_keep(copying));
}

static bool copy_file(struct tree_visitor *visitor, const char *path, int source, const struct stat *status) {
  struct copying *copying = (struct copying *)visitor;
  if (!charge(copying, status->st_size)) return false;
  int target = openat(copying->target, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  off_t left = status->st_size;
  while (target >= 0 && left > 0) {
    ssize_t sent = sendfile(target, source, NULL, left);
    if (sent <= 0) break;
    left -= sent;
  }
  bool done = target >= 0 && left == 0 && fchmod(target, status->st_mode & 0111 ? 0555 : 0444) == 0;
  if (!done) cannot_keep(copying);
  if (target >= 0) close(target);
  return done;
}

int64_t store_collect(uint32_t id, int directory, struct failure *failure) {
  struct statvfs free;
  struct copying copying = {.visitor = {.directory = copy_directory, .file = copy_file, .failure = failure}};
  if (fstatvfs(files, &free) == 0) copying.room = (int64_t)free.f_bavail * free.f_bsize / 8;
  copying.target = make_artifact(id, failure);
  if (copying.target < 0) return -1;
  bool done = tree_walk(directory, &copying.visitor);
  close(copying.target);
  if (done) return copying.charged;
  store_drop(id);
  return -1;
}

bool store_pack(uint32_t id, struct failure *failure) {
  char name[16];
  artifact_name(id, name);
  int directory = openat(files, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return set_failure(failure, FAILURE_PERMANENT, "there is no artifact %u", id);
  bool done = blob_collect(id, directory, failure) >= 0;
  close(directory);
  return done;
}
