// Measures a fleet on Redis: what a request that waits costs more than in one process, how many programs 1, 2 and 4 workers
// run a second, what a build costs that another worker has made, and the memory of a long queue. Client, Redis, API and
// workers share this machine's cores.
//   npm run bench:fleet [-- overhead throughput builds memory]

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { startRedis } from '../src/redis/redis-fixture.ts';
import { compare, printTable, printThroughput, SHARE, throughput } from './measure.ts';

const PROJECT = join(import.meta.dirname, '..');
const RUNS = 600;
const SECONDS = 12;
const WORKERS = [1, 2, 4];
/** More than two cores need, so that sleeping programs show what workers add. */
const SLEEPERS_PER_WORKER = 8;
const NOTHING = { language: 'bash', code: ':' };
const SLEEP = { language: 'bash', code: 'sleep 0.2' };
/** In C, each of its own. */
const PROGRAMS = 60;
const QUEUED = 10_000;
const BATCH = 100;
const CODE = `# ${'x'.repeat(700)}`;
const PARTS = process.argv.slice(2);
const isAsked = (part: string) => PARTS.length === 0 || PARTS.includes(part);
const agent = new Agent({ keepAlive: true, maxSockets: 256 });

interface Service {
  readonly url: string;
  readonly child: ChildProcess;
}

