// A few blobs are enough: a container serves one submission.
#include "blobs.h"
#include "tree.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_BLOBS = 16 };
static struct blob blobs[MAX_BLOBS];

const struct blob *blob_of(uint32_t id) {
  for (int i = 0; id != 0 && i < MAX_BLOBS; i++)
    if (blobs[i].id == id) return &blobs[i];
  return NULL;
}

void blob_drop(uint32_t id) {
  struct blob *blob = (struct blob *)blob_of(id);
  if (!blob) return;
  free(blob->bytes);
  *blob = (struct blob){0};
}

// Takes over `bytes`.
static bool keep(uint32_t id, uint8_t *bytes, size_t length, char *message, size_t size) {
  blob_drop(id);
  for (int i = 0; i < MAX_BLOBS; i++) {
    if (blobs[i].id != 0) continue;
    blobs[i] = (struct blob){.id = id, .bytes = bytes, .length = length};
    return true;
  }
  free(bytes);
  snprintf(message, size, "more than %d artifacts", MAX_BLOBS);
  return false;
}

bool blob_keep(uint32_t id, const uint8_t *bytes, size_t length, char *message, size_t size) {
  uint8_t *copy = malloc(length);
  if (!copy) die("out of memory");
  memcpy(copy, bytes, length);
  return keep(id, copy, length, message, size);
}

struct collecting {
  struct tree_visitor visitor;
  struct writer files; // a frame's, so that it grows as frames do; its header is not kept
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
    snprintf(visitor->message, visitor->size, "!cannot read the build's output: %s", strerror(errno));
  }
  free(bytes);
  return got == length;
}

int64_t blob_collect(uint32_t id, int directory, char *message, size_t size) {
  struct collecting collecting = {
      .visitor = {.directory = collect_directory, .file = collect_file, .message = message, .size = size}};
  write_start(&collecting.files, 0, 0);
  const size_t header = collecting.files.length;
  bool done = tree_walk(directory, &collecting.visitor);
  size_t length = collecting.files.length - header;
  uint8_t *bytes = done ? malloc(sizeof collecting.count + length) : NULL;
  if (done && !bytes) die("out of memory");
  if (done) {
    memcpy(bytes, &collecting.count, sizeof collecting.count);
    memcpy(bytes + sizeof collecting.count, collecting.files.data + header, length);
  }
  free(collecting.files.data);
  if (!done || !keep(id, bytes, sizeof collecting.count + length, message, size)) return -1;
  return collecting.visitor.bytes;
}
