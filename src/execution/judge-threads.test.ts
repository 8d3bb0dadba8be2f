// Large outputs are judged beside the event loop, and what goes wrong there is never a verdict.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKER_TYPES, type CheckerOptions } from '../checkers/catalog.ts';
import { MIB } from '../units.ts';
import { createJudgeThreads, JudgeError } from './judge-threads.ts';
import { type JudgementTask, judge } from './judgement.ts';

/** What a large output may cost the event loop, in CPU time: sending it to a thread, and getting back what is shown. */
const MAX_MAIN_CPU_MS = 250;

const NEVER = new AbortController().signal;

function taskOf(expected: Uint8Array, stdout: Uint8Array, checker: CheckerOptions): JudgementTask {
  return {
    stdout,
    stderr: stdout,
    stdoutTruncated: false,
    stderrTruncated: false,
    shownBytes: 16 * MIB,
    comparison: { checker, expectedOutput: Buffer.from(expected).toString('base64'), encoding: 'base64' },
  };
}

const SMALL = taskOf(Buffer.from('1 2'), Buffer.from('1 3\xff', 'latin1'), { type: 'tokens' });

/** A thread that does something else than judge. */
function threadThat(does: string): URL {
  const source = `import { parentPort } from 'node:worker_threads'; parentPort.on('message', (task) => { ${does} });`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

test('a thread judges as it is done without one', async (t) => {
  const threads = createJudgeThreads();
  t.after(() => threads.close());
  for (const type of CHECKER_TYPES) {
    const task = {
      ...SMALL,
      comparison: { checker: { type }, expectedOutput: '1 2', encoding: 'utf8' as const },
    };
    assert.deepEqual(await threads.judge(task, NEVER), judge(task));
  }
});

test('what is judged stays where it is, though it is part of a larger memory', async (t) => {
  const threads = createJudgeThreads();
  t.after(() => threads.close());
  const memory = Buffer.from('xx1 2xx');
  const task = taskOf(Buffer.from('1 2'), memory.subarray(2, 5), { type: 'exact' });
  assert.equal((await threads.judge(task, NEVER)).check?.passed, true);
  assert.equal(memory.toString(), 'xx1 2xx');
});

test('a thread that fails is a failure of the service, and the next judgement has another one', async (t) => {
  const script = threadThat(
    "if (task.shownBytes === 1) throw new RangeError('broken'); parentPort.postMessage(7);",
  );
  const threads = createJudgeThreads({ threads: 1, script });
  t.after(() => threads.close());
  await assert.rejects(threads.judge({ ...SMALL, shownBytes: 1 }, NEVER), (error) => {
    return error instanceof JudgeError && error.cause instanceof RangeError;
  });
  assert.equal(await threads.judge(SMALL, NEVER), 7);
});

test('a thread that ends without an answer is a failure too', async (t) => {
  const threads = createJudgeThreads({ script: threadThat('process.exit()') });
  t.after(() => threads.close());
  await assert.rejects(threads.judge(SMALL, NEVER), JudgeError);
});

test('a thread that takes too long is ended', async (t) => {
  const threads = createJudgeThreads({ threads: 1, timeoutMs: 100, script: threadThat('for (;;);') });
  t.after(() => threads.close());
  await assert.rejects(threads.judge(SMALL, NEVER), /not judged within 100 ms/);
  await assert.rejects(threads.judge(SMALL, NEVER), /not judged within 100 ms/);
});

test('a judgement that is cancelled is dropped, whether it waits or is under way', async (t) => {
  const script = threadThat('if (task.shownBytes === 1) parentPort.postMessage(7); else for (;;);');
  const threads = createJudgeThreads({ threads: 1, script });
  t.after(() => threads.close());
  const [first, second] = [new AbortController(), new AbortController()];
  const underWay = threads.judge(SMALL, first.signal);
  const waiting = threads.judge(SMALL, second.signal);
  const later = threads.judge({ ...SMALL, shownBytes: 1 }, NEVER);
  second.abort('no longer wanted');
  await assert.rejects(waiting, (reason) => reason === 'no longer wanted');
  first.abort('not wanted either');
  await assert.rejects(underWay, (reason) => reason === 'not wanted either');
  assert.equal(await later, 7);
  await assert.rejects(threads.judge(SMALL, AbortSignal.abort('gone')), (reason) => reason === 'gone');
});

test('closing ends what is under way, and nothing is judged afterwards', async () => {
  const threads = createJudgeThreads({ threads: 1, script: threadThat('for (;;);') });
  const pending = [threads.judge(SMALL, NEVER), threads.judge(SMALL, NEVER)];
  const settled = Promise.allSettled(pending);
  await threads.close();
  for (const end of await settled) {
    assert.ok(end.status === 'rejected' && end.reason instanceof JudgeError);
  }
  await assert.rejects(threads.judge(SMALL, NEVER), /shutting down/);
});

/** Lines of 3 bytes that are all different, and the same lines from the last to the first. */
function differentLines(bytes: number): [Buffer, Buffer] {
  const letters = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte > 0x20);
  const count = bytes / 4;
  const lines = Buffer.alloc(bytes, '\n');
  const reversed = Buffer.alloc(bytes, '\n');
  for (let line = 0; line < count; line += 1) {
    for (const [column, step] of [1, letters.length, letters.length ** 2].entries()) {
      const letter = letters[Math.floor(line / step) % letters.length] ?? 0;
      lines[4 * line + column] = letter;
      reversed[4 * (count - 1 - line) + column] = letter;
    }
  }
  return [lines, reversed];
}

const filled = (unit: string, end: string) =>
  Buffer.concat([Buffer.alloc(10 * MIB - end.length, unit, 'latin1'), Buffer.from(end)]);

const WORST: Readonly<Record<string, readonly [Buffer, Buffer]>> = {
  'line feeds': [filled('\n', 'x'), filled('\n', 'y')],
  'one number': [filled('1', '1'), filled('1', '2')],
  'short tokens': [filled('1 ', 'x'), filled('1 ', 'y')],
  'numbers that are near each other': [
    filled('0.10000000000000000 ', ' '),
    filled('0.10000000000000001 ', ' '),
  ],
  'bytes that are not UTF-8': [filled('\xff', 'x'), filled('\xff', 'y')],
  'different lines in another order': differentLines(10 * MIB),
};

/** What it costs the event loop hardly depends on the checker: each input has one or two of them. */
const CHECKERS_APART = 6;

for (const [index, [what, [expected, output]]] of Object.entries(WORST).entries()) {
  test(`judging 10 MB of ${what} leaves the event loop free`, async (t) => {
    const threads = createJudgeThreads({ threads: 1 });
    t.after(() => threads.close());
    for (const type of CHECKER_TYPES.filter((_, place) => (place + index) % CHECKERS_APART === 0)) {
      const task = taskOf(expected, output, { type, ...(type === 'float' && { absolute: 1e-17 }) });
      const start = process.threadCpuUsage();
      const { check } = await threads.judge(task, NEVER);
      const { user, system } = process.threadCpuUsage(start);
      assert.ok((user + system) / 1000 < MAX_MAIN_CPU_MS, `${type} took ${(user + system) / 1000} ms`);
      assert.ok(check !== null && (check.message ?? '').length <= 1000);
    }
  });
}