async function start(role: string, redisPort: number, concurrency = 2): Promise<Service> {
  const data = mkdtempSync(join(tmpdir(), 'bench-fleet-'));
  const child = spawn(process.execPath, ['start.mjs'], {
    cwd: PROJECT,
    env: {
      PATH: process.env.PATH,
      ...{
        ROLE: role,
        PORT: '0',
        DATA_DIR: data,
        LANGUAGES: 'bash,c',
        TOOLCHAINS: 'host',
        LOG_LEVEL: 'info',
      },
      ...{ CONCURRENCY: String(concurrency), MAX_EVENT_LOOP_DELAY_MS: '0', STORE_QUEUE_SIZE: '20000' },
      FLEET_SECRET: 'only-for-this-benchmark-of-a-fleet',
      ...(role === 'all' ? { REDIS_PORT: '1' } : { REDIS_URL: `redis://127.0.0.1:${redisPort}` }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.once('exit', () => rmSync(data, { recursive: true, force: true }));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`${role} did not start`)));
    createInterface(child.stdout as NodeJS.ReadableStream).on('line', (line) => {
      const found = /at (http:\/\/[^\s,"]+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return { url, child };
}

async function stop({ child }: Service): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

function post(url: string, body: object): Promise<{ readonly status: number; readonly text: string }> {
  const written = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(written) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: 'POST', headers }, async (answer) => {
      const text = (await answer.setEncoding('utf8').toArray()).join('');
      resolve({ status: answer.statusCode ?? 0, text });
    });
    sent.on('error', reject);
    sent.end(written);
  });
}

async function execute({ url }: Service, body: object): Promise<void> {
  const { status, text } = await post(`${url}/api/v1/execute`, body);
  if (status !== 200 || !text.includes('"completed"')) throw new Error(`${status}: ${text}`);
}

/** Until the language is ready and announced. */
async function untilItRuns(service: Service, language = 'bash'): Promise<void> {
  const program = language === 'bash' ? NOTHING : { language, code: 'int main(void) { return 0; }' };
  for (let attempt = 0; ; attempt += 1) {
    const problem = await execute(service, program).catch((error: Error) => error);
    if (problem === undefined) return;
    if (attempt === 200) throw problem;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function measureOverhead(redisPort: number, api: Service): Promise<void> {
  const alone = await start('all', 0);
  try {
    await Promise.all([untilItRuns(alone), untilItRuns(api)]);
    const contestants = [
      { name: 'one process', run: () => execute(alone, NOTHING) },
      { name: 'API, Redis, worker', run: () => execute(api, NOTHING) },
    ];
    printTable('bash :, one after another', await compare(contestants, { runs: RUNS, gapMs: 3 }));
    for (const clients of [1, 2, 8]) {
      const rows = await throughput(contestants, { clients, seconds: SECONDS });
      printThroughput(`bash :, ${clients} at once`, rows);
    }
    const redis = new Redis({ host: '127.0.0.1', port: redisPort });
    await redis.config('RESETSTAT');
    for (let count = 0; count < BATCH; count += 1) await execute(api, NOTHING);
    const stats = await redis.info('stats');
    const cpu = await redis.info('commandstats');
    redis.disconnect();
    const commands = Number(/total_commands_processed:(\d+)/.exec(stats)?.[1]) / BATCH;
    const scripts = /cmdstat_evalsha:calls=(\d+),usec=(\d+)/.exec(cpu);
    const [, calls, micros] = (scripts ?? []).map(Number);
    console.log(
      `\none execution: ${commands.toFixed(1)} commands of Redis, of these ${((calls ?? 0) / BATCH).toFixed(1)} calls of scripts, which take ${((micros ?? 0) / BATCH).toFixed(0)} us`,
    );
  } finally {
    await stop(alone);
  }
}

/** Counted to the end of the last, which began in time. */
async function perSecond(api: Service, body: object, clients: number): Promise<number> {
  const begin = performance.now();
  let count = 0;
  const client = async () => {
    for (; performance.now() - begin < SECONDS * SHARE * 1000; count += 1) await execute(api, body);
  };
  await Promise.all(Array.from({ length: clients }, client));
  return (count * 1000) / (performance.now() - begin);
}

/** Workers are added, none is stopped, so that each round has those of the one before. */
async function measureThroughput(redisPort: number, api: Service, workers: Service[]): Promise<void> {
  console.log('\nexecutions a second through one API process');
  for (const count of WORKERS) {
    while (workers.length < count) workers.push(await start('worker', redisPort, SLEEPERS_PER_WORKER));
    await new Promise((resolve) => setTimeout(resolve, 2500)); // announced, and their spare boxes made
    const slots = SLEEPERS_PER_WORKER * count;
    await perSecond(api, NOTHING, slots);
    const noOp = await perSecond(api, NOTHING, 16);
    const sleeping = await perSecond(api, SLEEP, 2 * slots);
    console.log(
      `${count} worker(s): bash : ${noOp.toFixed(0)}, sleep 0.2 ${sleeping.toFixed(1)} of ${slots / 0.2} that its slots allow`,
    );
  }
}

/** The same programs on a worker that has none of them, and on one that finds what the first has kept. */
async function measureSharedBuilds(redisPort: number, api: Service): Promise<void> {
  const programs = Array.from({ length: Math.ceil(PROGRAMS * SHARE) }, (_, index) => ({
    language: 'c',
    code: `#include <stdio.h>\nint main(void) { return printf("%d", ${index}) < 0; } // ${process.pid}`,
  }));
  const rows = [];
  for (const name of ['made here', "another worker's"]) {
    const worker = await start('worker', redisPort);
    try {
      await untilItRuns(api, 'c');
      const values = [];
      for (const program of programs) {
        const begin = performance.now();
        await execute(api, program);
        values.push(performance.now() - begin);
      }
      rows.push({ name, values });
    } finally {
      await stop(worker);
    }
  }
  printTable('a C program whose build is', rows);
}

async function measureMemory(redisPort: number, api: Service): Promise<void> {
  const redis = new Redis({ host: '127.0.0.1', port: redisPort });
  const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
  const before = await used();
  const executions = Array.from({ length: BATCH }, () => ({ language: 'bash', code: CODE }));
  for (let count = 0; count < QUEUED; count += BATCH) {
    const { status, text } = await post(`${api.url}/api/v1/executions/batch`, { executions });
    if (status !== 202) throw new Error(`${status}: ${text}`);
  }
  const megabytes = ((await used()) - before) / 1e6;
  redis.disconnect();
  console.log(
    `\n${QUEUED} executions of ${CODE.length} bytes wait: ${megabytes.toFixed(1)} MB of Redis' memory`,
  );
}

const redis = await startRedis(['--appendfsync', 'no']);
const api = await start('api', redis.port);
const workers = [await start('worker', redis.port)];
try {
  if (isAsked('overhead')) await measureOverhead(redis.port, api);
  await stop(workers.pop() as Service);
  if (isAsked('throughput')) await measureThroughput(redis.port, api, workers);
  await Promise.all(workers.splice(0).map(stop));
  if (isAsked('builds')) await measureSharedBuilds(redis.port, api);
  if (isAsked('memory')) await measureMemory(redis.port, api);
} finally {
  await Promise.all([...workers, api].map(stop));
  await redis[Symbol.asyncDispose]();
  agent.destroy();
}
