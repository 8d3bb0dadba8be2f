// The clock of the store does not follow steps of the machine's: what is kept for a time is kept for that time.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keepClock, type OpenedStore, openStore } from './opened-store.ts';

const LIMITS = { maxExecutions: 1, maxTaskBytes: 1, maxStoredBytes: 1, resultTtlMs: 1 };
const HOUR_MS = 3_600_000;

async function opener(t: TestContext): Promise<() => OpenedStore> {
  const directory = await mkdtemp(join(tmpdir(), 'clock-test-'));
  const opened: OpenedStore[] = [];
  t.after(async () => {
    for (const { database } of opened) if (database.isOpen) database.close();
    await rm(directory, { recursive: true });
  });
  return () => {
    const store = openStore(directory, LIMITS, () => {});
    opened.push(store);
    return store;
  };
}

test('steps of the clock do not move the store’s while it is open', async (t) => {
  const store = (await opener(t))();
  const before = store.now();
  for (const step of [HOUR_MS, -HOUR_MS]) {
    const clock = t.mock.method(Date, 'now', () => before + step);
    assert.ok(Math.abs(store.now() - before) < HOUR_MS / 2);
    clock.mock.restore();
  }
});

test('a clock that was set back meanwhile does not move it back', async (t) => {
  const open = await opener(t);
  const first = open();
  keepClock(first);
  const kept = first.now();
  first.database.close();
  const clock = t.mock.method(Date, 'now', () => kept - HOUR_MS);
  const second = open();
  clock.mock.restore();
  assert.ok(second.now() >= kept - 1000, `${second.now()} is before ${kept}`);
});
