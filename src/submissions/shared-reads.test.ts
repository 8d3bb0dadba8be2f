// Many readers of one execution: each gets every event, and together they read the store as often as one.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLiveOutputs } from '../execution/live-output.ts';
import { openEmbeddedStore } from '../store/embedded/embedded-store.ts';
import { newExecution, RUNNING } from '../store/store-fixture.ts';
import { watchChanges } from './change-watch.ts';
import { followEvents } from './follow-events.ts';
import { shareReads } from './shared-reads.ts';

const READERS = 200;

test('readers of one execution share their reads, and none misses an event', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'shared-reads-'));
  t.after(() => rm(directory, { recursive: true }));
  const store = await openEmbeddedStore({
    directory,
    sync: 'normal',
    ...{ maxExecutions: 10, maxTaskBytes: 1e9, maxStoredBytes: 1e9, resultTtlMs: 1e9 },
    log: { warn: () => {}, error: console.error },
  });
  t.after(() => store.close());
  await store.add([newExecution({ code: 'x' })]);
  const claim = await store.claim({ isIdle: true, except: [] });
  assert.ok(claim);
  const id = claim.task.executionId;

  let reads = 0;
  const counted = shareReads({
    find: (...key) => store.find(...key),
    results: (...key) => store.results(...key),
    events: (...key) => {
      reads += 1;
      return store.events(...key);
    },
  });
  const end = new AbortController();
  using changes = watchChanges(store);
  const parts = { store: counted, changes, outputs: createLiveOutputs(), closing: end.signal };
  const arrived = Array.from({ length: READERS }, () => 0);
  let whenAll = Promise.withResolvers<void>();
  let expected = 0;
  const read = async (_: unknown, reader: number) => {
    for await (const { type, data } of followEvents(parts, id, { after: 0, signal: end.signal })) {
      if (type === 'status' && data.status === 'running') arrived[reader] = (arrived[reader] ?? 0) + 1;
      if (arrived.every((count) => count === expected)) whenAll.resolve();
    }
  };
  const all = Array.from({ length: READERS }, read);
  for (expected = 1; expected <= 3; expected += 1) {
    whenAll = Promise.withResolvers<void>();
    await store.append(id, claim.fence, [RUNNING]);
    await whenAll.promise;
  }
  end.abort();
  await Promise.all(all);
  assert.ok(reads < READERS, `${reads} reads`);
});
