// Whatever programs write, the service goes on answering: outputs are judged in threads, and no piece of work in the event
// loop is long. Measured in CPU time, so that a busy machine does not matter.

import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecuteRequest } from '../src/api/execution.ts';
import { execute, launchFor, ready, type Service } from './service.ts';

const MAX_PIECE_MS = 250;
const MONITOR = new URL('./event-loop-monitor.ts', import.meta.url);

async function longestPieceMs(service: Service): Promise<number> {
  const known = service.lines.length;
  service.process.kill('SIGUSR2');
  for (;;) {
    const found = service.lines.slice(known).find((line) => line.startsWith('longest piece:'));
    if (found !== undefined) return Number.parseFloat(found.slice('longest piece:'.length));
    await delay(20);
  }
}

/** Asks for the health of a service until it is stopped; returns how often it was answered. */
async function askForHealth({ url }: Service, signal: AbortSignal): Promise<number> {
  let answers = 0;
  while (!signal.aborted) {
    const answer = await fetch(`${url}/health/live`);
    assert.equal(answer.status, 200);
    await answer.text();
    answers += 1;
    await delay(50);
  }
  return answers;
}

const OUTPUTS = 8;
/** Writes 10 MB of a byte to both streams. */
const FLOOD = `import sys
flood = bytes([int(sys.argv[1])]) * (10 << 20)
sys.stdout.buffer.write(flood)
sys.stderr.buffer.write(flood)
`;
/** Writes numbers up to an argument from the last to the first. */
const COUNT_DOWN = 'import sys\nprint("\\n".join(str(n) for n in range(int(sys.argv[1]), 0, -1)))\n';

const flood = (byte: number): Partial<ExecuteRequest> => ({
  code: FLOOD,
  args: [String(byte)],
  test_cases: Array.from({ length: OUTPUTS }, () => ({ expected_output: 'x' })),
});
const countDown = (type: NonNullable<ExecuteRequest['checker']>['type']): Partial<ExecuteRequest> => ({
  code: COUNT_DOWN,
  args: ['1000000'],
  checker: { type },
  test_cases: [{ expected_output: Array.from({ length: 1_000_000 }, (_, n) => n + 1).join('\n') }],
});

const WORST: readonly [what: string, request: Partial<ExecuteRequest>, status: string, query?: string][] = [
  ['8 outputs of 10 MB that are not UTF-8', flood(0xff), 'wrong_answer'],
  ['the same in Base64', flood(0xff), 'wrong_answer', '?encoding=base64'],
  ['8 outputs of 10 MB of control characters', flood(1), 'wrong_answer'],
  ['a million lines in another order', countDown('unordered_lines'), 'accepted'],
  ['a million numbers that are wrong', countDown('float'), 'wrong_answer'],
];

async function start(t: TestContext): Promise<Service> {
  const child = await launchFor(t, { NODE_OPTIONS: `--import ${MONITOR}` });
  return ready(child, ['python']);
}

suite('the event loop', () => {
  test('is never busy for long, whatever is to be judged', async (t) => {
    const service = await start(t);
    const limits = { language: 'python', output_limit_kb: 10_240, memory_limit: 256, time_limit: 20 };
    // The first of all meets code that is not compiled yet.
    for (const [what, request, status, query = ''] of [WORST[0] as (typeof WORST)[number], ...WORST]) {
      await longestPieceMs(service);
      const done = new AbortController();
      const health = askForHealth(service, done.signal);
      const answer = await execute(service, { ...limits, ...request }, { query });
      const result = (await answer.json()) as { status: string };
      done.abort();
      assert.ok((await health) > 0);
      assert.equal(result.status, status, what);
      const pieceMs = await longestPieceMs(service);
      t.diagnostic(`${what}: ${pieceMs} ms`);
      assert.ok(pieceMs < MAX_PIECE_MS, `${what}: a piece of ${pieceMs} ms`);
    }
  });
});
