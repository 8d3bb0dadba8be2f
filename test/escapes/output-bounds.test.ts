// Builds whose output is too much: larger, with more entries or deeper than the service wants to keep; among them one
// file under many names (hard links), which costs its maker nothing and whoever copies it each time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SandboxError } from '../../src/sandbox/sandbox.ts';
import { assertHeld, DRIVER, run } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const hoarder = attack(`
static int large(const char *name, off_t size) {
  int file = open(name, O_CREAT | O_WRONLY, 0644);
  return file < 0 || ftruncate(file, size) < 0 || close(file) < 0;
}
int main(int argc, char **argv) {
  char name[64];
  if (strcmp(argv[1], "look") == 0) {
    struct stat status;
    if (stat("/build/last", &status) == 0) escaped("the whole output was kept");
    else held("keep the output");
    return 0;
  }
  if (chdir("/box/out") < 0) return 2;
  if (strcmp(argv[1], "links") == 0) {
    if (large("first", 1 << 20)) return 3;
    for (int i = 0; i < 80; i++) {
      snprintf(name, sizeof name, "link%d", i);
      if (link("first", name) < 0) return 4;
    }
    return large("last", 0);
  }
  if (strcmp(argv[1], "entries") == 0) {
    for (int i = 0; i < 4200; i++) {
      snprintf(name, sizeof name, "%d", i);
      if (large(name, 0)) return 5;
    }
    return large("last", 0);
  }
  if (large("last", strcmp(argv[1], "sparse") == 0 ? 80 << 20 : 0)) return 6;
  for (int i = 0; strcmp(argv[1], "levels") == 0 && i < 40; i++)
    if (mkdir("inner", 0755) < 0 || chdir("inner") < 0) return 7;
  return 0;
}`);
const weak = without('COLLECT_BOUNDS');
const limits = { fileSizeBytes: 2 ** 30, memoryBytes: 2 ** 29 };

for (const [kind, message] of [
  ['links', /output is larger than 64 MiB/],
  ['sparse', /output is larger than 64 MiB/],
  ['entries', /more than 4096 entries/],
  ['levels', /16 levels/],
] as const)
  test(`a build’s output has bounds: too many ${kind}`, async () => {
    const attempt = { args: [kind], thenRun: ['/code/attack', 'look'], limits };
    const { outcome } = await run(SERVING, hoarder, attempt);
    assert.equal(outcome.exitCode, 1);
    assert.match(Buffer.from(outcome.stderr).toString(), message);
    const unbounded = await run(weak, hoarder, attempt).catch((error) => error);
    // A container's supervisor keeps it, and then has no room to show it.
    const isKept = unbounded instanceof SandboxError ? DRIVER === 'docker' : unbounded.escaped.length === 1;
    assert.ok(isKept, String(unbounded));
  });

test('an output within its bounds is kept', async () => {
  const ending = await run(SERVING, hoarder, { args: ['plain'], thenRun: ['/code/attack', 'look'], limits });
  assert.equal(ending.escaped.length, 1);
  assert.throws(() => assertHeld(ending));
});
