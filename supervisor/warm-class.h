// The classes of runs that runtimes may be started for ahead: the same command line, environment and root, and the same
// limits where the runtime reads them at its start. A runtime serves only runs of its own class.
#ifndef WARM_CLASS_H
#define WARM_CLASS_H
#include "frames.h"

struct warm_class {
  struct run_request run; // the latest one; of its artifacts, input and streams nothing is kept
  uint64_t used;          // number of the latest run, counted over all classes
  uint64_t runs;
  uint64_t bytes;         // memory of one that waits, as last measured
  uint64_t retry_ns;      // none is started before this, since one failed
  int wanted;             // how many should wait
  int spares;             // spare boxes that have it
};

// The class of a run, or NULL if there is none.
struct warm_class *warm_class_of(const struct run_request *run);
// The same, added in place of the one that was not used for longest.
struct warm_class *warm_class_add(const struct run_request *run);
// The classes, `*count` of them.
struct warm_class *warm_classes(int *count);
#endif
