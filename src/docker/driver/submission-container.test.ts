// What a submission does with the container that it holds: whatever failed in it is tried again in another one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunAnswer } from '../../sandbox/frames.ts';
import { CANCELLED, type ImageRoot, SandboxError } from '../../sandbox/sandbox.ts';
import type { Container } from './container.ts';
import type { ContainerPool } from './container-pool.ts';
import { LIMITS } from './docker-fixture.ts';
import { createSubmissionContainer } from './submission-container.ts';

const ROOT: ImageRoot = { fingerprint: 'image', image: 'image' };
const ANSWER: RunAnswer = {
  outcome: { ...CANCELLED, cancelled: false, exitCode: 0 },
  collected: true,
  artifactBytes: 1,
  problem: '',
};
const order = {
  command: { argv: ['/code/program'], environment: {} },
  stdin: new Uint8Array(),
  limits: LIMITS,
  signal: new AbortController().signal,
};

interface Behaviour {
  run?(): Promise<RunAnswer>;
  /** Frames that are answered by OK: files and builds. */
  request?(): Promise<void>;
  fetch?(): Promise<Buffer>;
  answers?: boolean;
  hasFlooded?: boolean;
}

/** A pool whose containers behave as they are told to, in turn, and stay open but for a flood. */
function createParts(...behaviours: readonly Behaviour[]) {
  const released: number[] = [];
  const taken: Container[] = [];
  const take = async (spec: Container['spec']) => {
    const behaviour = behaviours[taken.length] ?? {};
    let isOpen = true;
    const connection = {
      isOpen: () => isOpen,
      break: () => undefined,
      request: behaviour.request ?? (async () => undefined),
      run: () => {
        isOpen = !behaviour.hasFlooded;
        return behaviour.run?.() ?? Promise.resolve(ANSWER);
      },
      fetch: behaviour.fetch ?? (async () => Buffer.from('build')),
    };
    const container = {
      ...{ id: String(taken.length), spec, connection, canChangeLimits: true, limits: () => spec.limits },
      answers: async () => behaviour.answers ?? true,
      hasFlooded: () => behaviour.hasFlooded ?? false,
      ranOutOfMemory: async () => false,
    } as unknown as Container;
    taken.push(container);
    return container;
  };
  const pool = {
    take,
    release: ({ id }: Container) => released.push(Number(id)),
  } as unknown as ContainerPool;
  return { submission: createSubmissionContainer(pool, ROOT, []), taken, released };
}

const failure = () =>
  Promise.reject(new SandboxError('link into /box/work: Permission denied', { retryable: true }));

test('a container is kept from program to program', async () => {
  const { submission, taken, released } = createParts();
  for (let count = 0; count < 3; count++) {
    await submission.ready(order, 0);
    await submission.run(order, false);
  }
  assert.deepEqual([taken.length, released], [1, []]);
});

test('a container whose supervisor failed at a run is left, though it answers', async () => {
  const { submission, taken, released } = createParts({ run: failure });
  await submission.ready(order, 0);
  await assert.rejects(submission.run(order, false), /Permission denied/);
  assert.deepEqual(released, [0]);
  await submission.ready(order, 0);
  assert.equal((await submission.run(order, false)).outcome.exitCode, 0);
  assert.deepEqual([taken.length, released], [2, [0]]);
});

test('one that failed at a build, at giving it or at taking it is left too', async () => {
  for (const [behaviour, use] of [
    [{ run: failure }, 'make'],
    [{ fetch: failure }, 'fetchBuild'],
  ] as const) {
    const { submission, released } = createParts(behaviour as Behaviour);
    await submission.ready(order, 0);
    await assert.rejects(use === 'make' ? submission.make(order) : submission.fetchBuild(), SandboxError);
    assert.deepEqual(released, [0], use);
    assert.equal(submission.hasBuild(), false);
  }
  let requests = 0;
  const request = () => (++requests === 1 ? Promise.resolve() : failure());
  const { submission, released } = createParts({ request });
  await submission.ready(order, 0);
  await assert.rejects(submission.putBuild(Buffer.from('build')), SandboxError);
  assert.deepEqual(released, [0]);
});

test('one that takes no files is given back', async () => {
  const { submission, released } = createParts({ request: failure });
  await assert.rejects(submission.ready(order, 0), SandboxError);
  assert.deepEqual(released, [0]);
});

test('one that was frozen between two programs is left before the second', async () => {
  const behaviour: Behaviour = { answers: true };
  const { submission, taken, released } = createParts(behaviour);
  await submission.ready(order, 0);
  await submission.run(order, false);
  behaviour.answers = false;
  await submission.ready(order, 0);
  assert.deepEqual([taken.length, released], [2, [0]]);
});

test('a program that floods the log ends as one that printed too much, and its container is left', async () => {
  const { submission, released } = createParts({ run: failure, hasFlooded: true });
  await submission.ready(order, 0);
  const { outcome } = await submission.run(order, false);
  assert.deepEqual([outcome.limitReached, outcome.cancelled], ['output', false]);
  assert.deepEqual(released, [0]);
});
