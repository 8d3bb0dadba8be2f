// What this process must be allowed to do, in a container too.
#ifndef REQUIREMENTS_H
#define REQUIREMENTS_H
#include "common.h"

// Ends the process with a message that names each missing right, and how a container gets it.
void require_rights(uid_t first_uid, int slots);
// Whether this process is in a user namespace that is not the machine's.
bool in_user_namespace(void);
// Whether the identifiers first to last exist in this process's user namespace. `map` is uid_map or gid_map.
bool ids_are_mapped(const char *map, unsigned first, unsigned last);
#endif
