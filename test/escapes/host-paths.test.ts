// What a box reveals of the machine: its name, its paths, its control groups and its users. What the kernel's table of
// mounts reveals is a residual risk that SECURITY.md names.

import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { run, sandboxOf } from './attack.ts';
import { attack, SERVING } from './stage.ts';

const revealer = attack(`
#include <sys/utsname.h>
static void print(const char *path) {
  char line[4096];
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file)) printf("%s: %s", path, line);
}
int main(int argc, char **argv) {
  struct utsname names;
  uname(&names);
  printf("name: %s\\n", names.nodename);
  print("/proc/self/cgroup");
  print("/proc/self/cmdline");
  print("/proc/self/environ");
  print("/etc/passwd");
  print("/etc/hosts");
  return 0;
}`);

test('a box has a name of its own and reveals no path of the machine', async () => {
  const { stdout } = await run(SERVING, revealer);
  await sandboxOf(SERVING);
  assert.match(stdout, /^name: box$/m);
  assert.ok(hostname() === 'box' || !stdout.includes(hostname()), stdout);
  assert.doesNotMatch(stdout, /code-execution|escapes-/);
  for (const [, path] of stdout.matchAll(/^\/proc\/self\/cgroup: \d+:[^:]*:(.*)$/gm))
    assert.match(path ?? '', /^\/$/, stdout);
});
