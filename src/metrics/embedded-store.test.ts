// The store in a file: the contract, and what becomes of a file that is old, damaged or shared.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, suite, test } from 'node:test';
import { openEmbeddedDatabase } from './embedded-database.ts';
import { createEmbeddedStore } from './embedded-store.ts';
import { type Batch, HOUR_MS, type MetricsStore } from './metrics.ts';
import { NOW, testMetricsStore } from './metrics-contract.ts';

const WINDOW = { resolution: 'hour', fromMs: 0, toMs: NOW } as const;

suite('a file', () => {
  const root = mkdtempSync(join(tmpdir(), 'metrics-test-'));
  const stores: MetricsStore[] = [];
  after(async () => {
    for (const store of stores) await store.close();
    rmSync(root, { recursive: true });
  });
  const directoryOf = (place: string) => {
    const directory = join(root, place);
    mkdirSync(directory, { recursive: true });
    return directory;
  };
  const open = async (place: string, options?: { maxUsers?: number }) => {
    const store = createEmbeddedStore(directoryOf(place), options);
    stores.push(store);
    return store;
  };
  const batch = (id: string, startMs: number, userId = 'ada'): Batch => ({
    id,
    periods: [{ startMs, counts: new Map([['n', 1]]), users: [userId] }],
    users: [{ userId, startMs, counts: new Map([['n', 1]]), seenAtMs: startMs, lastExecutionAtMs: startMs }],
    faults: [],
  });

  testMetricsStore(open);

  test('keeps what it has when the service stops and starts', async () => {
    const first = await open('restart');
    await first.add(batch('one', NOW - (NOW % HOUR_MS)));
    await first.close();
    const second = await open('restart');
    assert.equal((await second.read(WINDOW, [])).totals.get('n'), 1);
  });

  test('that is damaged is put aside', async () => {
    const directory = directoryOf('damaged');
    writeFileSync(
      join(directory, 'metrics.sqlite'),
      'no database at all, but long enough to be read as one'.repeat(100),
    );
    const store = await open('damaged');
    await store.add(batch('one', NOW - (NOW % HOUR_MS)));
    assert.equal((await store.read(WINDOW, [])).totals.get('n'), 1);
    assert.ok(readdirSync(directory).includes('metrics.sqlite.damaged'));
  });

  test('that cannot be opened fails the call, and serves as soon as it can be', async () => {
    const store = createEmbeddedStore(join(root, 'later'));
    stores.push(store);
    await assert.rejects(store.add(batch('one', NOW)), /unable to open/);
    directoryOf('later');
    assert.equal(await store.add(batch('one', NOW)), 0);
  });

  test('that another process writes to for long fails the call only', async () => {
    const store = await open('locked');
    await store.add(batch('one', NOW - (NOW % HOUR_MS)));
    const other = new DatabaseSync(join(root, 'locked', 'metrics.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    await assert.rejects(store.add(batch('two', NOW - (NOW % HOUR_MS))), /locked/);
    assert.equal((await store.read(WINDOW, [])).totals.get('n'), 1);
    other.exec('ROLLBACK');
    other.close();
    await store.add(batch('two', NOW - (NOW % HOUR_MS)));
    assert.equal((await store.read(WINDOW, [])).totals.get('n'), 2);
  });

  test('loses what is older than the windows reach', () => {
    const path = join(directoryOf('old'), 'metrics.sqlite');
    let nowMs = NOW - (NOW % HOUR_MS);
    const database = openEmbeddedDatabase(path, { now: () => nowMs });
    const rows = (table: string) => {
      const reader = new DatabaseSync(path);
      const [row] = reader.prepare(`SELECT count(*) AS amount FROM ${table}`).all() as { amount: number }[];
      reader.close();
      return row?.amount;
    };
    const tables = ['counts', 'active', 'user_counts', 'users', 'batches'];
    database.add(batch('one', nowMs));
    assert.deepEqual(tables.map(rows), [2, 2, 1, 1, 1]);
    nowMs += 30 * HOUR_MS;
    database.add(batch('two', nowMs, 'bob'));
    assert.deepEqual(tables.map(rows), [3, 3, 2, 2, 2]);
    nowMs += 730 * HOUR_MS;
    database.add(batch('three', nowMs, 'cy'));
    assert.deepEqual(tables.map(rows), [2, 2, 1, 1, 1]);
    database.close();
  });
});
