// The layout of frames is the same in C and TypeScript. Each field has a value that no other field has, goes through the
// encoder of one language and the decoder of the other, and must arrive under its name.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type Answer, createDecoder, type RunFrame, runFrame } from './frames.ts';
import { inputFrame, readFrame, resizeFrame, signalFrame } from './session-frames.ts';

const SUPERVISOR = join(import.meta.dirname, '../../supervisor');
const ECHO = join(SUPERVISOR, 'build/frame-echo');
execFileSync('make', ['-s', '-C', SUPERVISOR, 'build/frame-echo']);

const RUN: RunFrame = {
  root: 11,
  code: 12,
  build: 13,
  collect: 14,
  command: { argv: ['/first', 'second'], environment: { NAME: 'value', OTHER: 'word' }, hasGate: true },
  stdin: Buffer.alloc(0),
  limits: {
    cpuTimeMs: 15,
    wallTimeMs: 16,
    memoryBytes: 17,
    fileSizeBytes: 18,
    diskBytes: 19,
    stackBytes: 20,
    outputBytes: 21,
    processes: 22,
    openFiles: 23,
    cpuQuota: 24,
  },
  streams: { kind: 'terminal', size: { columns: 25, rows: 26 }, idleTimeMs: 27 },
};

/** One frame as C writes it, decoded. */
function answerOf(...args: readonly string[]): Answer {
  const answers: Answer[] = [];
  createDecoder((answer) => answers.push(answer))(execFileSync(ECHO, args, { input: '' }));
  const [answer] = answers;
  assert.ok(answer && answers.length === 1);
  return answer;
}

/** The fields of a frame as C reads them. */
function linesOf(frame: Buffer): string[] {
  return execFileSync(ECHO, { input: frame, encoding: 'utf8' }).slice(0, -1).split('\n').sort();
}

test('the input and the streams of a RUN frame arrive in C', () => {
  const { streams: _, ...plain } = RUN;
  const lines = linesOf(runFrame(10, { ...plain, stdin: Buffer.from('input') }));
  assert.ok(lines.includes('stdin input') && lines.includes('streams 0'), `${lines}`);
  for (const [number, kind] of (['none', 'output', 'pipes'] as const).entries())
    assert.ok(linesOf(runFrame(10, { ...plain, streams: { kind } })).includes(`streams ${number}`), kind);
});

for (const [name, frame, fields] of [
  ['INPUT', inputFrame(10, Buffer.from('typed'), false), ['ends 0', 'input typed']],
  ['INPUT at its end', inputFrame(10, Buffer.alloc(0), true), ['ends 1', 'input ']],
  ['READ', readFrame(10, 'stdout', 28), ['bytes 28', 'stream 0']],
  ['READ of stderr', readFrame(10, 'stderr', 29), ['bytes 29', 'stream 1']],
  ['SIGNAL', signalFrame(10, 'SIGUSR1'), ['signal 10']],
  ['RESIZE', resizeFrame(10, { columns: 30, rows: 31 }), ['columns 30', 'rows 31']],
] as const)
  test(`each field of an ${name} frame arrives in C under its name`, () =>
    assert.deepEqual(linesOf(frame), [...fields, 'id 10'].sort()));

for (const [args, answer] of [
  [['started', '5'], { type: 'started', id: 5 }],
  [['output', '5', '0', 'text'], { type: 'output', id: 5, stream: 'stdout', bytes: Buffer.from('text') }],
  [['output', '5', '1', ''], { type: 'output', id: 5, stream: 'stderr', bytes: Buffer.alloc(0) }],
  [['taken', '5', '32'], { type: 'taken', id: 5, bytes: 32 }],
] as const)
  test(`each field of ${args.join(' ')} arrives in TypeScript under its name`, () =>
    assert.deepEqual(answerOf(...args), answer));

test('each field of a RUN frame arrives in C under its name', () => {
  assert.deepEqual(linesOf(runFrame(10, RUN)), [
    'argument /first',
    'argument second',
    'build 13',
    'code 12',
    'collect 14',
    'columns 25',
    'cpu_ns 15000000',
    'disk_bytes 19',
    'file_size 18',
    'has_gate 1',
    'id 10',
    'idle_ns 27000000',
    'memory 17',
    'open_files 23',
    'output_bytes 21',
    'processes 22',
    'quota_us 24240000', // one per cent over 24 cores
    'root 11',
    'rows 26',
    'stack_bytes 20',
    'stdin ',
    'streams 3',
    'variable NAME=value',
    'variable OTHER=word',
    'wall_ns 16000000',
  ]);
});

