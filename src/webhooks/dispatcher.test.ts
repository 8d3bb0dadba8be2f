// The dispatcher with a store in memory: bounds, wake-up, a store that fails, and the stop.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { DueWebhook, ExceptWebhooks } from '../store/stored-webhooks.ts';
import { createDispatcher } from './dispatcher.ts';

function webhook(
  index: number,
  { host = `host-${index}.example`, client = `key:${index}` } = {},
): DueWebhook {
  return {
    executionId: `execution-${index}`,
    owner: 'key:a',
    client,
    url: `https://${host}/hook`,
    attempts: 0,
  };
}

function isExcepted({ executionId, client, url }: DueWebhook, except: ExceptWebhooks): boolean {
  const isBusyHost = except.hosts.includes(new URL(url).hostname);
  return isBusyHost || except.clients.includes(client) || except.executionIds.includes(executionId);
}

/** Attempts that end when `release` is called, or are aborted. */
function dispatch(t: TestContext, initial: readonly DueWebhook[]) {
  const due = [...initial];
  const started: DueWebhook[] = [];
  const releases = new Map<string, () => void>();
  const logged: string[] = [];
  let isBroken = false;
  const dispatcher = createDispatcher({
    store: {
      due: async (limit, except) => {
        if (isBroken) throw new Error('the disk is full');
        return due.filter((each) => !isExcepted(each, except)).slice(0, limit);
      },
      nextDueMs: async () => (due.length > 0 ? 0 : null),
    },
    attempt: async (each, signal) => {
      started.push(each);
      const ended = Promise.withResolvers<void>();
      releases.set(each.executionId, ended.resolve);
      signal.addEventListener('abort', () => ended.resolve());
      await ended.promise;
      due.splice(due.indexOf(each), 1);
    },
    log: { error: (_, message) => void logged.push(message) },
  });
  t.after(() => {
    const stopped = dispatcher[Symbol.asyncDispose]();
    for (const release of releases.values()) release();
    return stopped;
  });
  return {
    due,
    started,
    logged,
    dispatcher,
    release: (index: number) => releases.get(`execution-${index}`)?.(),
    setBroken: (value: boolean) => {
      isBroken = value;
    },
  };
}

test('each due webhook is attempted once at a time, at most 32 together', async (t) => {
  const { started, due, release, dispatcher } = dispatch(
    t,
    Array.from({ length: 40 }, (_, i) => webhook(i)),
  );
  await delay(50);
  assert.equal(started.length, 32);
  assert.equal(dispatcher.underWay(), 32);
  for (let index = 0; index < 40; index += 1) {
    release(index);
    await delay(2);
  }
  await delay(20);
  assert.equal(started.length, 40);
  assert.equal(new Set(started).size, 40);
  assert.equal(due.length, 0);
});

test('a slow host has four attempts, three for one client, and the receivers of a client sixteen', async (t) => {
  const host = 'slow.example';
  const { started } = dispatch(t, [
    ...Array.from({ length: 5 }, (_, index) => webhook(index, { host, client: 'key:slow' })),
    ...Array.from({ length: 5 }, (_, index) => webhook(50 + index, { host })),
    ...Array.from({ length: 30 }, (_, index) => webhook(100 + index, { client: 'key:many' })),
    webhook(200),
  ]);
  await delay(50);
  const count = (prefix: string) =>
    started.filter(({ url, client }) => (url + client).includes(prefix)).length;
  assert.deepEqual([count(host), count('key:slow'), count('key:many'), count('host-200.')], [4, 3, 16, 1]);
});

test('a wake-up starts what became due at once', async (t) => {
  const { started, due, dispatcher } = dispatch(t, []);
  await delay(30);
  due.push(webhook(1));
  const since = performance.now();
  dispatcher.wake();
  while (started.length === 0) await delay(1);
  assert.ok(performance.now() - since < 1000);
});

test('a store that fails is reported once, and read again', async (t) => {
  const { started, logged, setBroken, dispatcher, due } = dispatch(t, []);
  setBroken(true);
  for (let index = 0; index < 3; index += 1) {
    dispatcher.wake();
    await delay(10);
  }
  assert.deepEqual(logged, ['webhooks cannot be read from the store']);
  setBroken(false);
  due.push(webhook(1));
  dispatcher.wake();
  await delay(50);
  assert.equal(started.length, 1);
});

test('a stop waits for the attempts under way, and starts none', async (t) => {
  const { started, release, dispatcher, due } = dispatch(t, [webhook(1)]);
  await delay(20);
  const stopped = dispatcher[Symbol.asyncDispose]();
  due.push(webhook(2));
  await delay(20);
  release(1);
  await stopped;
  assert.deepEqual([started.length, dispatcher.underWay()], [1, 0]);
});
