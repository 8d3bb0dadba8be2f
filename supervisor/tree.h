// Trees of files: written from a frame, and read out of a place that a stranger's program wrote to.
#ifndef TREE_H
#define TREE_H
#include "frames.h"
#include <sys/stat.h>

// Writes `{u16 n, n x {string path, string content}}` below `directory`, which is ours and empty. Sets
// `reader->broken` when that is malformed. Returns false with a message when it cannot be kept; one that begins with
// "!" is our own failure.
bool tree_write(int directory, struct reader *reader, char *message, size_t size);

// Takes what `tree_walk` finds. Paths are relative, and parents come before what is in them. They return false with a
// message when the walk is to end.
struct tree_visitor {
  bool (*directory)(struct tree_visitor *visitor, const char *path);
  bool (*file)(struct tree_visitor *visitor, const char *path, int file, const struct stat *status);
  char *message;
  size_t size;
  // of the walk
  int64_t bytes;
  int entries;
};

// Visits the directories and regular files below `directory`, which no process changes any more, within the bounds of a
// build's output. Links, devices and FIFOs are left out. Returns false with a message that says which bound was passed,
// or begins with "!" when it is our own failure.
bool tree_walk(int directory, struct tree_visitor *visitor);
#endif
