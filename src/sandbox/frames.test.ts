// The driver's side of the wire: answers in any pieces, malformed answers, and the bytes of requests.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MIB } from '../units.ts';
import {
  type Answer,
  addRootFrame,
  cancelFrame,
  createDecoder,
  dropFrame,
  type RunAnswer,
  runFrame,
  storeFrame,
} from './frames.ts';
import { PROBE_LIMITS } from './self-test.ts';

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function string(bytes: Uint8Array): Buffer {
  return Buffer.concat([u32(bytes.length), bytes]);
}

function frame(type: number, id: number, ...parts: readonly Uint8Array[]): Buffer {
  const payload = Buffer.concat(parts);
  return Buffer.concat([u32(payload.length + 5), Buffer.of(type), u32(id), payload]);
}

/** What the supervisor writes as a RESULT, in its order. */
interface Result {
  readonly reason: number;
  readonly signalled: boolean;
  readonly code: number;
  readonly flags: readonly [outOfMemory: boolean, stdoutTruncated: boolean, stderrTruncated: boolean];
  readonly times: readonly [cpu: number, user: number, system: number, wall: number];
  readonly memoryBytes: number;
  readonly collected: boolean;
  readonly artifactBytes: number;
  readonly problem: string;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

function resultFrame(id: number, result: Result): Buffer {
  return frame(
    67,
    id,
    Buffer.of(result.reason, Number(result.signalled)),
    u32(result.code),
    Buffer.from(result.flags.map(Number)),
    ...result.times.map((time) => u64(time * 1e6)),
    u64(result.memoryBytes),
    Buffer.of(Number(result.collected)),
    u64(result.artifactBytes),
    string(Buffer.from(result.problem)),
    string(result.stdout),
    string(result.stderr),
  );
}

const EXITED: Result = {
  reason: 0,
  signalled: false,
  code: 3,
  flags: [false, false, false],
  times: [5, 3, 2, 7],
  memoryBytes: 4096,
  collected: false,
  artifactBytes: 0,
  problem: '',
  stdout: Buffer.from('out'),
  stderr: Buffer.from('err'),
};

function decodeAll(...chunks: readonly Buffer[]): Answer[] {
  const answers: Answer[] = [];
  const decode = createDecoder((answer) => answers.push(answer));
  for (const chunk of chunks) decode(chunk);
  return answers;
}

function decodeResult(result: Partial<Result>): RunAnswer {
  const [answer] = decodeAll(resultFrame(1, { ...EXITED, ...result }));
  assert.equal(answer?.type, 'result');
  return answer.answer;
}

function split(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index] ?? bytes.length));
}

const bytes = fc.uint8Array({ maxLength: 300 });
const anyFrame = fc.oneof(
  fc.record({ version: fc.nat(), slots: fc.nat() }).map(({ version, slots }) => ({
    bytes: frame(64, 0, u32(version), u32(slots), u32(5), Buffer.from('0a1b2')),
    answer: { type: 'ready', ready: { cgroupVersion: version, slots, sources: '0a1b2' } },
  })),
  fc.nat().map((id) => ({ bytes: frame(65, id), answer: { type: 'ok', id } })),
  fc
    .record({ id: fc.nat(), retryable: fc.boolean(), message: fc.string({ unit: 'grapheme' }) })
    .map((failed) => ({
      bytes: frame(66, failed.id, Buffer.of(Number(failed.retryable)), string(Buffer.from(failed.message))),
      answer: { type: 'failed', ...failed },
    })),
  fc.record({ id: fc.nat(), message: fc.string() }).map(({ id, message }) => ({
    bytes: frame(66, id, Buffer.of(2), string(Buffer.from(message))),
    answer: { type: 'failed', id, message, retryable: true, busy: true },
  })),
  fc.record({ id: fc.nat(), stdout: bytes, stderr: bytes }).map(({ id, stdout, stderr }) => ({
    bytes: resultFrame(id, { ...EXITED, stdout, stderr }),
    answer: { type: 'result', id, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) },
  })),
);

