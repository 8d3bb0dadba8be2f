// What an attempt signs, stores, counts and logs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { createAttempt } from './attempt.ts';
import type { PostResult, WebhookPost } from './post.ts';

const SECRETS = [7, 9].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`);
const WEBHOOK = {
  executionId: '01J',
  owner: 'key:grader',
  client: 'key:grader',
  url: 'https://a.example/hook?token=secret',
  attempts: 2,
};
const ANSWER: PostResult = {
  statusCode: 200,
  error: null,
  isRefused: false,
  refusedAddress: null,
  retryAfterMs: null,
};

async function attempt(
  result: PostResult,
  options: { body?: string | null; secrets?: string[]; attempts?: number; signal?: AbortSignal } = {},
) {
  const { body = '{"type":"execution.completed"}', secrets = SECRETS, attempts = 2 } = options;
  const [posts, records, outcomes, lines]: [WebhookPost[], unknown[], string[], object[]] = [[], [], [], []];
  const run = createAttempt({
    store: {
      record: async (id, delivery, next) => {
        records.push({ id, ...delivery, next });
        return true;
      },
    },
    secretsOf: async (owner) => (owner === WEBHOOK.owner ? secrets : []),
    messageOf: async () => (body === null ? null : { method: 'POST', body }),
    post: async (message) => {
      posts.push(message);
      return result;
    },
    userAgent: 'test',
    log: { info: (line: object) => void lines.push(line), warn: (line: object) => void lines.push(line) },
    onAttempt: (outcome) => void outcomes.push(outcome),
    random: () => 0.5,
  });
  await run({ ...WEBHOOK, attempts }, options.signal ?? new AbortController().signal);
  return { posts, record: records[0] as Record<string, unknown> | undefined, outcomes, lines };
}

test('a delivery is signed with each valid secret under the id of its execution', async () => {
  const { posts, record, outcomes } = await attempt(ANSWER);
  const [message] = posts;
  assert.equal(message?.headers['webhook-id'], 'msg_01J');
  for (const secret of SECRETS) new Webhook(secret).verify(message?.body ?? '', { ...message?.headers });
  assert.deepEqual(
    { ...record, at: typeof record?.at, duration_ms: typeof record?.duration_ms },
    {
      id: '01J',
      attempt: 3,
      at: 'string',
      status: 200,
      duration_ms: 'number',
      error: null,
      next: 'delivered',
    },
  );
  assert.deepEqual(outcomes, ['delivered']);
});

test('a failure is planned again, the last one is given up', async () => {
  const failure = { ...ANSWER, statusCode: 500 };
  const first = await attempt(failure, { attempts: 0 });
  assert.deepEqual([first.record?.next, first.outcomes], [{ afterMs: 5000 }, ['retried']]);
  const last = await attempt(failure, { attempts: 15 });
  assert.deepEqual([last.record?.next, last.outcomes], ['failed', ['failed']]);
  const gone = await attempt({ ...ANSWER, statusCode: 410 });
  assert.deepEqual([gone.record?.next, gone.record?.status], ['failed', 410]);
});

test('without a result or a secret nothing is sent', async () => {
  for (const options of [{ body: null }, { secrets: [] }]) {
    const { posts, record, outcomes } = await attempt(ANSWER, options);
    assert.deepEqual([posts, record?.next, outcomes], [[], 'failed', ['refused']]);
    assert.match(String(record?.error), /expired|no secret/);
  }
});

test('the log names the host, and a refused address, but no path, query, body or secret', async () => {
  const refused = {
    ...ANSWER,
    statusCode: null,
    error: 'not public',
    isRefused: true,
    refusedAddress: '10.0.0.1',
  };
  for (const result of [ANSWER, refused]) {
    const { lines } = await attempt(result);
    const written = JSON.stringify(lines);
    assert.match(written, /"host":"a\.example"/);
    assert.equal(written.includes('10.0.0.1'), result.isRefused);
    for (const secret of ['token', 'hook?', 'whsec_', 'execution.completed', 'v1,'])
      assert.ok(!written.includes(secret), secret);
  }
  const { record } = await attempt(refused);
  assert.ok(!JSON.stringify(record).includes('10.0.0.1'));
});

test('an attempt that the stop broke off leaves nothing behind', async () => {
  const broken = { ...ANSWER, statusCode: null, error: 'broken off' };
  const { record, outcomes } = await attempt(broken, { signal: AbortSignal.abort() });
  assert.deepEqual([record, outcomes], [undefined, []]);
});
