// What clients of stored executions get for odd and hostile requests: other keys' executions, repeated batches, positions
// that no event has, waits that are no whole milliseconds.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Execution } from '../src/api/stored-execution.ts';
import { launch, ready, type Service, stop } from './service.ts';

const LANGUAGE = 'bash';
const [ONE, OTHER] = ['key-of-the-one-client', 'key-of-the-other-client'];
const ECHO = { language: LANGUAGE, code: 'echo 5' };

interface Answer {
  readonly status: number;
  readonly value: Execution & {
    readonly code?: string;
    readonly batch_id: string;
    readonly executions: readonly { execution_id?: string; error?: { code: string } }[];
  };
}

suite('stored executions', () => {
  let [directory, service] = ['', undefined as unknown as Service];
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'executions-misuse-test-'));
    const keys = { API_KEYS: `${ONE},${OTHER}`, EXECUTIONS_PER_DAY: '500' };
    service = await ready(launch({ DATA_DIR: directory, LANGUAGES: LANGUAGE, ...keys }), [LANGUAGE], ONE);
  });
  after(async () => {
    await stop(service);
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  const send = (
    key: string,
    method: string,
    path: string,
    options: { body?: object; headers?: Record<string, string> } = {},
  ) =>
    fetch(`${service.url}/api/v1${path}`, {
      method,
      headers: {
        'x-api-key': key,
        ...(options.body && { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body && { body: JSON.stringify(options.body) }),
    });
  const call = async (...args: Parameters<typeof send>): Promise<Answer> => {
    const answer = await send(...args);
    return { status: answer.status, value: (await answer.json()) as Answer['value'] };
  };
  const submitted = async (body: object = ECHO) =>
    (await call(ONE, 'POST', '/executions', { body })).value.execution_id;
  const ended = async (id: string) => (await call(ONE, 'GET', `/executions/${id}?wait=30`)).value;

  test('do not exist for another key, whatever it does with their ids', async () => {
    const id = await submitted();
    await ended(id);
    for (const [method, path] of [
      ['GET', `/executions/${id}`],
      ['GET', `/executions/${id}?wait=1`],
      ['GET', `/executions/${id}/events`],
      ['DELETE', `/executions/${id}`],
    ] as const) {
      const { status, value } = await call(OTHER, method, path);
      assert.deepEqual([status, value.code], [404, 'not_found'], path);
    }
    const { value } = await call(OTHER, 'GET', '/executions');
    assert.deepEqual(value.executions, []);
    const { status } = await call(OTHER, 'POST', '/executions', {
      body: ECHO,
      headers: { 'idempotency-key': 'shared' },
    });
    const own = await call(ONE, 'POST', '/executions', {
      body: { ...ECHO, stdin: 'x' },
      headers: { 'idempotency-key': 'shared' },
    });
    assert.deepEqual([status, own.status], [202, 202]);
  });

  test('can be waited for in fractions of a millisecond', async () => {
    const id = await submitted();
    for (const wait of ['0.0001', '1.23456', '-0', '1e1'])
      assert.equal((await call(ONE, 'GET', `/executions/${id}?wait=${wait}`)).status, 200, wait);
    for (const wait of ['-1', '30.1', 'NaN', '1e2', '', '0x1'])
      assert.equal((await call(ONE, 'GET', `/executions/${id}?wait=${wait}`)).status, 400, wait);
  });

  test('are the same batch under its key, however often and at once it is sent', async () => {
    const body = { executions: [ECHO, { ...ECHO, stdin: 'x' }, { language: 'none' }] };
    const headers = { 'idempotency-key': 'batch' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call(ONE, 'POST', '/executions/batch', { body, headers })),
    );
    const ids = answers.map(({ value }) =>
      JSON.stringify([value.batch_id, value.executions.map((each) => each.execution_id)]),
    );
    assert.equal(new Set(ids).size, 1);
    const listed = await call(ONE, 'GET', `/executions?batch_id=${answers[0]?.value.batch_id}`);
    assert.equal(listed.value.executions.length, 2);
    const other = { executions: [ECHO] };
    const { status, value } = await call(ONE, 'POST', '/executions/batch', { body: other, headers });
    assert.deepEqual([status, value.code], [409, 'conflict']);
  });

  test('have no events after the end, so that clients do not come back forever', async () => {
    const id = await submitted();
    await ended(id);
    const events = async (position: string) => {
      const answer = await send(ONE, 'GET', `/executions/${id}/events`, {
        headers: { 'last-event-id': position },
      });
      return {
        status: answer.status,
        ids: [...(await answer.text()).matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id)),
      };
    };
    const { ids } = await events('0');
    assert.deepEqual(
      ids,
      ids.map((_, index) => index + 1),
    );
    for (const odd of ['abc', '-1', '1e3', '1.5', '9'.repeat(30)])
      assert.deepEqual((await events(odd)).ids, ids, odd);
    assert.deepEqual((await events('2')).ids, ids.slice(2));
    for (const position of [ids.length, 999_999_999])
      assert.deepEqual(await events(String(position)), { status: 204, ids: [] });
  });

  test('count against rate limits one by one, and a batch beyond them submits none', async () => {
    const entries = Array.from({ length: 100 }, () => ({ ...ECHO, code: 'sleep 0.01' }));
    const statuses: number[] = [];
    for (let batch = 0; batch < 6; batch += 1)
      statuses.push(
        (await call(OTHER, 'POST', '/executions/batch', { body: { executions: entries } })).status,
      );
    assert.equal(statuses.filter((status) => status === 202).length, 4);
    assert.equal(statuses.at(-1), 429);
  });
});