function summary(answer: Answer): object {
  if (answer.type !== 'result') return answer;
  const { stdout, stderr } = answer.answer.outcome;
  return { type: 'result', id: answer.id, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
}

describe('answers', () => {
  test('are the same in whatever pieces they arrive', () => {
    fc.assert(
      fc.property(
        fc.array(anyFrame, { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        (frames, cuts) => {
          const all = Buffer.concat(frames.map((one) => one.bytes));
          const answers = decodeAll(...split(all, cuts)).map(summary);
          assert.deepEqual(
            answers,
            frames.map((one) => one.answer),
          );
        },
      ),
    );
  });

  test('are the same byte by byte', () => {
    const all = Buffer.concat([frame(64, 0, u32(1), u32(2), u32(0)), resultFrame(7, EXITED), frame(65, 9)]);
    const answers = decodeAll(...[...all].map((byte) => Buffer.of(byte)));
    assert.deepEqual(
      answers.map(({ type }) => type),
      ['ready', 'result', 'ok'],
    );
  });

  test('may hold as much output as the service allows', () => {
    const stdout = Buffer.alloc(10 * MIB, 1);
    const whole = resultFrame(1, { ...EXITED, stdout, stderr: stdout });
    const chunks = Array.from({ length: Math.ceil(whole.length / 65_536) }, (_, index) =>
      whole.subarray(index * 65_536, (index + 1) * 65_536),
    );
    const [answer] = decodeAll(...chunks);
    assert.ok(answer?.type === 'result' && stdout.equals(answer.answer.outcome.stderr));
  });

  test('report how a program ended', () => {
    const { outcome } = decodeResult({});
    assert.deepEqual(
      [outcome.exitCode, outcome.signal, outcome.limitReached, outcome.cancelled, outcome.memoryBytes],
      [3, null, null, false, 4096],
    );
    assert.deepEqual(
      [outcome.cpuTimeMs, outcome.cpuUserMs, outcome.cpuSystemMs, outcome.wallTimeMs],
      [5, 3, 2, 7],
    );
    const names = { 6: 'SIGABRT', 11: 'SIGSEGV', 29: 'SIGIO', 31: 'SIGSYS', 63: 'SIG63' };
    for (const [code, signal] of Object.entries(names)) {
      const killed = decodeResult({ signalled: true, code: Number(code) }).outcome;
      assert.deepEqual([killed.exitCode, killed.signal], [null, signal]);
      assert.equal(killed.forbiddenSystemCall, signal === 'SIGSYS');
    }
    const limits = [null, 'cpu', 'wall', 'memory', 'output', null];
    for (const [reason, limit] of limits.entries()) {
      const ended = decodeResult({ reason }).outcome;
      assert.deepEqual([ended.limitReached, ended.cancelled], [limit, reason === 5]);
      assert.equal(ended.outOfMemory, limit === 'memory');
    }
    const truncated = decodeResult({ flags: [true, true, false] }).outcome;
    assert.deepEqual(
      [truncated.outOfMemory, truncated.stdoutTruncated, truncated.stderrTruncated],
      [true, true, false],
    );
  });

  test('report what became of a build', () => {
    const kept = decodeResult({ collected: true, artifactBytes: 5_000_000_000 });
    assert.deepEqual([kept.collected, kept.artifactBytes, kept.problem], [true, 5_000_000_000, '']);
    assert.equal(decodeResult({ problem: 'zu groß' }).problem, 'zu groß');
  });
});

describe('a malformed answer is rejected', () => {
  test('if it is larger than the maximum', () => {
    assert.throws(() => decodeAll(Buffer.concat([u32(65 * MIB), Buffer.alloc(5)])), RangeError);
    assert.throws(() => decodeAll(Buffer.concat([u32(0xffff_ffff), Buffer.alloc(5)])), RangeError);
  });

  test('if it is shorter than its header', () => {
    for (const length of [0, 1, 4])
      assert.throws(() => decodeAll(Buffer.concat([u32(length), Buffer.alloc(5)])), RangeError);
  });

  test('if its type is unknown', () => {
    for (const type of [0, 1, 5, 63, 68, 255]) assert.throws(() => decodeAll(frame(type, 1)), RangeError);
  });

  test('if it reports a failure of an unknown kind', () => {
    for (const kind of [3, 33, 255])
      assert.throws(() => decodeAll(frame(66, 1, Buffer.of(kind), string(Buffer.from('x')))), RangeError);
  });

  test('if it ends before its last field', () => {
    const whole = resultFrame(1, EXITED).subarray(9);
    for (let length = 0; length < whole.length; length++)
      assert.throws(() => decodeAll(frame(67, 1, whole.subarray(0, length))), RangeError, `${length}`);
    assert.throws(() => decodeAll(frame(66, 1, Buffer.of(0), u32(1000), Buffer.from('short'))), RangeError);
  });

  test('always with a RangeError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(64, 65, 66, 67), (noise, type) => {
        for (const input of [Buffer.from(noise), frame(type, 1, noise)])
          try {
            decodeAll(input);
          } catch (error) {
            assert.ok(error instanceof RangeError, `${error}`);
          }
      }),
    );
  });
});

