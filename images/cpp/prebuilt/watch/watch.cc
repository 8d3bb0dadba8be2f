#include <csignal>
#include <exception>
#include <new>
#include <unistd.h>

namespace {
[[noreturn]] void end() {
  try {
    if (std::current_exception()) throw;
  } catch (const std::bad_alloc &) {
    static const char words[] = "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n";
    if (write(2, words, sizeof words - 1) >= 0) raise(SIGSTKFLT);
    raise(SIGSTKFLT);
  } catch (...) {
  }
  __gnu_cxx::__verbose_terminate_handler();
  __builtin_trap();
}

struct Watch {
  Watch() { std::set_terminate(end); }
} watch;
}
