// A few blobs are enough: a container serves one submission.
#include "blobs.h"
#include "connection.h"
#include "tree.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAX_BLOBS = 16 };
static struct blob blobs[MAX_BLOBS];

const struct blob *blob_of(uint32_t id) {
  for (int i = 0; id != 0 && i < MAX_BLOBS; i++)
    if (blobs[i].id == id) return &blobs[i];
  return NULL;
}

const uint8_t *blob_map(const struct blob *blob) {
  void *bytes = mmap(NULL, blob->length, PROT_READ, MAP_SHARED, blob->file, 0);
  return bytes == MAP_FAILED ? NULL : bytes;
}

void blob_unmap(const struct blob *blob, const uint8_t *bytes) { munmap((void *)bytes, blob->length); }

void blob_drop(uint32_t id) {
  struct blob *blob = (struct blob *)blob_of(id);
  if (!blob) return;
  close(blob->file);
  *blob = (struct blob){0};
}

static bool write_all(int file, const uint8_t *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t written = write(file, bytes + done, length - done);
    if (written <= 0) return false;
    done += written;
  }
  return true;
}

// Keeps two pieces as one blob. It is never empty: it begins with the count of files.
static bool keep(uint32_t id, const uint8_t *head, size_t head_length, const uint8_t *tail, size_t tail_length,
                 struct failure *failure) {
  blob_drop(id);
  struct blob *place = NULL;
  for (int i = 0; i < MAX_BLOBS && !place; i++)
    if (blobs[i].id == 0) place = &blobs[i];
  if (!place) return set_failure(failure, FAILURE_PERMANENT, "more than %d artifacts", MAX_BLOBS);
  int file = memfd_create("artifact", MFD_CLOEXEC);
  if (file < 0 || !write_all(file, head, head_length) || !write_all(file, tail, tail_length)) {
    set_failure(failure, FAILURE_RETRYABLE, "cannot keep an artifact: %s", strerror(errno));
    if (file >= 0) close(file);
    return false;
  }
  *place = (struct blob){.id = id, .file = file, .length = head_length + tail_length};
  return true;
}

bool blob_keep(uint32_t id, const uint8_t *bytes, size_t length, struct failure *failure) {
  return keep(id, bytes, length, NULL, 0, failure);
}

struct collecting {
  struct tree_visitor visitor;
  struct writer files; // grows as frames do; the header that `write_start` made is not kept
  uint16_t count;
};

static bool collect_directory(struct tree_visitor *visitor, const char *path) { return true; }

static bool collect_file(struct tree_visitor *visitor, const char *path, int file, const struct stat *status) {
  struct collecting *collecting = (struct collecting *)visitor;
  size_t length = status->st_size;
  uint8_t *bytes = malloc(length + 1);
  if (!bytes) die("out of memory");
  size_t got = 0;
  for (ssize_t more = 1; got < length && more > 0; got += more > 0 ? more : 0) more = read(file, bytes + got, length - got);
  if (got == length) {
    write_bytes(&collecting->files, path, strlen(path));
    write_bytes(&collecting->files, bytes, length);
    collecting->count++;
  } else {
    set_failure(visitor->failure, FAILURE_RETRYABLE, "cannot read the build's output: %s", strerror(errno));
  }
  free(bytes);
  return got == length;
}

int64_t blob_collect(uint32_t id, int directory, struct failure *failure) {
  struct collecting collecting = {
      .visitor = {.directory = collect_directory, .file = collect_file, .failure = failure}};
  write_start(&collecting.files, 0, 0);
  const size_t header = collecting.files.length;
  bool done = tree_walk(directory, &collecting.visitor);
  if (done) {
    done = keep(id, (const uint8_t *)&collecting.count, sizeof collecting.count, collecting.files.data + header,
                collecting.files.length - header, failure);
    if (!done) failure->kind = FAILURE_RETRYABLE; // a permanent failure would be the build's
  }
  free(collecting.files.data);
  return done ? collecting.visitor.bytes : -1;
}

void blob_send(uint32_t id, uint32_t artifact) {
  const struct blob *blob = blob_of(artifact);
  if (!blob) return connection_fail(id, FAILURE_PERMANENT, "there is no artifact %u", artifact);
  const uint8_t *bytes = blob_map(blob);
  if (!bytes) return connection_fail(id, FAILURE_RETRYABLE, "cannot read an artifact: %s", strerror(errno));
  struct writer writer;
  write_start(&writer, FRAME_ARTIFACT, id);
  write_bytes(&writer, bytes, blob->length);
  blob_unmap(blob, bytes);
  connection_send(&writer);
}
