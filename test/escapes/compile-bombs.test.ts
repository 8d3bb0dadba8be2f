// Small sources that make compilers work without end: endless input, tokens doubled by each macro, and a program of
// megabytes from one line. Each ends by a limit of the compile.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MIB } from '../../src/units.ts';
import { DRIVER, TIME_FACTOR } from './attack.ts';
import { compile } from './compiler.ts';
import { SERVING, without } from './stage.ts';

const endless = '#include "/dev/zero"\nint main(void) { return 0; }';
const random = '#include "/dev/random"\nint main(void) { return 0; }';
const macros = `${Array.from({ length: 40 }, (_, i) => `#define A${i + 1} A${i} A${i}\n`).join('')}#define A0 ;\nint main(void) { A40 }`;
const large = 'int a[6 << 20] = {1}; int main(void) { return a[0]; }';

const withoutMemoryLimit = without('MEMORY_LIMIT');
const withoutCpuLimit = without('CPU_LIMIT');
const withoutFileSizeLimit = without('FILE_SIZE_LIMIT');

for (const [name, source] of Object.entries({ '/dev/zero': endless, '/dev/random': random }))
  test(`a compiler that reads ${name} ends at the limit of memory`, async () => {
    const limits = { memoryBytes: 96 * MIB, cpuTimeMs: 1200 * TIME_FACTOR };
    const { outcome } = await compile(SERVING, source, null, limits);
    assert.equal(outcome.limitReached, 'memory', Buffer.from(outcome.stderr).toString().slice(0, 500));
    if (DRIVER === 'docker') limits.cpuTimeMs = 400; // it has more memory, not all
    const unlimited = await compile(withoutMemoryLimit, source, null, limits);
    const { memoryBytes, limitReached } = unlimited.outcome; // a container reports no more than was asked for
    assert.ok(DRIVER === 'docker' ? limitReached === 'cpu' : memoryBytes > 128 * MIB, `${memoryBytes} bytes`);
  });

test('a macro bomb ends at the limit of CPU time', async () => {
  const cpuTimeMs = 300 * TIME_FACTOR;
  const limits = { cpuTimeMs, wallTimeMs: 4 * cpuTimeMs, memoryBytes: 2 ** 30 };
  const patient = { ...limits, wallTimeMs: 40 * cpuTimeMs }; // other work of the machine is not to end it first
  const { outcome } = await compile(SERVING, macros, null, patient);
  assert.ok(outcome.cpuTimeMs < 1.5 * cpuTimeMs, `${outcome.cpuTimeMs} ms`);
  assert.equal(outcome.limitReached, 'cpu', Buffer.from(outcome.stderr).toString().slice(0, 500));
  const unlimited = await compile(withoutCpuLimit, macros, null, limits);
  const { limitReached, exitCode } = unlimited.outcome; // by another limit, or some compilers give up in the end
  assert.ok(limitReached !== 'cpu' || exitCode !== null, `${limitReached} ${exitCode}`);
});

test('a program of many megabytes ends at the limit of its size', async () => {
  const limits = { fileSizeBytes: 8 * MIB };
  const { outcome, stdout } = await compile(SERVING, large, ['/build/program'], limits);
  assert.notEqual(outcome.exitCode, 0, stdout);
  assert.match(
    Buffer.from(outcome.stderr).toString(),
    /File too large|file truncated|File size limit|fatal|signal/,
  );
  const built = await compile(withoutFileSizeLimit, large, ['/build/program'], limits);
  assert.equal(built.outcome.exitCode, 1, 'the program ran: it returns 1');
});
