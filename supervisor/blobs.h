// Artifacts in memory, where no program can change them: the sources of a submission and its builds, each as `{u16 n,
// n x {string path, string content}}`. They are unnamed files, not mappings: what this process has mapped when it starts
// a program would count as that program's memory (ru_maxrss).
#ifndef BLOBS_H
#define BLOBS_H
#include "frames.h"

struct blob {
  uint32_t id;
  int file;
  size_t length;
};

// Keeps a copy. Returns false with a failure.
bool blob_keep(uint32_t id, const uint8_t *bytes, size_t length, struct failure *failure);
// Keeps the regular files below `directory`, as `tree_walk` finds them. Returns their bytes, or -1 with a failure as
// `tree_walk` reports it.
int64_t blob_collect(uint32_t id, int directory, struct failure *failure);
void blob_drop(uint32_t id);
// Answers the request `id` with a blob, or with a failure.
void blob_send(uint32_t id, uint32_t artifact);
// NULL if there is none.
const struct blob *blob_of(uint32_t id);
// Maps its bytes until `blob_unmap`. NULL with errno.
const uint8_t *blob_map(const struct blob *blob);
void blob_unmap(const struct blob *blob, const uint8_t *bytes);
#endif
