// How the supervisor handles bytes that no driver sends: it ends the connection or reports that the request failed, it never
// crashes, and it leaves nothing behind. The same with a supervisor that detects its own misuse of memory.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MIB } from '../../units.ts';
import {
  type Answer,
  addRootFrame,
  cancelFrame,
  dropFrame,
  type RunFrame,
  runFrame,
  storeFrame,
} from '../frames.ts';
import type { RootMount } from '../sandbox.ts';
import { PROBE_LIMITS, probeCommand, probeFiles } from '../self-test.ts';
import { inputFrame, type LiveStreams, readFrame, resizeFrame, signalFrame } from '../session-frames.ts';
import {
  controlGroupsOf,
  descendantsOf,
  eventually,
  filesBelow,
  IS_EMULATED,
  makeDataDirectory,
  mountsOf,
  type RawSupervisor,
  SUPERVISOR,
  startRawSupervisor,
  stillThere,
} from './supervisor-fixture.ts';

const SANITIZED = `${SUPERVISOR}-sanitized`;
/** Each round starts a supervisor. */
const ROUNDS = IS_EMULATED ? 20 : 60;

const PROBE_FILES = await probeFiles();
const TEXT = Buffer.from('text');

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function frame(type: number, id: number, ...parts: readonly Uint8Array[]): Buffer {
  const payload = Buffer.concat(parts);
  return Buffer.concat([u32(payload.length + 5), Buffer.of(type), u32(id), payload]);
}

function run(id: number, changes: Partial<RunFrame> = {}): Buffer {
  const command = probeCommand('exit', '0');
  return runFrame(id, {
    root: 0,
    code: 1,
    build: 0,
    collect: 0,
    command,
    stdin: TEXT,
    limits: PROBE_LIMITS,
    ...changes,
  });
}

function session(id: number, streams: LiveStreams, ...command: string[]): Buffer {
  return run(id, { stdin: Buffer.alloc(0), streams, command: probeCommand(...command) });
}

/** A conversation that a driver might have. */
const CONVERSATION = [
  storeFrame(1, 1, [...PROBE_FILES, { path: 'inner/data', content: TEXT }]),
  addRootFrame(2, 1, {
    fingerprint: 'usr',
    mounts: [
      { kind: 'bind', source: '/usr', target: '/usr' },
      { kind: 'symlink', source: 'usr/bin', target: '/bin' },
    ],
  }),
  run(3),
  run(4, { root: 1, command: probeCommand('echo') }),
  run(5, { collect: 2, command: probeCommand('build') }),
  run(6, { command: probeCommand('sleep', '60000') }),
  cancelFrame(6),
  run(7, { build: 2, command: probeCommand('list', '/build') }),
  session(8, { kind: 'terminal', size: { columns: 80, rows: 24 }, idleTimeMs: 60_000 }, 'terminal'),
  run(9, { streams: { kind: 'output' }, command: probeCommand('echo') }),
  session(10, { kind: 'pipes' }, 'exit', '0'),
  // These may come when it has ended.
  inputFrame(10, TEXT, false),
  resizeFrame(10, { columns: 1, rows: 1 }),
  readFrame(10, 'stdout', 4_000_000_000),
  signalFrame(10, 'SIGCONT'),
  inputFrame(10, TEXT, true),
  dropFrame(2),
  dropFrame(1),
];

/** Whether no further answer to the same request follows. */
function isLast(answer: Answer): answer is Answer & { readonly id: number } {
  return 'id' in answer && !['started', 'output', 'taken'].includes(answer.type);
}

/** Sends bytes in the given pieces, closes the connection and verifies that the supervisor ends cleanly. */
async function converse(pieces: readonly Uint8Array[], program = SUPERVISOR): Promise<RawSupervisor> {
  const supervisor = await startRawSupervisor(program);
  for (const piece of pieces) supervisor.socket.write(piece);
  supervisor.socket.end();
  await assertCleanEnd(supervisor);
  return supervisor;
}

