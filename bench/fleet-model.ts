// Simulates fleets that are larger than this machine: measures here how long programs hold a slot, then searches the fewest
// workers for which 99 of 100 executions wait less than a second at the peak of a day, and draws them.
//   npm run bench:fleet-model [-- FILE.svg]

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SHARE } from './measure.ts';

/** What people submit: a share, and a program with three tests whose build is not cached. */
const MIX = [
  { share: 0.6, language: 'python', code: 'n = int(input())\nprint(sum(i * i for i in range(n)))' },
  { share: 0.2, language: 'javascript', code: 'console.log(Number(require("fs").readFileSync(0)) ** 2)' },
  {
    share: 0.2,
    language: 'c',
    code: '#include <stdio.h>\nint main(void) { int n; scanf("%d", &n); printf("%d\\n", n); }',
  },
];
const SAMPLES = Math.ceil(40 * SHARE);
const SLOTS_PER_WORKER = 2;
/** Assumptions, which docs/scaling.md names. */
const EXECUTIONS_PER_USER = 4;
const PEAK_FACTOR = 3;
const WORKER_HOUR_DOLLARS = 0.08;
const USERS = [10_000, 30_000, 100_000, 300_000, 1e6, 3e6, 1e7, 2e7];
/** Of Redis' one thread for an execution: `npm run bench:fleet` prints it. */
const REDIS_MS = 0.6;
const MAX_WORKERS = 150;
const ARRIVALS = 100_000;
const MAX_WAIT_MS = 1000;

function comment(language: string, text: string): string {
  return language === 'python' ? `# ${text}` : `// ${text}`;
}

async function measure(): Promise<{ readonly share: number; readonly times: number[] }[]> {
  const data = mkdtempSync(join(tmpdir(), 'bench-model-'));
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, '../start.mjs')], {
    env: {
      PATH: process.env.PATH,
      ...{ PORT: '0', REDIS_PORT: '1', DATA_DIR: data, TOOLCHAINS: 'host', CONCURRENCY: '1' },
      LANGUAGES: MIX.map(({ language }) => language).join(','),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  createInterface(child.stdout as NodeJS.ReadableStream).on('line', (line) => {
    const url = /at (http:\/\/[^\s,"]+)/.exec(line)?.[1];
    if (url !== undefined) resolve(url);
  });
  child.once('exit', () => reject(new Error('the service did not start')));
  const url = await promise;
  const measured = [];
  try {
    for (const { share, language, code } of MIX) {
      const times: number[] = [];
      for (let failures = 0; times.length < SAMPLES; ) {
        const unique = `${code}\n${comment(language, `${performance.now()}`)}`;
        const test_cases = [1, 2, 3].map((n) => ({ input: String(n * 1000) }));
        const answer = await fetch(`${url}/api/v1/execute`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ language, code: unique, test_cases }),
        });
        const result = (await answer.json()) as { total_time_ms: number; queue_time_ms: number };
        if (answer.ok) times.push(result.total_time_ms - result.queue_time_ms);
        else if (failures++ === 300) throw new Error(JSON.stringify(result));
        else await new Promise((wait) => setTimeout(wait, 200));
      }
      measured.push({ share, times });
      console.log(
        `${language}: ${mean(times).toFixed(0)} ms of a slot, p95 ${quantile(times, 0.95).toFixed(0)}`,
      );
    }
  } finally {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
    rmSync(data, { recursive: true, force: true });
  }
  return measured;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(share * (values.length - 1))] ?? Number.NaN;
}

