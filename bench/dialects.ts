// Measures what each other API costs beside version 1: the same program through all of them in turn, in the same run. The
// client runs on the same cores.
//   npm run bench:dialects

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const HERE = import.meta.dirname;
/** Requests to each API. */
const ROUNDS = Math.round(300 * Number(process.env.BENCH_SHARE ?? 1));
const WARM_UP = 20;
const CODE = 'print(input())';

const DOORS: Readonly<Record<string, { path: string; body: object }>> = {
  v1: { path: '/api/v1/execute', body: { language: 'python', code: CODE, stdin: '1' } },
  piston: {
    path: '/api/v2/execute',
    body: { language: 'python', version: '*', files: [{ content: CODE }], stdin: '1' },
  },
  judge0: { path: '/submissions?wait=true', body: { language_id: 71, source_code: CODE, stdin: '1' } },
  jobe: {
    path: '/jobe/index.php/restapi/runs',
    body: { run_spec: { language_id: 'python3', sourcecode: CODE, input: '1' } },
  },
  'sandbox-fusion': { path: '/run_code', body: { language: 'python', code: CODE, stdin: '1' } },
};

async function startService() {
  const service = spawn(process.execPath, [join(HERE, '../start.mjs')], {
    env: { ...process.env, PORT: '0', LANGUAGES: 'python', REDIS_PORT: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  createInterface(service.stdout).on('line', (line) => {
    const url = /at (http:\/\/[^\s,"]+)/.exec(line)?.[1];
    if (url !== undefined) resolve(url);
  });
  service.once('exit', () => reject(new Error('the service did not start')));
  return { service, url: await promise };
}

async function timeOf(url: string, door: string): Promise<number> {
  const { path, body } = DOORS[door] as { path: string; body: object };
  const beginMs = performance.now();
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  const ms = performance.now() - beginMs;
  if (!answer.ok || !text.includes('1\\n')) throw new Error(`${door}: ${answer.status} ${text}`);
  return ms;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const { service, url } = await startService();
const times: Record<string, number[]> = Object.fromEntries(Object.keys(DOORS).map((door) => [door, []]));
try {
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const door of Object.keys(DOORS)) {
      const ms = await timeOf(url, door).catch(async (error: unknown) => {
        if (round >= 0) throw error;
        await new Promise((resolve) => setTimeout(resolve, 500)); // the language is not ready yet
        return Number.NaN;
      });
      if (round >= 0) times[door]?.push(ms);
    }
  }
} finally {
  const exited = once(service, 'exit');
  service.kill('SIGTERM');
  await exited;
}
const floor = median(times.v1 ?? []);
for (const [door, all] of Object.entries(times)) {
  const p50 = median(all);
  console.log(`${door.padEnd(16)} p50 ${p50.toFixed(2)} ms, ${(p50 / floor).toFixed(2)} of v1`);
}
