// Artifacts: read-only directories in memory, made from files of the service or from what a build left.
#ifndef STORE_H
#define STORE_H
#include "frames.h"

void store_setup(const char *run_directory, uint64_t bytes);
// Makes an artifact from the rest of a STORE frame. Sets `reader->broken` when the frame is malformed. Returns false
// with a message when it cannot be kept.
bool store_files(uint32_t id, struct reader *reader, char *message, size_t size);
// Copies the regular files below `directory`, which no process can change any more. Links, devices and FIFOs are left
// out. Returns the bytes of the store that they take, or -1 with a message that says which bound of a build's output was
// passed; one that begins with "!" is our own failure.
int64_t store_collect(uint32_t id, int directory, char *message, size_t size);
void store_drop(uint32_t id);
// A detached read-only mount of an artifact. -1 with errno.
int store_tree(uint32_t id);
#endif