async function assertCleanEnd(supervisor: RawSupervisor): Promise<void> {
  const pid = supervisor.child.pid as number;
  const processes = descendantsOf(pid);
  const { code, signal, log } = await supervisor.ended;
  assert.equal(signal, null, log);
  assert.doesNotMatch(log, /Sanitizer|runtime error/);
  assert.ok(code === 0 || code === 2, `code ${code}: ${log}`);
  assert.equal(code === 2, log.includes('a malformed frame ends the connection'), log);
  assert.ok(await eventually(() => stillThere(processes).length === 0)); // dying when it ended
  assert.deepEqual(controlGroupsOf(pid), []);
  assert.deepEqual(filesBelow(supervisor.runDirectory), []);
}

/** Sends one request to a new supervisor. Returns the answer's type, or 'ended' if the request ended the connection. */
async function ask(request: Buffer, id: number, program = SUPERVISOR): Promise<string> {
  const supervisor = await startRawSupervisor(program);
  supervisor.socket.write(request);
  const answer = await supervisor.answer((one) => 'id' in one && one.id === id);
  supervisor.socket.end();
  await assertCleanEnd(supervisor);
  return answer?.type ?? 'ended';
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index] ?? bytes.length));
}

/** Why the supervisor with sanitizers does not run here, false if it does. */
function sanitizedIsMissing(): string | false {
  try {
    execFileSync('make', ['-s', '-C', join(SUPERVISOR, '../..'), 'build/supervisor-sanitized'], {
      stdio: 'ignore',
    });
  } catch {
    if (!existsSync(SANITIZED)) return 'the compiler has no sanitizers';
  }
  const { stderr } = spawnSync(SANITIZED, { encoding: 'utf8' });
  return stderr.startsWith('usage: supervisor') ? false : 'sanitizers do not work on this kernel';
}

const whyNotSanitized = sanitizedIsMissing();
/** Chance is given to the supervisor that finds its own misuse of memory, where there is one: it sees what the other does. */
const PROGRAMS = [
  {
    name: 'the supervisor',
    program: SUPERVISOR,
    skip: false as const,
    takesRandom: whyNotSanitized !== false,
  },
  { name: 'the supervisor with sanitizers', program: SANITIZED, skip: whyNotSanitized, takesRandom: true },
];

