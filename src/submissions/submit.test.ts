// What is counted of an execution that ends in an error.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERROR_CATALOG, type ErrorCode, ServiceError } from '../errors.ts';
import { createSubmit, type SubmitParts } from './submit.ts';

const TASK = {
  executionId: 'an id',
  userId: 'ada',
  languageId: 'python',
  checker: { type: 'trim' },
  files: [],
  tests: [],
};
const REQUEST = { language: 'py', code: '', user_id: 'ada' };
const CONTEXT = {
  signal: new AbortController().signal,
  encoding: 'utf8',
  requestId: 'a request',
  keyName: null,
  clientId: 'a client',
  include: [],
  trace: null,
};

const ERROR_CODES = Object.keys(ERROR_CATALOG) as ErrorCode[];

/** Submits what is rejected before it is accepted, or after, and returns what was counted. */
async function countedFor(error: Error, when: 'early' | 'late'): Promise<unknown[]> {
  const counted: unknown[] = [];
  const parts = {
    accept: () => (when === 'early' ? Promise.reject(error) : Promise.resolve(TASK)),
    queue: { depth: () => ({ active: 0, capacity: 1 }), submit: () => Promise.reject(error) },
    audit: () => {},
    log: { info: () => {}, warn: () => {} },
    languageId: () => 'python',
    metrics: {
      ended: () => counted.push('ended'),
      failed: ({ executionId }: { executionId: string }) => counted.push(['failed', executionId]),
      rejected: (rejection: unknown) => counted.push(['rejected', rejection]),
    },
  };
  const submit = createSubmit(parts as unknown as SubmitParts);
  await assert.rejects(Promise.resolve(submit(REQUEST as never, CONTEXT as never)), error);
  return counted;
}

const rejected = (code: ErrorCode) => [['rejected', { userId: 'ada', language: 'python', code }]];

test('what is rejected before it is accepted counts as a rejection, for any reason', async () => {
  for (const code of ERROR_CODES)
    assert.deepEqual(await countedFor(new ServiceError(code, 'no'), 'early'), rejected(code));
});

test('what is rejected late but never ran counts as a rejection, everything else as a failed execution', async () => {
  const late: readonly ErrorCode[] = ['queue_full', 'shutting_down'];
  for (const code of ERROR_CODES) {
    const expected = late.includes(code) ? rejected(code) : [['failed', 'an id']];
    assert.deepEqual(await countedFor(new ServiceError(code, 'no'), 'late'), expected, code);
  }
  assert.deepEqual(await countedFor(new TypeError('a bug'), 'late'), [['failed', 'an id']]);
});
