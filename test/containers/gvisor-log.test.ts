// On gVisor a program can open what process 1 has open. What it prints there reaches no log, however much it is, and the
// next submission is run as ever.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import {
  bareRoot,
  LIMITS,
  runProbe,
  sandboxErrorOf,
  startSandbox,
} from '../../src/docker/driver/docker-fixture.ts';
import { attack } from '../escapes/stage.ts';
import { GVISOR_RUNTIME, startGvisorEngine, whyNoGvisorEngine } from '../gvisor.ts';

const talker = attack(`
int main(int argc, char **argv) {
  static char block[65536];
  int file = open("/proc/1/fd/2", O_WRONLY);
  if (file < 0) return 3;
  for (size_t i = 0; i < sizeof block; i++) block[i] = i % 2 ? '\\n' : 'a';
  if (write(file, "SECRET\\n", 7) != 7 || write(file, "cannot remove /box: SECRET\\n", 27) != 27) return 4;
  for (int i = 0; i < atoi(argv[1]); i++) if (write(file, block, sizeof block) < 0) return 5;
  return 0;
}`);

// Answers the request that it is run by in the supervisor's place, with each number that the request may have.
const forger = attack(`
int main(int argc, char **argv) {
  char words[20000] = "SECRET";
  memset(words + 6, 'x', sizeof words - 6);
  int file = open("/proc/1/fd/1", O_WRONLY);
  for (uint32_t id = 1; file >= 0 && id < 16; id++) {
    uint32_t length = 5 + 1 + 4 + sizeof words, size = sizeof words;
    char frame[14 + sizeof words];
    memcpy(frame, &length, 4);
    frame[4] = atoi(argv[1]);
    memcpy(frame + 5, &id, 4);
    frame[9] = 1;
    memcpy(frame + 10, &size, 4);
    memcpy(frame + 14, words, sizeof words);
    write(file, frame, sizeof frame);
  }
  pause();
}`);
/** The number of a frame that reports a failure: see supervisor/frames.h. */
const FAILED = 66;
const skip = whyNoGvisorEngine();

describe('what a program prints in the supervisor’s name', { skip }, async () => {
  if (skip !== false) return;
  const own = await startGvisorEngine();
  after(() => own.close());
  const root = await bareRoot(own.engine);
  const { signal } = new AbortController();
  const say = (blocks: number) => ({ argv: ['/code/attack', String(blocks)], environment: {} });

  test('is not logged, and a little of it ends nothing', async () => {
    await using used = await startSandbox(own.engine, { runtime: GVISOR_RUNTIME });
    await using workspace = await used.sandbox.open(root, [talker.file]);
    const outcome = await workspace.run(say(2), new Uint8Array(), LIMITS, signal);
    assert.equal(outcome.exitCode, 0, 'process 1’s descriptors can be opened, or this shows nothing');
    assert.equal((await runProbe(workspace, ['exit', '3'])).exitCode, 3);
    assert.deepEqual(used.log, ['warn supervisor: cannot remove /box ']);
  });

  test('as an answer of the supervisor’s is no text of an error either', async () => {
    await using used = await startSandbox(own.engine, { runtime: GVISOR_RUNTIME });
    await using workspace = await used.sandbox.open(root, [forger.file]);
    const command = { argv: ['/code/attack', String(FAILED)], environment: {} };
    const error = await sandboxErrorOf(workspace.run(command, new Uint8Array(), LIMITS, signal));
    assert.equal(error.message, 'the supervisor reported a failure');
    assert.equal((await runProbe(workspace, ['exit', '3'])).exitCode, 3);
    assert.deepEqual(used.log, []);
  });

  test('without end ends the program for its output, costs little, and nobody else', async () => {
    await using used = await startSandbox(own.engine, { runtime: GVISOR_RUNTIME });
    await using workspace = await used.sandbox.open(root, [talker.file]);
    const before = process.cpuUsage();
    const outcome = await workspace.run(say(1_000_000), new Uint8Array(), LIMITS, signal);
    const { user, system } = process.cpuUsage(before);
    assert.equal(outcome.limitReached, 'output');
    assert.ok(user + system < 2_000_000, `${user + system} µs of CPU time`);
    assert.ok(used.log.length <= 2, used.log.slice(0, 10).join('\n'));
    assert.ok(used.log.every((line) => !line.includes('SECRET') && line.length < 200));
    assert.equal((await runProbe(workspace, ['exit', '3'])).exitCode, 3);
  });
});