for (const { name, program, skip, takesRandom } of PROGRAMS)
  describe(name, { skip }, () => {
    const mounts = mountsOf('self');

    test('answers a well-formed conversation in any pieces', async () => {
      // What is built is run, and what is used is dropped, only when that has been answered.
      const parts = [CONVERSATION.slice(0, 7), CONVERSATION.slice(7, -2), CONVERSATION.slice(-2)];
      const ids = [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10], []];
      for (const size of [1_000_000, 65_536, 9999]) {
        const supervisor = await startRawSupervisor(program);
        for (const [index, part] of parts.entries()) {
          const bytes = Buffer.concat(part);
          for (let offset = 0; offset < bytes.length; offset += size)
            supervisor.socket.write(bytes.subarray(offset, offset + size));
          for (const id of ids[index] ?? [])
            assert.ok(await supervisor.answer((one) => isLast(one) && one.id === id), `${id}`);
        }
        supervisor.socket.end();
        await assertCleanEnd(supervisor);
        assert.deepEqual(
          supervisor.answers.filter(({ type }) => type === 'failed'),
          [],
        );
      }
    });

    test('ends cleanly if the connection is cut at any place', async () => {
      const all = Buffer.concat(CONVERSATION);
      const first = CONVERSATION[0] as Buffer;
      for (const length of [0, 1, 4, 8, 9, 10, 500, first.length, first.length + 1, all.length - 1])
        assert.equal((await (await converse([all.subarray(0, length)], program)).ended).code, 0);
    });

    test('ends the connection at a malformed frame', async () => {
      const absurd = [
        u32(0),
        u32(4),
        u32(0x7fff_ffff),
        u32(0xffff_ffff),
        u32((48 << 20) + 1),
        ...[0, 6, 12, 63, 64, 67, 72, 128, 255].map((type) => frame(type, 1)),
      ].map((bytes) => Buffer.concat([bytes, Buffer.alloc(16)]));
      for (const bytes of absurd)
        assert.equal((await (await converse([bytes], program)).ended).code, 2, bytes.toString('hex'));
    });

    test('ends the connection at absurd counts and lengths', async () => {
      const u16 = (value: number) => u32(value).subarray(0, 2);
      const many = Array.from({ length: 70 }, (_, index) => `name-${index}`);
      const manyVariables = Object.fromEntries(many.map((name) => [name, 'x']));
      const runHead = (bytes: Uint8Array) => frame(4, 1, run(1).subarray(9, 9 + 16 + 56 + 12 + 20), bytes);
      const frames = [
        frame(1, 1, u32(1), u16(65_535)),
        frame(1, 1, u32(1), u16(65)),
        frame(1, 1, u32(1), u16(1), Buffer.of(0), u32(0xffff_ffff)),
        frame(1, 1, u32(1), u16(1), Buffer.of(0), u32(2000), Buffer.alloc(2000, 'x')),
        frame(2, 1, u32(1), u16(65_535)),
        frame(2, 1, u32(1), u16(1), u32(0xffff_fff0), TEXT),
        frame(2, 1, u32(1), u16(1), u32(1), Buffer.from('x'), u32(0xffff_ffff), TEXT),
        frame(2, 1, u32(1)),
        frame(3, 1),
        frame(3, 1, u32(1), TEXT),
        frame(4, 1),
        frame(5, 1, TEXT),
        // Of sessions, whether there is one or not.
        frame(8, 1),
        frame(8, 1, Buffer.of(0), u32(65_537), Buffer.alloc(65_537)),
        frame(8, 1, Buffer.of(0), u32(0xffff_ffff)),
        frame(9, 1, Buffer.of(0)),
        frame(9, 1, Buffer.of(0), u32(1), TEXT),
        frame(10, 1),
        frame(11, 1, u16(1)),
        session(1, { kind: 'terminal', size: { columns: 0, rows: 24 } }),
        session(1, { kind: 'terminal', size: { columns: 80, rows: 1001 } }),
        session(1, { kind: 'pipes', idleTimeMs: 1e10 }),
        run(1, { streams: { kind: 'pipes' } }), // with input in the frame
        runHead(u16(0)),
        runHead(u16(65_535)),
        runHead(Buffer.concat([u16(1), u32(0xffff_ffff)])),
        runHead(Buffer.concat([u16(1), u32(2), Buffer.from('a\0'), u16(0), u32(0)])),
        runHead(Buffer.concat([u16(1), u32(200_000), Buffer.alloc(200_000, 'x'), u16(0), u32(0)])),
        runHead(Buffer.concat([u16(1), u32(1), Buffer.from('x'), u16(65), u32(0)])),
        runHead(Buffer.concat([u16(1), u32(1), Buffer.from('x'), u16(0), u32(0xffff_ffff)])),
        // Complete, but of more than there may be.
        run(1, { command: probeCommand(...Array(300).fill('x')) }),
        run(1, { command: { argv: ['/code/probe'], environment: manyVariables } }),
        storeFrame(
          1,
          1,
          Array.from({ length: 5000 }, (_, index) => ({ path: `name-${index}`, content: TEXT })),
        ),
        addRootFrame(1, 1, {
          fingerprint: '',
          mounts: many.map((name) => ({ kind: 'symlink', source: 'x', target: `/${name}` })),
        }),
        // Lengths that would be fine, but not in a frame as short.
        frame(1, 1, u32(1), u16(1), Buffer.of(0), u32(1000), TEXT),
        frame(2, 1, u32(1), u16(1), u32(1), Buffer.from('x'), u32(40 << 20), TEXT),
        runHead(Buffer.concat([u16(1), u32(100_000), TEXT])),
        runHead(Buffer.concat([u16(1), u32(1), Buffer.from('x'), u16(0), u32(40 << 20)])),
        Buffer.concat([run(1), run(2).subarray(0, 4), Buffer.of(4), u32(2), Buffer.alloc(run(2).length - 9)]),
      ];
      for (const [index, bytes] of frames.entries())
        assert.equal((await (await converse([bytes], program)).ended).code, 2, `${index}`);
    });

    test('accepts as much as its bounds allow, and ends the connection at one more', async () => {
      const times = <T>(count: number, make: (index: number) => T) =>
        Array.from({ length: count }, (_, i) => make(i));
      const runOf = (argv: readonly string[], environment = {}) =>
        run(9, { code: 0, command: { argv, environment } });
      const variables = (count: number) =>
        Object.fromEntries(times(count, (index) => [`NAME_${index}`, 'x']));
      // With the NUL behind each, and each short enough for the kernel.
      const strings = (bytes: number) => [
        'x'.repeat(bytes - 2 * 65_536 - 1),
        ...times(2, () => 'x'.repeat(65_535)),
      ];
      const files = (count: number) => times(count, (index) => ({ path: `file-${index}`, content: TEXT }));
      const mounts = (count: number) =>
        times(count, (index) => ({ kind: 'symlink', source: 'x', target: `/name-${index}` }) as const);
      const bounds: readonly (readonly [bound: number, request: (count: number) => Buffer])[] = [
        [256, (count) => runOf(times(count, () => '/x'))],
        [64, (count) => runOf(['/x'], variables(count))],
        [192 * 1024, (count) => runOf(strings(count))],
        [4096, (count) => storeFrame(9, 1, files(count))],
        [64, (count) => addRootFrame(9, 1, { fingerprint: '', mounts: mounts(count) })],
      ];
      for (const [index, [bound, request]] of bounds.entries()) {
        assert.notEqual(await ask(request(bound), 9, program), 'ended', `bound ${index}`);
        assert.equal(await ask(request(bound + 1), 9, program), 'ended', `bound ${index}`);
      }
    });

    test('runs nothing with limits that make no sense', async () => {
      const senseless = [
        { cpuTimeMs: 0 },
        { wallTimeMs: 0 },
        { wallTimeMs: 1e10 },
        { memoryBytes: 0 },
        { memoryBytes: 2 ** 50 },
        { outputBytes: 2 ** 40 },
        { diskBytes: 0 },
        { processes: 0 },
        { openFiles: 0 },
      ];
      for (const limits of senseless)
        assert.equal(await ask(run(9, { limits: { ...PROBE_LIMITS, ...limits } }), 9, program), 'ended');
    });

    test('a session whose input exceeds its window ends the connection', async () => {
      const supervisor = await startRawSupervisor(program);
      supervisor.socket.write(CONVERSATION[0] as Buffer);
      supervisor.socket.write(session(9, { kind: 'pipes' }, 'sleep', '60000'));
      assert.ok(await supervisor.answer(({ type }) => type === 'started'));
      for (let piece = 0; piece < 8; piece++)
        supervisor.socket.write(inputFrame(9, Buffer.alloc(64 * 1024), false));
      assert.equal(await supervisor.answer((one) => 'id' in one && one.id === 99), null);
      await assertCleanEnd(supervisor);
    });

    test('fails a run whose root or artifacts do not exist', async () => {
      assert.equal(await ask(run(9, { code: 77 }), 9, program), 'failed');
      assert.equal(await ask(run(9, { build: 77, code: 0 }), 9, program), 'failed');
      assert.equal(await ask(run(9, { root: 77 }), 9, program), 'failed');
    });

    test("ends a submission's program that does not exist as a shell does", async () => {
      assert.equal(await ask(run(9, { code: 0 }), 9, program), 'result');
    });

    test('survives limits under which no program can run', async () => {
      const limits = [
        { memoryBytes: 1 },
        { stackBytes: 0 },
        { fileSizeBytes: 0 },
        { diskBytes: 1 },
        { openFiles: 1 },
      ];
      const supervisor = await startRawSupervisor(program);
      supervisor.socket.write(CONVERSATION[0] as Buffer);
      for (const [index, limit] of limits.entries()) {
        supervisor.socket.write(run(100 + index, { limits: { ...PROBE_LIMITS, ...limit } }));
        const answer = await supervisor.answer((one) => 'id' in one && one.id === 100 + index);
        assert.ok(answer, JSON.stringify(limit));
      }
      supervisor.socket.write(run(200));
      assert.equal((await supervisor.answer((one) => 'id' in one && one.id === 200))?.type, 'result');
      supervisor.socket.end();
      await assertCleanEnd(supervisor);
    });

    test('keeps files below their artifact', async () => {
      const token = `escape-${randomUUID()}`;
      const up = '../'.repeat(12);
      const names = [
        `../${token}`,
        `${up}${token}`,
        `${up}tmp/${token}`,
        `/${token}`,
        `/tmp/${token}`,
        `a/../../${token}`,
        `a//${token}`,
        `./${token}`,
        `${token}/`,
        `${token}/.`,
        `${token}/..`,
        '.',
        '..',
        '',
        '/',
        'a\0b',
        'x'.repeat(256),
        `${'a/'.repeat(40)}x`,
      ];
      for (const path of names) {
        const answer = await ask(storeFrame(9, 1, [{ path, content: TEXT }]), 9, program);
        assert.ok(answer === 'failed' || answer === 'ended', `${path} was ${answer}`);
      }
      const around = ['/', '/tmp', '/usr'].flatMap((place) => readdirSync(place));
      assert.ok(!around.includes(token));
    });

    test('gives a build at most an eighth of the free space', async () => {
      const supervisor = await startRawSupervisor(program); // with a store of 64 MiB
      supervisor.socket.write(storeFrame(1, 1, PROBE_FILES));
      const limits = { ...PROBE_LIMITS, diskBytes: 24 * MIB, fileSizeBytes: 24 * MIB };
      const build = async (id: number, bytes: number) => {
        const command = probeCommand('write', '/box/out/file', String(bytes));
        supervisor.socket.write(run(id, { collect: id, command, limits }));
        return await supervisor.answer((one) => 'id' in one && one.id === id);
      };
      const large = await build(2, 10 * MIB);
      assert.ok(large?.type === 'failed' && large.retryable, JSON.stringify(large));
      assert.equal((await build(3, 6 * MIB))?.type, 'result');
      supervisor.socket.end();
      await assertCleanEnd(supervisor);
    });

    test('stores all files or none', async () => {
      const supervisor = await startRawSupervisor(program);
      const file = (path: string) => ({ path, content: TEXT });
      const impossible = [
        [file('a'), file('a')],
        [file('a'), file('a/b')],
        [file('a/b'), file('a')],
        [file('a'), file('../b')],
      ];
      for (const [index, files] of impossible.entries()) {
        supervisor.socket.write(storeFrame(10 + index, 5, files));
        const answer = await supervisor.answer((one) => 'id' in one && one.id === 10 + index);
        assert.ok(answer?.type === 'failed' && !answer.retryable, JSON.stringify(answer));
      }
      supervisor.socket.write(storeFrame(20, 5, [file('a')]));
      assert.equal((await supervisor.answer((one) => 'id' in one && one.id === 20))?.type, 'ok');
      supervisor.socket.write(storeFrame(21, 5, [file('a')]));
      assert.equal((await supervisor.answer((one) => 'id' in one && one.id === 21))?.type, 'failed');
      supervisor.socket.end();
      await assertCleanEnd(supervisor);
    });

    test('mounts nothing outside of a root', async () => {
      const outside = await makeDataDirectory();
      mkdirSync(join(outside, 'inner'));
      const name = `escape-${randomUUID()}`;
      const bind = (target: string): RootMount => ({ kind: 'bind', source: '/usr', target });
      const link = (source: string, target: string): RootMount => ({ kind: 'symlink', source, target });
      const bad: RootMount[][] = [
        ...[
          `../${name}`,
          name,
          `/../${name}`,
          `/a/../../../../${name}`,
          `//${name}`,
          '',
          '/',
          '/.',
          '/..',
          '/a/.',
        ].map((target) => [bind(target)]),
        ...[`/../${name}`, `${name}`, `/a/../../${name}`].map((target) => [link('x', target)]),
        [link(outside, '/a'), bind(`/a/${name}`)],
        [link(outside, '/a'), bind(`/a/${name}/deeper`)],
        [link(outside, '/a'), link('x', `/a/${name}`)],
        [link(join(outside, 'inner'), '/a'), bind('/a')],
        [link(join(outside, name), '/a'), { kind: 'bind', source: '/etc/passwd', target: '/a' }],
        [bind(`/tmp/${name}`)], // a link of every root
        [bind(`/dev/fd/${name}`)],
        [{ kind: 'bind', source: `/nonexistent/${name}`, target: '/a' }],
        [link('x'.repeat(500), '/a'), link('x', '/a')],
      ];
      for (const mountList of bad) {
        const answer = await ask(addRootFrame(9, 1, { fingerprint: '', mounts: mountList }), 9, program);
        assert.ok(answer === 'failed' || answer === 'ended', `${JSON.stringify(mountList)} was ${answer}`);
      }
      assert.deepEqual(filesBelow(outside), ['inner']);
      assert.ok(!['/', '/tmp'].flatMap((place) => readdirSync(place)).includes(name));
    });

    test('continues after a root that could not be made', async () => {
      const supervisor = await startRawSupervisor(program);
      const missing = {
        fingerprint: '',
        mounts: [{ kind: 'bind', source: '/nonexistent', target: '/a' }],
      } as const;
      const usr = { fingerprint: '', mounts: [{ kind: 'bind', source: '/usr', target: '/usr' }] } as const;
      supervisor.socket.write(
        Buffer.concat([addRootFrame(1, 5, missing), addRootFrame(2, 5, usr), addRootFrame(3, 5, usr)]),
      );
      assert.equal((await supervisor.answer((one) => 'id' in one && one.id === 3))?.type, 'failed');
      const types = supervisor.answers.flatMap((one) => ('id' in one ? [one.type] : []));
      assert.deepEqual(types, ['failed', 'ok', 'failed']);
      for (let root = 10; root < 90; root++) supervisor.socket.write(addRootFrame(root, root, usr));
      assert.equal(
        (await supervisor.answer((one) => 'id' in one && one.id === 89))?.type,
        'failed',
        'too many',
      );
      supervisor.socket.end();
      await assertCleanEnd(supervisor);
    });

    test('accepts more runs than it has slots, and rejects more than it queues', async () => {
      const supervisor = await startRawSupervisor(program);
      const forever = {
        command: probeCommand('sleep', '600000'),
        limits: { ...PROBE_LIMITS, wallTimeMs: 600_000 },
      };
      supervisor.socket.write(CONVERSATION[0] as Buffer);
      for (let id = 1000; id < 2100; id++) supervisor.socket.write(run(id, forever));
      assert.equal((await supervisor.answer((one) => 'id' in one && one.id === 2099))?.type, 'failed');
      for (let id = 1000; id < 2099; id++) supervisor.socket.write(cancelFrame(id));
      await supervisor.answer((one) => 'id' in one && one.id === 1000);
      supervisor.socket.write(run(3000));
      const last = await supervisor.answer((one) => 'id' in one && one.id === 3000);
      assert.equal(last?.type === 'result' && last.answer.outcome.exitCode, 0);
      supervisor.socket.end();
      await assertCleanEnd(supervisor);
    });

    const random = { skip: takesRandom ? false : 'left to the supervisor with sanitizers' };

    test('never crashes on random bytes', random, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }),
          fc.constantFrom(0, 1, 2, 3, 4, 5),
          async (noise, type) => {
            await converse(type === 0 ? noise : noise.map((bytes) => frame(type, 1, bytes)), program);
          },
        ),
        { numRuns: ROUNDS },
      );
    });

    test('never crashes on a conversation with one change', random, async () => {
      const interesting = fc.constantFrom(
        0,
        1,
        2,
        0x7f,
        0x80,
        0xff,
        0xffff,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff,
      );
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            index: fc.nat(CONVERSATION.length - 1),
            // The first hundred bytes of a frame matter most; the rest is the content of the probe.
            place: fc.nat(140),
            width: fc.constantFrom(1, 2, 4),
            value: fc.oneof(interesting, fc.nat()),
            cuts: fc.array(fc.nat(), { maxLength: 4 }),
          }),
          async ({ index, place, width, value, cuts }) => {
            const frames = CONVERSATION.map((bytes) => Buffer.from(bytes));
            const changed = frames[index] as Buffer;
            u32(value % 2 ** 32).copy(changed, place % changed.length, 0, width);
            await converse(cut(Buffer.concat(frames), cuts), program);
          },
        ),
        { numRuns: ROUNDS },
      );
    });

    test('never crashes on a conversation out of order', random, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(CONVERSATION.length - 1), { maxLength: 20 }), async (order) => {
          await converse(
            order.map((index) => CONVERSATION[index] as Buffer),
            program,
          );
        }),
        { numRuns: Math.ceil(ROUNDS / 4) },
      );
    });

    test('leaves the mounts of the machine as they were', () => {
      assert.deepEqual(mountsOf('self'), mounts);
    });
  });
