// What a container's first process makes of bytes that no driver sends: it ends, and with it the container, or answers that
// the request failed. It never runs two programs at once.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { PROBE_IN_IMAGE } from '../../../test/bare-image.ts';
import { engineForTests } from '../../../test/docker-engine.ts';
import {
  type Answer,
  cancelFrame,
  createDecoder,
  dropFrame,
  fetchFrame,
  type RunFrame,
  restoreFrame,
  runFrame,
  storeFrame,
} from '../../sandbox/frames.ts';
import { containerConfig } from '../container-config.ts';
import type { DockerEngine } from '../engine.ts';
import { boxLabels } from '../labels.ts';
import { separateStreams } from './attached-stream.ts';
import { specOf } from './container-size.ts';
import { bareRoot, LIMITS, removeContainers } from './docker-fixture.ts';
import { createUidAllocator } from './uid-allocator.ts';

const { engine, skip } = await engineForTests();
const HOME = randomUUID();
const TEXT = Buffer.from('text');
const FILES = [{ path: 'data', content: TEXT }];
/** Each round makes a container. */
const ROUNDS = 12;

interface RawContainer {
  readonly answers: readonly Answer[];
  send(...frames: Uint8Array[]): void;
  /** The answer to a request, `null` when the container ends before. */
  answer(id: number): Promise<Answer | null>;
  /** Ends its input and resolves with its exit code and what it said. */
  end(): Promise<{ readonly code: number; readonly words: string }>;
}

const uids = createUidAllocator();
const supervisor = join(import.meta.dirname, '../../../supervisor/build/supervisor');
const seccompProfile = execFileSync(supervisor, ['seccomp-profile'], { encoding: 'utf8' });
const settings = { seccompProfile: JSON.stringify(JSON.parse(seccompProfile)), sources: '' };

/** A container as the driver makes them, that the test talks to in bytes. */
async function startRaw(used: DockerEngine): Promise<RawContainer> {
  const uid = uids.take();
  const config = containerConfig(
    specOf(await bareRoot(used), LIMITS),
    { uid, labels: boxLabels(HOME, 'test') },
    settings,
  );
  const { Id } = await used.request<{ Id: string }>('POST', '/containers/create', { json: config });
  const lines: string[] = [];
  const channel = separateStreams(await used.attach(Id, 10_000), (line) => void lines.push(line));
  const answers: Answer[] = [];
  const changed = new EventTarget();
  const notify = () => void changed.dispatchEvent(new Event('change'));
  const decode = createDecoder((answer) => {
    answers.push(answer);
    notify();
  });
  let isOver = false;
  channel.on('data', decode).on('error', () => undefined);
  channel.once('close', () => {
    isOver = true;
    notify();
  });
  const find = async (matches: (answer: Answer) => boolean) => {
    for (;;) {
      const found = answers.find(matches);
      if (found || isOver) return found ?? null;
      await once(changed, 'change');
    }
  };
  await used.request('POST', `/containers/${Id}/start`);
  await find(({ type }) => type === 'ready');
  return {
    answers,
    send: (...frames) => {
      for (const frame of frames) if (!channel.writableEnded) channel.write(frame);
    },
    answer: (id) => find((answer) => 'id' in answer && answer.id === id),
    end: async () => {
      if (!isOver) channel.end();
      const { StatusCode } = await used.request<{ StatusCode: number }>('POST', `/containers/${Id}/wait`);
      while (!isOver) await once(changed, 'change');
      await used.request('DELETE', `/containers/${Id}`, { query: { force: true } });
      uids.giveBack(uid);
      return { code: StatusCode, words: lines.join('\n') };
    },
  };
}