describe('requests', () => {
  const hex = (buffer: Buffer) => buffer.toString('hex');

  test('have the layout of supervisor/frames.h', () => {
    assert.equal(hex(cancelFrame(7)), hex(frame(5, 7)));
    assert.equal(hex(dropFrame(9)), hex(frame(3, 0, u32(9))));
    const files = [{ path: 'ż/a', content: Buffer.from([0, 255]) }];
    assert.equal(
      hex(storeFrame(1, 2, files)),
      hex(frame(2, 1, u32(2), Buffer.of(1, 0), string(Buffer.from('ż/a')), string(Buffer.of(0, 255)))),
    );
    const root = {
      fingerprint: 'x',
      mounts: [
        { kind: 'bind', source: '/a', target: '/b' },
        { kind: 'symlink', source: 'c', target: '/d' },
      ],
    } as const;
    const text = (value: string) => string(Buffer.from(value));
    const mounts = [Buffer.of(0), text('/a'), text('/b'), Buffer.of(1), text('c'), text('/d')];
    assert.equal(hex(addRootFrame(3, 4, root)), hex(frame(1, 3, u32(4), Buffer.of(2, 0), ...mounts)));
  });

  test('to run a program have its limits in nanoseconds and bytes', () => {
    const limits = { ...PROBE_LIMITS, cpuTimeMs: 1.5, wallTimeMs: 3_600_000, cpuQuota: 0.5 };
    const command = { argv: ['/a', ''], environment: { A: 'b=c' } };
    const run = { root: 1, code: 2, build: 3, collect: 4, command, stdin: Buffer.from('in'), limits };
    const expected = [
      ...[1, 2, 3, 4].map(u32),
      ...[1.5e6, 3.6e12, limits.memoryBytes, limits.fileSizeBytes].map(u64),
      ...[limits.diskBytes, limits.stackBytes, limits.outputBytes].map(u64),
      ...[limits.processes, limits.openFiles, 505_000].map(u32), // one per cent over half a core
      ...[...[0, 0, 0].map(u32), u64(0), u32(0)], // no live streams, no gate
      ...[Buffer.of(2, 0), string(Buffer.from('/a')), string(Buffer.alloc(0))],
      ...[Buffer.of(1, 0), string(Buffer.from('A=b=c')), string(Buffer.from('in'))],
    ];
    assert.equal(hex(runFrame(8, run)), hex(frame(4, 8, ...expected)));
  });
});
