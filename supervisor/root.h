// The read-only roots that boxes see, built once and shared by the launchers of all slots.
#ifndef ROOT_H
#define ROOT_H
#include "frames.h"

enum { IMAGE_ROOT = 1 };

// Makes the supervisor's mount namespace and its directory for roots below `run_directory`.
void root_setup(const char *run_directory, uid_t first_uid, int slots);
// Builds root `id` from the rest of an ADD_ROOT frame. Sets `reader->broken` if the frame is malformed. Returns
// false with a failure if a mount fails.
bool root_add(uint32_t id, struct reader *reader, struct failure *failure);
// Builds root IMAGE_ROOT from the files of the container that this process is in. False with errno.
bool root_show_image(void);
// The directory of a root, NULL if there is none.
const char *root_path(uint32_t id);
#endif
