// A small table of the classes that were used last. Knows nothing of slots.
#include "warm-class.h"
#include <stdlib.h>
#include <string.h>

enum { CLASSES = 16 }; // more than slots for runtimes that wait, so that one of them has none

static struct warm_class classes[CLASSES];
static int class_count;
static uint64_t last_use;

static bool is_same(const struct run_request *a, const struct run_request *b) {
  return a->root == b->root && a->stack_bytes == b->stack_bytes && a->file_size == b->file_size &&
         a->open_files == b->open_files && a->processes == b->processes && a->argument_count == b->argument_count &&
         a->variable_count == b->variable_count && a->strings_length == b->strings_length &&
         memcmp(a->strings, b->strings, a->strings_length) == 0;
}

struct warm_class *warm_class_of(const struct run_request *run) {
  if (!run->has_gate || run->streams) return NULL;
  for (int i = 0; i < class_count; i++)
    if (is_same(&classes[i].run, run)) return &classes[i];
  return NULL;
}

static struct warm_class *place_for_new(void) {
  if (class_count < CLASSES) return &classes[class_count++];
  struct warm_class *oldest = NULL;
  for (int i = 0; i < class_count; i++)
    if (!classes[i].spares && (!oldest || classes[i].used < oldest->used)) oldest = &classes[i];
  if (oldest) free(oldest->run.strings);
  return oldest;
}

struct warm_class *warm_class_add(const struct run_request *run) {
  if (!run->has_gate || run->streams) return NULL;
  struct warm_class *class = warm_class_of(run);
  if (!class) {
    class = place_for_new();
    if (!class) return NULL;
    *class = (struct warm_class){.run = *run};
    class->run.strings = malloc(run->strings_length);
    if (!class->run.strings) die("out of memory");
    memcpy(class->run.strings, run->strings, run->strings_length);
    class->run.code = class->run.build = class->run.collect = 0;
    class->run.stdin_file = -1;
  }
  class->used = ++last_use;
  class->runs++;
  class->run.memory = run->memory;
  return class;
}

struct warm_class *warm_classes(int *count) {
  *count = class_count;
  return classes;
}
