// Measures executions that outlive their request: durable submissions a second, to the store and over HTTP, against plain
// flushes of the same disk in the same rounds, how soon readers learn of an event and long polls of an end, and the memory of
// a long queue.
//   npm run bench:async

import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createLiveOutputs } from '../src/execution/live-output.ts';
import { openEmbeddedStore } from '../src/store/embedded/embedded-store.ts';
import { endingOf, newExecution, RUNNING } from '../src/store/store-fixture.ts';
import { watchChanges } from '../src/submissions/change-watch.ts';
import { createExecutions } from '../src/submissions/create-executions.ts';
import { followEvents } from '../src/submissions/follow-events.ts';
import { shareReads } from '../src/submissions/shared-reads.ts';
import { SHARE } from './measure.ts';
import { startServed } from './served.ts';

const ROUNDS = 4;
const ROUND_MS = 1500 * SHARE;
const CLIENTS = [1, 10, 100];
const READERS = 1000;
const QUEUED = 10_000;
const CODE = '#'.repeat(700);

/** Beside the project, as a temporary directory may be in memory. */
const directory = mkdtempSync(join(import.meta.dirname, '../data-bench-'));
const store = await openEmbeddedStore({
  directory: join(directory, 'store'),
  sync: 'full',
  maxExecutions: 1e6,
  maxTaskBytes: 1e12,
  maxStoredBytes: 1e12,
  resultTtlMs: 1e12,
  log: { warn: () => {}, error: console.error },
});
/** The slot of the service is taken meanwhile: what it accepts waits, so that only accepting is measured. */
const WAITING = { language: 'bash', code: `sleep 60\n${CODE}` };
const settings = {
  ...{
    CONCURRENCY: '1',
    STORE_QUEUE_SIZE: '1000000',
    REQUESTS_PER_MINUTE: '0',
    USER_EXECUTIONS_PER_MINUTE: '0',
  },
  ...{ STORE_SYNC: 'full', SHUTDOWN_GRACE_SECONDS: '0' },
};
const service = await startServed('service', directory, ['bash'], settings);
try {
  await measureRates();
  await measureEvents();
  await measureLongPolls();
  await measureMemory();
} finally {
  await service[Symbol.asyncDispose]();
  await store.close();
  rmSync(directory, { recursive: true });
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

/** Rounds alternate, so that the disk's moods hit all alike. */
async function measureRates(): Promise<void> {
  const rates = new Map<string, number[]>();
  const note = (name: string, rate: number) => rates.set(name, [...(rates.get(name) ?? []), rate]);
  for (let round = 0; round < ROUNDS; round += 1) {
    note('4 KiB + fdatasync', flushesPerSecond());
    for (const clients of CLIENTS)
      note(`submissions, ${clients} at once`, await perSecond(clients, addToStore));
    for (const clients of CLIENTS)
      note(`202s over HTTP, ${clients} at once`, await perSecond(clients, () => service.submit(WAITING)));
  }
  const floor = median(rates.get('4 KiB + fdatasync') ?? []);
  for (const [name, values] of rates) {
    console.log(
      `${name.padEnd(28)} ${median(values).toFixed(0).padStart(6)}/s  ${(median(values) / floor).toFixed(2)} × the flush`,
    );
  }
}

function flushesPerSecond(): number {
  const descriptor = openSync(join(directory, 'flush'), 'a');
  const page = Buffer.alloc(4096, 1);
  const begin = performance.now();
  let count = 0;
  while (performance.now() - begin < ROUND_MS) {
    writeSync(descriptor, page);
    fdatasyncSync(descriptor);
    count += 1;
  }
  closeSync(descriptor);
  return (count * 1000) / (performance.now() - begin);
}

function addToStore(): Promise<unknown> {
  return store.add([newExecution({ code: CODE })]);
}

async function perSecond(clients: number, one: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  let count = 0;
  const submit = async () => {
    while (performance.now() - begin < ROUND_MS) {
      await one();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, submit));
  return (count * 1000) / (performance.now() - begin);
}

/** From the call that stores an event to each reader of it: one reader, then many. */
async function measureEvents(): Promise<void> {
  using changes = watchChanges(store);
  const outputs = createLiveOutputs();
  for (const readers of [1, READERS]) {
    const claim = await store.claim({ isIdle: true, except: [] });
    if (claim === null) throw new Error('nothing waits');
    const id = claim.task.executionId;
    const end = new AbortController();
    let sentAt = 0;
    let latencies: number[] = [];
    const parts = { store: shareReads(store), changes, outputs, closing: end.signal };
    const read = async () => {
      for await (const { type, data } of followEvents(parts, id, { after: 0, signal: end.signal }))
        if (type === 'status' && data.status === 'running') latencies.push(performance.now() - sentAt);
    };
    const all = Array.from({ length: readers }, read);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const medians: number[] = [];
    const last: number[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      latencies = [];
      sentAt = performance.now();
      await store.append(id, claim.fence, [RUNNING]);
      while (latencies.length < readers) await new Promise((resolve) => setTimeout(resolve, 1));
      medians.push(median(latencies));
      last.push(Math.max(...latencies));
    }
    end.abort();
    await Promise.all(all);
    console.log(
      `an event reaches ${readers} reader(s): median ${median(medians).toFixed(1)} ms, the last ${median(last).toFixed(1)} ms`,
    );
  }
}

/** From the call that stores an end to the answer of each long poll for it: one poll, then many. */
async function measureLongPolls(): Promise<void> {
  const work = { cancel: async () => 'unknown' as const, secondsFor: () => 1 };
  const accept = () => Promise.reject(new Error('nothing is submitted'));
  const executions = createExecutions({
    ...{ store, work, accept, outputs: createLiveOutputs(), metrics: null },
    ...{ languageId: () => null, admitWebhook: async () => {} },
  });
  for (const polls of [1, READERS]) {
    const stored: number[] = [];
    const medians: number[] = [];
    const last: number[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      const claim = await store.claim({ isIdle: true, except: [] });
      if (claim === null) throw new Error('nothing waits');
      const { executionId: id, clientId } = claim.task;
      const caller = { owner: 'key:a', clientId };
      const latencies: number[] = [];
      let sentAt = 0;
      const polling = Array.from({ length: polls }, async () => {
        await executions.get(id, caller, { waitMs: 60_000 });
        latencies.push(performance.now() - sentAt);
      });
      await new Promise((resolve) => setTimeout(resolve, 200));
      sentAt = performance.now();
      await store.finish(id, claim.fence, [], endingOf(claim));
      stored.push(performance.now() - sentAt);
      await Promise.all(polling);
      medians.push(median(latencies));
      last.push(Math.max(...latencies));
    }
    console.log(
      `an end reaches ${polls} long poll(s): median ${median(medians).toFixed(1)} ms, the last ${median(last).toFixed(1)} ms; to store it took ${median(stored).toFixed(1)} ms`,
    );
  }
  executions.close();
}

async function measureMemory(): Promise<void> {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const waiting = store.state().waiting;
  for (let count = 0; count < QUEUED; count += 100)
    await store.add(Array.from({ length: 100 }, () => newExecution({ code: CODE })));
  globalThis.gc?.();
  const grown = (process.memoryUsage().rss - before) / 1e6;
  console.log(
    `${QUEUED} more executions wait (${store.state().waiting - waiting}): ${grown.toFixed(1)} MB of memory more`,
  );
}
