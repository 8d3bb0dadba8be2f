// What the recorder does while its store works, fails and is full.

import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { createLog } from '../log.ts';
import { type Batch, HOUR_MS, type MetricsStore } from './metrics.ts';
import { execution, NOW } from './metrics-contract.ts';
import { createRecorder, GIVE_UP_MS } from './recorder.ts';

/** `add` is what becomes of each batch. */
function createFor(t: TestContext, add: (batch: Batch) => Promise<number>) {
  const lines: string[] = [];
  const log = createLog({ logLevel: 'INFO', debug: false }, { write: (line) => lines.push(line) });
  const recorder = createRecorder({ add } as MetricsStore, log);
  t.after(() => recorder.close());
  const messages = () => lines.map((line) => JSON.parse(line).msg as string);
  return { recorder, messages };
}

const executions = ({ periods }: Batch) =>
  periods.reduce((sum, { counts }) => sum + (counts.get('n') ?? 0), 0);

suite('the recorder', () => {
  test('adds up what it is given, and writes it by itself', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const batches: Batch[] = [];
    const { recorder } = createFor(t, async (batch) => {
      batches.push(batch);
      return 0;
    });
    for (let index = 0; index < 1000; index += 1) recorder.record(execution({ userId: `user-${index % 3}` }));
    assert.deepEqual(recorder.state(), { pending: 1000, dropped: 0 });
    t.mock.timers.tick(1000);
    await recorder.flush();
    assert.equal(batches.length, 1);
    assert.equal(executions(batches[0] as Batch), 1000);
    assert.deepEqual(
      batches[0]?.users.map(({ counts }) => counts.get('n')),
      [334, 333, 333],
    );
    assert.deepEqual(recorder.state(), { pending: 0, dropped: 0 });
  });

  test('writes one batch at a time, and a flush waits for all that came before it', async (t) => {
    let [writing, written] = [0, 0];
    const { recorder } = createFor(t, async (batch) => {
      writing += 1;
      assert.equal(writing, 1);
      await new Promise(setImmediate);
      writing -= 1;
      written += executions(batch);
      return 0;
    });
    for (let count = 1; count <= 20; count += 1) {
      recorder.record(execution());
      void recorder.flush();
      recorder.record(execution());
      await recorder.flush();
      assert.equal(written, 2 * count);
    }
  });

  test('retries the same batch, and reports a failure once', async (t) => {
    const tried: Batch[] = [];
    let works = false;
    const { recorder, messages } = createFor(t, async (batch) => {
      tried.push(batch);
      if (!works) throw new Error('no store');
      return 0;
    });
    recorder.record(execution());
    await recorder.flush();
    recorder.record(execution());
    await recorder.flush();
    assert.equal(recorder.state().pending, 2);
    works = true;
    await recorder.flush();
    assert.equal(recorder.state().pending, 0);
    assert.deepEqual(tried.map(executions), [1, 1, 1, 1]);
    assert.deepEqual(new Set(tried.slice(0, 3).map(({ id }) => id)).size, 1);
    assert.deepEqual(messages(), [
      'metrics cannot be stored, they are kept for later',
      'metrics are stored again',
    ]);
  });

  test('drops and counts what exceeds its bound', async (t) => {
    const { recorder, messages } = createFor(t, () => Promise.reject(new Error('no store')));
    for (let index = 0; index < 10_500; index += 1) recorder.record(execution({ userId: `user-${index}` }));
    for (let index = 0; index < 500; index += 1) recorder.record(execution({ userId: `user-${index}` }));
    assert.deepEqual(recorder.state(), { pending: 10_500, dropped: 500 });
    const old = { atMs: NOW - 400 * HOUR_MS };
    for (let index = 0; index < 400; index += 1) {
      recorder.record(execution({ atMs: old.atMs + index * 300_000 }));
    }
    assert.deepEqual(recorder.state(), { pending: 10_799, dropped: 601 });
    assert.equal(messages().filter((message) => /are dropped/.test(message)).length, 1);
  });

  test('gives up a batch that the store rejects for a day', async (t) => {
    t.mock.timers.enable({ apis: ['Date', 'setInterval'], now: NOW });
    let refuses = true;
    const { recorder } = createFor(t, async () => {
      if (refuses) throw new Error('wrong');
      return 0;
    });
    recorder.record(execution());
    await recorder.flush();
    t.mock.timers.setTime(NOW + GIVE_UP_MS);
    recorder.record(execution());
    await recorder.flush();
    assert.deepEqual(recorder.state(), { pending: 1, dropped: 1 });
    refuses = false;
    await recorder.flush();
    assert.deepEqual(recorder.state(), { pending: 0, dropped: 1 });
  });

  test('does not wait for a store that hangs when it is closed', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    const { recorder, messages } = createFor(t, () => new Promise(() => {}));
    recorder.record(execution());
    const closed = recorder.close();
    t.mock.timers.tick(3000);
    await closed;
    assert.deepEqual(messages(), ['metrics are lost: the store does not take them']);
    t.mock.timers.reset();
  });
});
