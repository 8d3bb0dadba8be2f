// Trees of files: written from a frame, and read from a place to which an untrusted program wrote.
#ifndef TREE_H
#define TREE_H
#include "frames.h"
#include <sys/stat.h>

// Writes `{u16 n, n x {string path, string content}}` below `directory`, which is empty and which
// no program can write to. Sets
// `reader->broken` if that is malformed. Returns false with a failure if it cannot be kept: a permanent one if a name is
// to blame.
bool tree_write(int directory, struct reader *reader, struct failure *failure);

// Receives what `tree_walk` finds. Paths are relative, and parents come before what is in them. The functions return
// false with a failure to end the walk.
struct tree_visitor {
  bool (*directory)(struct tree_visitor *visitor, const char *path);
  bool (*file)(struct tree_visitor *visitor, const char *path, int file, const struct stat *status);
  struct failure *failure;
  // of the walk
  int64_t bytes;
  int entries;
};

// Visits the directories and regular files below `directory`, which no process changes any more, within the bounds of a
// build's output. Leaves out links, devices and FIFOs. Returns false with a failure: a permanent one names the bound that
// the build exceeded, a retryable one is the sandbox's own.
bool tree_walk(int directory, struct tree_visitor *visitor);
#endif
