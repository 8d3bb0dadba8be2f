// Artifacts: read-only directories in memory, made from the service's files or from the output of a build.
#ifndef STORE_H
#define STORE_H
#include "frames.h"

void store_setup(const char *run_directory, uint64_t bytes);
// Makes an artifact from the rest of a STORE frame. Sets `reader->broken` if the frame is malformed. Returns false
// with a failure if it cannot be kept.
bool store_files(uint32_t id, struct reader *reader, struct failure *failure);
// Copies the regular files below `directory`, which no process can change any more. Leaves out links, devices and FIFOs.
// Returns the bytes of the store that they take, or -1 with a failure: a permanent one names the bound that the build
// exceeded, a retryable one is the sandbox's own.
int64_t store_collect(uint32_t id, int directory, struct failure *failure);
// Copies the files of an artifact into a blob of the same number. Returns false with a failure.
bool store_pack(uint32_t id, struct failure *failure);
void store_drop(uint32_t id);
// A detached read-only mount of an artifact. -1 with errno.
int store_tree(uint32_t id);
#endif
