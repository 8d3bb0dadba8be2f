// The kernel charges cached files of the machine to the box that reads them first, and drops them when memory is needed.
// They do not count as memory of the program.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { MIB } from '../../units.ts';
import type { DirectoryRoot } from '../sandbox.ts';
import { PROBE_LIMITS, probeCommand, probeFiles } from '../self-test.ts';
import { SUPERVISOR, startSandbox } from './supervisor-fixture.ts';

const FILE_BYTES = 48 * MIB;
const limits = { ...PROBE_LIMITS, memoryBytes: 128 * MIB };
const { signal } = new AbortController();

/** Makes the next to read the file pay for it. */
function dropFromMemory(path: string): void {
  execFileSync('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none']);
}

test('a file that is read does not count as memory, but other memory does', async (t) => {
  // A temporary directory may be memory itself.
  using directory = mkdtempDisposableSync(join(dirname(SUPERVISOR), 'file-cache-'));
  const path = join(directory.path, 'large');
  chmodSync(directory.path, 0o755); // boxes are other users
  writeFileSync(path, Buffer.alloc(FILE_BYTES, 'x'));
  const root: DirectoryRoot = {
    fingerprint: directory.path,
    mounts: [{ kind: 'bind', source: directory.path, target: '/data' }],
  };
  const { sandbox } = await startSandbox();
  t.after(() => sandbox.close());
  await using workspace = await sandbox.open(root, await probeFiles());
  const memoryOf = async (...args: readonly string[]) => {
    dropFromMemory(path);
    const outcome = await workspace.run(probeCommand(...args), new Uint8Array(), limits, signal);
    assert.equal(outcome.exitCode, 0);
    return outcome.memoryBytes;
  };
  for (let round = 0; round < 3; round++) {
    const reading = await memoryOf('read', '/data/large');
    assert.ok(reading < 8 * MIB, `${reading} bytes for reading`);
    const using = await memoryOf('memory', String(20 * MIB));
    assert.ok(using >= 20 * MIB && using < 24 * MIB, `${using} bytes for using`);
  }
});
