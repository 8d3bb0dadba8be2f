// Attacks on runtimes that were started ahead: a program that looks for what its runtime waited at, one that would run
// before its time, and one that prepares the box of the next.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BoxCommand, Sandbox, WarmState } from '../../src/sandbox/sandbox.ts';
import { MIB } from '../../src/units.ts';
import { type Ending, endingOf, LIMITS, nativeOnly, rootWith, sandboxOf } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

/** As a runtime it says whether it sees the submission, waits at the gate, and then runs the submission. */
const intruder = attack(`
static const char *const GATE[] = {"/box/ready", "/box/go"};
static int be_runtime(char **argv) {
  char byte, *seen = access("/code/attack", F_OK) == 0 ? "early" : "later";
  int ready = open(GATE[0], O_WRONLY), go = open(GATE[1], O_RDONLY);
  if (go >= 0 && (write(ready, "r", 1) != 1 || read(go, &byte, 1) != 1)) return 1;
  if (go < 0) seen = "cold";
  close(ready);
  close(go);
  return execl("/code/attack", "attack", seen, NULL);
}
static void find(const char *path) {
  if (access(path, F_OK) == 0) escaped("found %s", path);
  else held(path);
}
int main(int argc, char **argv) {
  if (strcmp(argv[1], "runtime") == 0) return be_runtime(argv);
  printf("start: %s\\n", argv[1]);
  if (strcmp(argv[1], "early") == 0) escaped("the runtime saw the submission before the run");
  for (int i = 0; i < 2; i++) {
    find(GATE[i]);
    if (mkfifo(GATE[i], 0666) == 0) escaped("made %s", GATE[i]);
  }
  for (int file = 3; file < 256; file++)
    if (fcntl(file, F_GETFD) >= 0) escaped("descriptor %d", file);
  find("/tmp/left");
  find("/box/work/left");
  if (open("/tmp/left", O_CREAT | O_WRONLY, 0644) < 0 || open("/box/work/left", O_CREAT | O_WRONLY, 0644) < 0) return 2;
  pid_t child = fork();
  if (child == 0) {
    setsid();
    for (;;) pause();
  }
  kill(-1, SIGSTOP); // whatever this user may stop, runtimes that wait for the next run among them
  return 0;
}`);

const stages = {
  serving: { ...SERVING, warmBytes: 64 * MIB },
  weak: { ...without('REMOVED_GATE'), warmBytes: 64 * MIB },
};
const root = rootWith({ '/opt/attack': intruder.path });
const RUNTIME: BoxCommand = { argv: ['/opt/attack', 'runtime'], environment: {}, hasGate: true };
const { signal } = new AbortController();

async function stateOf(sandbox: Sandbox) {
  assert.ok(sandbox.warmState);
  return sandbox.warmState();
}

async function until(sandbox: Sandbox, holds: (state: WarmState) => boolean, what: string): Promise<void> {
  for (let attempt = 0; !holds(await stateOf(sandbox)); attempt++) {
    assert.ok(attempt < 2000, what);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Attacks until two in a row had a runtime that waited; resolves with the last. */
async function attackAhead(stage: Stage): Promise<Ending> {
  const { sandbox } = await sandboxOf(stage);
  await using workspace = await sandbox.open(root, [intruder.file]);
  let ending: Ending | null = null;
  for (let run = 0; run < 4; run++) {
    if (run > 1) await until(sandbox, ({ waiting }) => waiting > 0, 'no runtime reaches its gate');
    ending = endingOf(await workspace.run(RUNTIME, new Uint8Array(), LIMITS, signal));
  }
  const { hits, deaths } = await stateOf(sandbox);
  assert.deepEqual({ hits, deaths }, { hits: 2, deaths: 0 });
  assert.ok(ending);
  assert.match(ending.stdout, /^start: later/);
  return ending;
}

const native = nativeOnly('containers start no runtimes ahead');

test(
  'a program finds nothing of its gate, can make none, and prepares nothing for the next',
  native,
  async () => {
    const { escaped, held } = await attackAhead(stages.serving);
    assert.deepEqual(escaped, []);
    assert.equal(held.length, 4);
    const weak = await attackAhead(stages.weak);
    assert.deepEqual(weak.escaped, ['found /box/ready', 'found /box/go']);
  },
);

test('a submission that names itself as its runtime does not run before its time', native, async () => {
  const { sandbox } = await sandboxOf(stages.serving);
  await using workspace = await sandbox.open(root, [intruder.file]);
  const before = await stateOf(sandbox);
  const itself = { ...RUNTIME, argv: ['/code/attack', 'cold'] };
  for (let run = 0; run < 3; run++) {
    const { stdout } = endingOf(await workspace.run(itself, new Uint8Array(), LIMITS, signal));
    assert.ok(stdout.startsWith('start: cold'), stdout);
  }
  await until(sandbox, ({ deaths }) => deaths > before.deaths, 'started ahead, it finds nothing to run');
  assert.equal((await stateOf(sandbox)).hits, before.hits);
});
