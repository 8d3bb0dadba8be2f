// The control group hierarchies that this supervisor's groups live in.
#ifndef CGROUP_HIERARCHY_H
#define CGROUP_HIERARCHY_H
#include "cgroup.h"

enum controller { MEMORY, PIDS, CPU, CPUACCT, CONTROLLERS };

// The directory below which the groups of a controller are made; on v2 that of MEMORY serves all.
int hierarchy_parent(enum controller controller);
#endif