function run(id: number, args: readonly string[], changes: Partial<RunFrame> = {}): Buffer {
  const command = { argv: [PROBE_IN_IMAGE, ...args], environment: {} };
  return runFrame(id, {
    root: 0,
    code: 1,
    build: 0,
    collect: 0,
    command,
    stdin: TEXT,
    limits: LIMITS,
    ...changes,
  });
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function frame(type: number, id: number, ...parts: readonly Uint8Array[]): Buffer {
  const payload = Buffer.concat(parts);
  return Buffer.concat([u32(payload.length + 5), Buffer.of(type), u32(id), payload]);
}

function textOf(answer: Answer | null): string {
  return answer?.type === 'result'
    ? Buffer.from(answer.answer.outcome.stdout).toString()
    : `no result, but ${answer?.type}`;
}

function messageOf(answer: Answer | null): string {
  return answer?.type === 'failed'
    ? `${answer.retryable ? 'retryable: ' : ''}${answer.message}`
    : `${answer?.type}`;
}

describe('the first process of a container', { skip, concurrency: 4 }, () => {
  const start = () => startRaw(engine as DockerEngine);
  after(() => removeContainers(engine as DockerEngine, HOME));

  test('answers a conversation, one request after the other, and ends well with its input', async () => {
    const container = await start();
    container.send(storeFrame(1, 1, FILES), run(2, ['list', '/code']));
    assert.equal(textOf(await container.answer(2)), 'data\n');
    container.send(run(3, ['build'], { collect: 2, limits: { ...LIMITS, fileSizeBytes: 8 << 20 } }));
    assert.equal(textOf(await container.answer(3)), 'built\n');
    container.send(fetchFrame(4, 2), run(5, ['list', '/build'], { build: 2 }));
    const built = await container.answer(4);
    assert.equal(textOf(await container.answer(5)), 'inner\nprogram\n');
    assert.ok(built?.type === 'artifact');
    container.send(dropFrame(2), restoreFrame(6, 3, built.content), run(7, ['list', '/build'], { build: 3 }));
    assert.equal(textOf(await container.answer(7)), 'inner\nprogram\n');
    assert.deepEqual(await container.end(), { code: 0, words: '' });
  });

  test('ends well when its input is cut off, and so does what runs', async () => {
    for (const bytes of [Buffer.alloc(0), u32(100), storeFrame(1, 1, FILES).subarray(0, 20)]) {
      const container = await start();
      container.send(bytes);
      assert.deepEqual(await container.end(), { code: 0, words: '' });
    }
    const container = await start();
    container.send(
      storeFrame(1, 1, FILES),
      run(2, ['sleep', '600000'], { limits: { ...LIMITS, wallTimeMs: 600_000 } }),
    );
    await container.answer(1);
    assert.equal((await container.end()).code, 0);
  });

  const malformed: Readonly<Record<string, readonly Uint8Array[]>> = {
    'an empty frame': [u32(0), Buffer.alloc(16)],
    'a frame of absurd length': [u32(0x7fff_ffff), Buffer.alloc(16)],
    'a root, which only the native driver sends': [frame(1, 1, u32(1), Buffer.alloc(2))],
    'a type of the answers': [frame(65, 1)],
    'an unknown type': [frame(99, 1)],
    'files without a count': [frame(2, 1)],
    'the artifact 0': [storeFrame(1, 0, FILES)],
    'a question for no artifact': [frame(6, 1)],
    'a question with more in it': [frame(6, 1, u32(1), TEXT)],
    'a ping with something in it': [frame(7, 1, TEXT)],
    'a run without anything': [frame(4, 1)],
    'a run without a program': [run(1, [], { command: { argv: [], environment: {} } })],
    'a run without time': [run(1, ['exit', '0'], { limits: { ...LIMITS, wallTimeMs: 0 } })],
    'a run with more output than there may be': [
      run(1, ['exit', '0'], { limits: { ...LIMITS, outputBytes: 2 ** 40 } }),
    ],
    'a second run while one is under way': [
      storeFrame(1, 1, FILES),
      run(2, ['sleep', '600000'], { limits: { ...LIMITS, wallTimeMs: 600_000 } }),
      run(3, ['exit', '0']),
    ],
    'files while a program runs': [
      storeFrame(1, 1, FILES),
      run(2, ['sleep', '600000'], { limits: { ...LIMITS, wallTimeMs: 600_000 } }),
      storeFrame(3, 2, FILES),
    ],
    'a word to a cancellation': [frame(5, 1, TEXT)],
  };
  for (const [what, frames] of Object.entries(malformed))
    test(`is ended by ${what}`, async () => {
      const container = await start();
      container.send(...frames);
      assert.equal(await container.answer(99), null);
      assert.deepEqual(await container.end(), {
        code: 2,
        words: 'a malformed frame ends the connection',
      });
    });

  test('stores no file at a place outside, and goes on', async () => {
    const container = await start();
    const names = [
      '../a',
      '/a',
      '/tmp/a',
      'a/../../b',
      'a//b',
      './a',
      'a/',
      'a/..',
      '.',
      '..',
      '',
      'x'.repeat(256),
    ];
    for (const [index, path] of names.entries()) {
      container.send(storeFrame(10 + index, 1, [{ path, content: TEXT }]));
      const answer = await container.answer(10 + index);
      assert.equal(answer?.type, 'failed', `${path}: ${answer?.type}`);
      assert.doesNotMatch(messageOf(answer), /^retryable/);
    }
    container.send(storeFrame(1, 1, FILES), run(2, ['list', '/code']));
    assert.equal(textOf(await container.answer(2)), 'data\n');
    container.send(run(3, ['list', '/box/work']));
    assert.equal(textOf(await container.answer(3)), 'data\n');
    assert.deepEqual(await container.end(), { code: 0, words: '' });
  });

  test('knows no artifact that it was not given', async () => {
    const container = await start();
    container.send(
      storeFrame(1, 1, FILES),
      fetchFrame(2, 77),
      dropFrame(77),
      run(3, ['exit', '0'], { code: 77 }),
    );
    assert.equal(messageOf(await container.answer(2)), 'there is no artifact 77');
    assert.equal(messageOf(await container.answer(3)), 'there is no artifact 77');
    container.send(run(4, ['exit', '0'], { build: 77 }), run(5, ['list', '/code']));
    assert.equal(messageOf(await container.answer(4)), 'there is no artifact 77');
    assert.equal(textOf(await container.answer(5)), 'data\n');
    assert.deepEqual(await container.end(), { code: 0, words: '' });
  });

  test('restores no artifact that is malformed', async () => {
    const container = await start();
    container.send(
      restoreFrame(1, 1, Buffer.of(9, 0, 1)),
      storeFrame(2, 1, FILES),
      run(3, ['list', '/code']),
    );
    assert.equal(messageOf(await container.answer(1)), 'an artifact is malformed');
    assert.equal(textOf(await container.answer(3)), 'data\n');
    assert.deepEqual(await container.end(), { code: 0, words: '' });
  });

  test('keeps no more artifacts than it has room for', async () => {
    const container = await start();
    for (let artifact = 1; artifact <= 17; artifact++) container.send(storeFrame(artifact, artifact, FILES));
    assert.equal((await container.answer(16))?.type, 'ok');
    assert.equal(messageOf(await container.answer(17)), 'more than 16 artifacts');
    assert.deepEqual(await container.end(), { code: 0, words: '' });
  });

  test('does not blame a build for a lack of room', async () => {
    const container = await start();
    for (let artifact = 1; artifact <= 16; artifact++) container.send(storeFrame(artifact, artifact, FILES));
    assert.equal((await container.answer(16))?.type, 'ok');
    container.send(run(17, ['build'], { collect: 17 }));
    assert.equal(messageOf(await container.answer(17)), 'retryable: more than 16 artifacts');
    assert.deepEqual(await container.end(), { code: 0, words: '' });
  });

  test('lets a cancellation of nothing pass, and ends what is cancelled', async () => {
    const container = await start();
    container.send(
      cancelFrame(5),
      storeFrame(1, 1, FILES),
      run(2, ['sleep', '600000']),
      cancelFrame(77),
      cancelFrame(2),
    );
    const answer = await container.answer(2);
    assert.ok(answer?.type === 'result' && answer.answer.outcome.cancelled);
    assert.deepEqual(await container.end(), { code: 0, words: '' });
  });

  test('neither crashes nor hangs at any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(0, 2, 3, 4, 5, 6, 7),
        async (noise, type) => {
          const container = await start();
          container.send(...(type === 0 ? noise : noise.map((bytes) => frame(type, 1, bytes))));
          const { code, words } = await container.end();
          assert.ok(code === 0 || code === 2, `${code}: ${words}`);
        },
      ),
      { numRuns: ROUNDS },
    );
  });
});