/** Repeats the same numbers in each run. */
function createRandom(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** The wait that 99 of 100 stay below: Poisson arrivals, the first that waits gets the slot that is free first. */
function p99WaitMs(perSecond: number, slots: number, drawMs: (random: () => number) => number): number {
  const random = createRandom();
  const free = new Float64Array(slots); // a heap of when each slot is free
  const waits: number[] = [];
  let now = 0;
  for (let count = 0; count < ARRIVALS; count += 1) {
    now += (-Math.log(random()) / perSecond) * 1000;
    const start = Math.max(now, free[0] ?? 0);
    waits.push(start - now);
    replaceFirst(free, start + drawMs(random));
  }
  return quantile(waits, 0.99);
}

function replaceFirst(heap: Float64Array, value: number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child += 1;
    if ((heap[child] as number) >= value) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = value;
}

/** Points on two logarithmic axes. */
function drawing(points: readonly { readonly users: number; readonly workers: number }[]): string {
  const x = (users: number) => 60 + (Math.log10(users / 10_000) / Math.log10(2000)) * 470;
  const y = (workers: number) => 260 - (Math.log10(workers) / 2) * 220;
  const tick = (at: number, label: string, isX: boolean) =>
    isX
      ? `<text x="${at}" y="280" text-anchor="middle">${label}</text>`
      : `<text x="52" y="${at + 4}" text-anchor="end">${label}</text><path d="M60 ${at}H540" stroke="#ddd"/>`;
  const line = points
    .map(({ users, workers }) => `${x(users).toFixed(1)},${y(workers).toFixed(1)}`)
    .join(' ');
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 580 310" font-family="sans-serif" font-size="12">',
    '<title>Workers over users a day</title><rect width="580" height="310" fill="#fff"/>',
    ...USERS.map((users) => tick(x(users), users < 1e6 ? `${users / 1000}k` : `${users / 1e6}M`, true)),
    ...[1, 3, 10, 30, 100].map((workers) => tick(y(workers), String(workers), false)),
    `<polyline points="${line}" fill="none" stroke="#2563eb" stroke-width="2"/>`,
    ...points.map(
      ({ users, workers }) =>
        `<circle cx="${x(users).toFixed(1)}" cy="${y(workers).toFixed(1)}" r="4" fill="#2563eb"/><text x="${(x(users) - 8).toFixed(1)}" y="${(y(workers) - 8).toFixed(1)}" text-anchor="end">${workers}</text>`,
    ),
    '<text x="300" y="302" text-anchor="middle">users a day</text>',
    '<text x="60" y="22">workers of two slots, 99 of 100 executions wait less than a second</text></svg>',
  ].join('\n');
}

const measured = await measure();
const drawMs = (random: () => number) => {
  const drawn = random();
  let sum = 0;
  for (const { share, times } of measured) {
    sum += share;
    if (drawn < sum) return times[Math.floor(random() * times.length)] ?? 1;
  }
  return 1;
};
const serviceMs = measured.reduce((sum, { share, times }) => sum + share * mean(times), 0);
console.log(`mean of the mix: ${serviceMs.toFixed(0)} ms\n`);
console.log(
  'users a day  executions/s at the peak  workers  p99 wait ms  busy at the peak  Redis busy  dollars a million',
);
const points = [];
for (const users of USERS) {
  const daily = users * EXECUTIONS_PER_USER;
  const perSecond = (daily * PEAK_FACTOR) / 86_400;
  let workers = Math.max(1, Math.ceil((perSecond * serviceMs) / 1000 / SLOTS_PER_WORKER));
  const wait = () => p99WaitMs(perSecond, workers * SLOTS_PER_WORKER, drawMs);
  while (workers <= MAX_WORKERS && wait() >= MAX_WAIT_MS) workers += 1;
  points.push({ users, workers });
  const busy = (perSecond * serviceMs) / 1000 / SLOTS_PER_WORKER / workers;
  const dollars = (workers * 24 * WORKER_HOUR_DOLLARS * 1e6) / daily;
  console.log(
    [
      users,
      perSecond.toFixed(1),
      workers,
      wait().toFixed(0),
      `${(100 * busy).toFixed(0)} %`,
      `${(perSecond * REDIS_MS * 0.1).toFixed(0)} %`,
      dollars.toFixed(2),
    ].join('\t'),
  );
}
const [, , file] = process.argv;
if (file !== undefined) writeFileSync(file, `${drawing(points)}\n`);
