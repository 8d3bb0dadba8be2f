// Each way for a program to end, and the verdict on it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LANGUAGES } from '../languages/catalog.ts';
import type { BoxLimits } from '../sandbox/sandbox.ts';
import { KIB, MIB } from '../units.ts';
import { outcomeOf, type ScriptedEnd } from './scripted-sandbox-fixture.ts';
import { verdictOfEnd } from './status.ts';

const LIMITS: BoxLimits = {
  cpuTimeMs: 1500,
  wallTimeMs: 4000,
  memoryBytes: 192 * MIB,
  processes: 64,
  outputBytes: 64 * KIB,
  fileSizeBytes: MIB,
  diskBytes: 64 * MIB,
  openFiles: 256,
  stackBytes: 64 * MIB,
  cpuQuota: 0.5,
};
const KILLED = { exitCode: null, signal: 'SIGKILL' } as const;

function verdict(end: ScriptedEnd, ranOutOfMemory = false) {
  const outcome = outcomeOf(end);
  return verdictOfEnd({
    subject: 'The program',
    outcome,
    stderr: Buffer.from(outcome.stderr).toString(),
    limits: LIMITS,
    memoryLimitMb: 128,
    language: { ranOutOfMemory: () => ranOutOfMemory },
  });
}

test('a program that exits with 0 within its limits ended well', () => {
  assert.equal(verdict({}), null);
  assert.equal(verdict({}, true), null);
});

for (const [end, status, message] of [
  [{ cancelled: true, ...KILLED }, 'cancelled', /cancelled/],
  [{ forbiddenSystemCall: true, signal: 'SIGSYS', exitCode: null }, 'security_violation', /system call/],
  [{ outOfMemory: true, ...KILLED }, 'memory_limit_exceeded', /memory limit of 128 MB/],
  [{ limitReached: 'memory', ...KILLED }, 'memory_limit_exceeded', /memory limit of 128 MB/],
  [{ limitReached: 'cpu', ...KILLED }, 'time_limit_exceeded', /CPU time limit of 1\.5 s/],
  [{ limitReached: 'wall', ...KILLED }, 'time_limit_exceeded', /wall-clock time limit of 4 s/],
  [{ limitReached: 'output', ...KILLED }, 'output_limit_exceeded', /limit of 64 KB to stdout/],
  [{ stderrTruncated: true }, 'output_limit_exceeded', /limit of 64 KB to stderr/],
  [{ signal: 'SIGSEGV', exitCode: null }, 'runtime_error', /killed by SIGSEGV \(invalid memory access/],
  [{ signal: 'SIGFPE', exitCode: null }, 'runtime_error', /SIGFPE \(arithmetic error/],
  [
    { signal: 'SIGXFSZ', exitCode: null },
    'runtime_error',
    /SIGXFSZ \(it wrote a file over the limit of 1 MB\)/,
  ],
  [{ signal: 'SIGUSR1', exitCode: null }, 'runtime_error', /^The program was killed by SIGUSR1\.$/],
  [{ exitCode: 3 }, 'runtime_error', /^The program exited with code 3\.$/],
  [
    { exitCode: 1, stderr: 'OSError: [Errno 28] No space left on device' },
    'runtime_error',
    /code 1 \(its files are over the limit of 64 MB together\)/,
  ],
  [
    { exitCode: 1, stderr: 'OSError: [Errno 27] File too large' },
    'runtime_error',
    /code 1 \(it wrote a file over the limit of 1 MB\)/,
  ],
] as const) {
  test(`${JSON.stringify(end)} is ${status}`, () => {
    const found = verdict(end);
    assert.equal(found?.status, status);
    assert.match(found?.message ?? '', message);
  });
}

test('only a time limit is named in a field', () => {
  assert.equal(verdict({ limitReached: 'cpu' })?.limit, 'cpu');
  assert.equal(verdict({ limitReached: 'wall' })?.limit, 'wall');
  assert.equal('limit' in (verdict({ limitReached: 'memory' }) ?? {}), false);
});

test('a runtime that says memory ran out is believed when its program failed', () => {
  assert.equal(verdict({ exitCode: 1 }, true)?.status, 'memory_limit_exceeded');
});

test('of several causes the one that ended the program decides', () => {
  const all = {
    exitCode: null,
    signal: 'SIGKILL',
    cancelled: true,
    forbiddenSystemCall: true,
    outOfMemory: true,
    limitReached: 'cpu',
    stdoutTruncated: true,
  } as const;
  assert.equal(verdict(all)?.status, 'cancelled');
  assert.equal(verdict({ ...all, cancelled: false })?.status, 'security_violation');
  const legal = { ...all, cancelled: false, forbiddenSystemCall: false };
  assert.equal(verdict(legal)?.status, 'memory_limit_exceeded');
  assert.equal(verdict({ ...legal, outOfMemory: false })?.status, 'time_limit_exceeded');
  assert.equal(
    verdict({ ...legal, outOfMemory: false, limitReached: null })?.status,
    'output_limit_exceeded',
  );
});

test('only the end of stderr is examined, however long it is', () => {
  const words = 'FATAL ERROR: ';
  const outcome = outcomeOf({ exitCode: 134, stderr: '' });
  const seen: number[] = [];
  const ranOutOfMemory = ({ stderr }: { stderr: string }) => {
    seen.push(stderr.length);
    assert.ok(stderr.endsWith('the end'));
    return false;
  };
  const stderr = `${words.repeat((10 * MIB) / words.length)}the end`;
  const limits = { subject: 'The program', limits: LIMITS, memoryLimitMb: 128 } as const;
  verdictOfEnd({ ...limits, outcome, stderr, language: { ranOutOfMemory } });
  assert.deepEqual(seen, [16_384]);
});

for (const language of LANGUAGES) {
  test(`${language.id}: 10 MB on stderr cost the verdict no time`, () => {
    const pieces = [
      'FATAL ERROR: ',
      'MemoryError: ',
      'java.lang.OutOfMemoryError',
      'memory allocation of 1',
      '\n',
    ];
    const start = process.cpuUsage();
    for (const piece of pieces) {
      const stderr = piece.repeat((10 * MIB) / piece.length);
      for (const end of [
        { exitCode: 134 },
        { exitCode: 1 },
        { exitCode: null, signal: 'SIGABRT' },
      ] as const) {
        const limits = { subject: 'The program', limits: LIMITS, memoryLimitMb: 128 } as const;
        verdictOfEnd({ ...limits, outcome: outcomeOf(end), stderr, language });
      }
    }
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 2_000_000, `${user + system} µs`);
  });
}