describe('each field of a RESULT frame arrives in TypeScript under its name', () => {
  const FIELDS = {
    id: 31,
    reason: 'none',
    wait_status: 33 << 8,
    cpu_ns: 40e6,
    wall_ns: 35e6,
    user_us: 300, // three quarters of the CPU time
    system_us: 100,
    memory: 36,
    artifact_bytes: 37,
    problem: 'a problem',
    stdout: 'output',
    stderr: 'complaint',
  };
  const decode = (changes: Readonly<Record<string, string | number>> = {}) => {
    const fields = Object.entries({ ...FIELDS, ...changes }).map(([name, value]) => `${name}=${value}`);
    const answer = answerOf('result', ...fields);
    assert.equal(answer.type, 'result');
    const { outcome, ...rest } = answer.answer;
    const texts = { stdout: `${outcome.stdout}`, stderr: `${outcome.stderr}` };
    return { id: answer.id, ...outcome, ...rest, ...texts };
  };
  const EXPECTED = {
    id: 31,
    exitCode: 33,
    signal: null,
    limitReached: null,
    outOfMemory: false,
    forbiddenSystemCall: false,
    cancelled: false,
    stdout: 'output',
    stderr: 'complaint',
    stdoutTruncated: false,
    stderrTruncated: false,
    cpuTimeMs: 40,
    cpuUserMs: 30,
    cpuSystemMs: 10,
    wallTimeMs: 35,
    memoryBytes: 36,
    collected: false,
    artifactBytes: 37,
    problem: 'a problem',
  };

  test('numbers and texts', () => assert.deepEqual(decode(), EXPECTED));

  for (const [field, name] of [
    ['out_of_memory', 'outOfMemory'],
    ['stdout_truncated', 'stdoutTruncated'],
    ['stderr_truncated', 'stderrTruncated'],
    ['collected', 'collected'],
  ] as const)
    test(`the flag ${field}`, () => assert.deepEqual(decode({ [field]: 1 }), { ...EXPECTED, [name]: true }));

  test('a signal', () =>
    assert.deepEqual(decode({ wait_status: 11 }), { ...EXPECTED, exitCode: null, signal: 'SIGSEGV' }));

  for (const [reason, changes] of [
    ['cpu', { limitReached: 'cpu' }],
    ['wall', { limitReached: 'wall' }],
    ['memory', { limitReached: 'memory', outOfMemory: true }],
    ['output', { limitReached: 'output' }],
    ['idle', { limitReached: 'idle' }],
    ['cancelled', { cancelled: true }],
  ] as const)
    test(`the reason ${reason}`, () => assert.deepEqual(decode({ reason }), { ...EXPECTED, ...changes }));

  test('a run that got too little CPU time is a failure', () => {
    const answer = answerOf('result', 'id=31', 'reason=starved', 'cpu_ns=1000000000', 'wall_ns=2000000000');
    const message = 'the machine is too busy: in 2.0 s a program was given 1.0 s of CPU time';
    assert.deepEqual(answer, { type: 'failed', id: 31, retryable: true, busy: true, message });
  });
});

test('each field of a READY frame arrives in TypeScript under its name', () => {
  const answer = answerOf('ready', '2', '7');
  assert.equal(answer.type, 'ready');
  const { sources, ...numbers } = answer.ready;
  assert.deepEqual(numbers, { cgroupVersion: 2, slots: 7 });
  assert.match(sources, /^[0-9a-f]{32}$/);
});

for (const [kind, fields] of [
  ['permanent', { retryable: false }],
  ['retryable', { retryable: true }],
  ['busy', { retryable: true, busy: true }],
] as const)
  test(`a failure that is ${kind} in C is so in TypeScript`, () => {
    const answer = answerOf('failed', '5', kind, 'the reason');
    assert.deepEqual(answer, { type: 'failed', id: 5, message: 'the reason', ...fields });
  });
