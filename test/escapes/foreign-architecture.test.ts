// System calls by the numbers of another architecture: 32-bit ones by int 0x80, where 26 is ptrace and not msync, and
// those of the x32 ABI. A filter that looks at numbers alone lets through what they mean there.

import { test } from 'node:test';
import { shows } from './attack.ts';
import { attack, without } from './stage.ts';

const old = attack(`
static bool is_traced(void) {
  char line[256];
  FILE *status = fopen("/proc/self/status", "r");
  while (status && fgets(line, sizeof line, status))
    if (strncmp(line, "TracerPid:\\t", 11) == 0) return atoi(line + 11) != 0;
  return false;
}
// Asks to be traced by the parent (PTRACE_TRACEME). A kernel without 32-bit calls takes it for msync, which does nothing.
static bool trace(void) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(26), "b"(0), "c"(0), "d"(0), "S"(0) : "memory", "r8", "r9", "r10", "r11");
  errno = result < 0 ? -result : ENOSYS;
  return result == 0 && is_traced();
}
int main(void) {
  attempt("ptrace by its 32-bit number", trace);
  return 0;
}`);
const x32 = attack(`
// A kernel without the ABI answers ENOSYS, which is past the filter all the same.
static bool trace(void) { return syscall(0x40000000 | 521, 0, 0, 0, 0) == 0 || errno == ENOSYS; }
static bool plain(void) { return syscall(0x40000000 | SYS_getpid) > 0 || errno == ENOSYS; }
int main(void) {
  attempt("ptrace by its x32 number", trace);
  attempt("getpid by its x32 number", plain);
  return 0;
}`);
const options = { skip: process.arch === 'x64' ? false : 'these ABIs exist on x86_64 only' };

test('a 32-bit call passes no filter', options, shows(old, without('ARCHITECTURE_CHECK')));
test('a call of the x32 ABI passes no filter', options, shows(x32, without('SECCOMP')));
