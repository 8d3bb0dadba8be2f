// Validates submitted names before it uses them. Opens what a program left without following links, by descriptors only,
// and without blocking.
#include "tree.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static bool write_one(int directory, struct reader *reader, struct failure *failure) {
  char path[MAX_PATH];
  uint32_t length;
  const uint8_t *name = read_bytes(reader, sizeof path - 1, &length);
  memcpy(path, name, length);
  path[length] = 0;
  // Clients choose the names, so a bad one fails the request and does not end the connection.
  if (!reader->broken && HAS(NAME_CHECK) && (strlen(path) != length || !is_relative_path(path)))
    return set_failure(failure, FAILURE_PERMANENT, "the file name %.200s is not a plain relative path", path);
  const uint8_t *bytes = read_bytes(reader, MAX_ARTIFACT_BYTES, &length);
  if (reader->broken) return false;
  int file = make_file(directory, path);
  bool done = file >= 0 && write_all(file, bytes, length);
  if (!done) {
    bool by_name = errno == EEXIST || errno == ENOTDIR; // two names that exclude each other
    set_failure(failure, by_name ? FAILURE_PERMANENT : FAILURE_RETRYABLE, "cannot store %.200s: %s", path, strerror(errno));
  }
  // Readable for all; a program that is one of the files may be started.
  if (file >= 0 && fchmod(file, 0755) < 0) done = false;
  if (file >= 0) close(file);
  return done;
}

bool tree_write(int directory, struct reader *reader, struct failure *failure) {
  uint16_t count = read_u16(reader);
  if (count > MAX_FILES) reader->broken = true;
  bool done = !reader->broken;
  for (uint16_t i = 0; i < count && done; i++) done = write_one(directory, reader, failure);
  if (done && reader->next != reader->end) reader->broken = true;
  return done && !reader->broken;
}

static bool walk(struct tree_visitor *visitor, int from, char *path, int depth);

static bool fail(struct tree_visitor *visitor) {
  return set_failure(visitor->failure, FAILURE_RETRYABLE, "cannot read the build's output: %s", strerror(errno));
}

// Opens a file or directory even if its mode shuts out its owner, which in a container is this process. A program chooses
// the modes of what it leaves, and must not cause a failure of the sandbox with them.
static int open_below(int from, const char *name, int flags) {
  struct stat status;
  int file = openat(from, name, flags);
  if (file >= 0 || errno != EACCES) return file;
  bool is_own = fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
  if (is_own && fchmodat(from, name, 0700, 0) == 0) return openat(from, name, flags);
  errno = EACCES;
  return -1;
}

static bool visit_file(struct tree_visitor *visitor, int from, const char *name, const char *path) {
  struct stat status;
  const int flags = (HAS(LINK_CHECK) ? O_NOFOLLOW : 0) | (HAS(FIFO_CHECK) ? O_NONBLOCK : 0);
  int source = open_below(from, name, O_RDONLY | flags | O_CLOEXEC);
  if (source < 0 && (errno == ELOOP || errno == ENXIO || errno == EACCES)) return true; // a link, a socket, a device
  if (source < 0) return fail(visitor);
  bool done = true;
  if (fstat(source, &status) == 0 && S_ISREG(status.st_mode)) {
    visitor->bytes += status.st_size;
    if (HAS(COLLECT_BOUNDS) && visitor->bytes > MAX_ARTIFACT_BYTES)
      done = set_failure(visitor->failure, FAILURE_PERMANENT, "the build's output is larger than %d MiB", MAX_ARTIFACT_BYTES >> 20);
    done = done && visitor->file(visitor, path, source, &status);
  }
  close(source);
  return done;
}

static bool visit(struct tree_visitor *visitor, int from, const char *name, char *path, int depth) {
  size_t before = strlen(path);
  if (before + strlen(name) + 2 > MAX_PATH ||
      (HAS(COLLECT_BOUNDS) && (++visitor->entries > MAX_ARTIFACT_ENTRIES || depth == MAX_ARTIFACT_DEPTH)))
    return set_failure(visitor->failure, FAILURE_PERMANENT,
                       "the build's output has more than %d entries, %d levels or %d bytes in a path", MAX_ARTIFACT_ENTRIES,
                       MAX_ARTIFACT_DEPTH, MAX_PATH);
  snprintf(path + before, MAX_PATH - before, "%s%s", before ? "/" : "", name);
  int inner = open_below(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  bool done;
  if (inner >= 0) {
    done = visitor->directory(visitor, path) && walk(visitor, inner, path, depth + 1);
    close(inner);
  } else {
    done = visit_file(visitor, from, name, path);
  }
  path[before] = 0;
  return done;
}

static bool walk(struct tree_visitor *visitor, int from, char *path, int depth) {
  int copy = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0 && errno == EACCES && fchmod(from, 0700) == 0) copy = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *entries = copy < 0 ? NULL : fdopendir(copy);
  if (!entries) return fail(visitor);
  bool done = true;
  for (struct dirent *entry; done && (entry = readdir(entries));) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    done = visit(visitor, from, entry->d_name, path, depth);
  }
  closedir(entries);
  return done;
}

bool tree_walk(int directory, struct tree_visitor *visitor) {
  char path[MAX_PATH] = "";
  visitor->bytes = visitor->entries = 0;
  return walk(visitor, directory, path, 0);
}
