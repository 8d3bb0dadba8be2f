// Problems and blobs as executions use them: kept in one form, run with data that is read when a test is run, and known to
// their owner alone.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ExecuteRequest } from '../api/execution.ts';
import type { ProblemDefinition } from '../api/problem.ts';
import { ServiceError } from '../errors.ts';
import type { Script } from '../execution/scripted-sandbox-fixture.ts';
import { RESULT_EXAMPLE } from '../http/v1/examples.ts';
import { PROBLEM_LIMITS } from '../limits.ts';
import { sha256Of } from '../problems/blobs-named.ts';
import { openDirectoryStore } from '../problems/embedded/directory-store.ts';
import { BOUNDS } from '../problems/problem-contract.ts';
import { ownerOfClient } from './complete-request.ts';
import { createProblems } from './problems.ts';
import { createServiceForTests } from './service-fixture.ts';
import type { Submit } from './submission.ts';

const CLIENT = 'key:a';
const LONG = 'x'.repeat(PROBLEM_LIMITS.inlineBytes + 1);

const COMPILE = {
  status: 'compilation_error',
  exit_code: 1,
  signal: null,
  stdout: '',
  stderr: '',
  output: '',
  cpu_time_ms: 1,
  wall_time_ms: 1,
  memory_kb: 1,
  cached: false,
  message: null,
} as const;
const BY = { signal: new AbortController().signal, requestId: 'r', keyName: 'a', clientId: CLIENT };

async function openService(t: TestContext, script: Script = {}, submit: Submit = async () => RESULT_EXAMPLE) {
  const directory = await mkdtemp(join(tmpdir(), 'problems-test-'));
  const store = await openDirectoryStore(directory, BOUNDS);
  t.after(() => rm(directory, { recursive: true }));
  const service = createServiceForTests(script, {
    problems: store,
    data: (clientId, sha256) => store.readBlob(ownerOfClient(clientId), sha256),
  });
  const kept = createProblems({ ...service.accepting, store, submit });
  const put = (owner: string, id: string, definition: ProblemDefinition) =>
    kept.put(owner, id, definition, BY);
  const problems = { ...kept, put };
  const execute = async (request: Partial<ExecuteRequest>, clientId = CLIENT) => {
    const task = await service.accept({ language: 'script', code: 'x', ...request }, { clientId });
    return { task, record: await service.executeTask(task, new AbortController().signal) };
  };
  return { ...service, store, problems, execute };
}

async function putText({ problems }: { problems: ReturnType<typeof createProblems> }, text: string | Buffer) {
  const content = Buffer.from(text);
  await problems.putBlob(CLIENT, sha256Of(content), content);
  return { blob: sha256Of(content) };
}

function rejects(code: string, pattern: RegExp) {
  return (error: unknown) =>
    error instanceof ServiceError && error.code === code && pattern.test(error.message);
}

test('the same content has the same version, however it was sent', async (t) => {
  const service = await openService(t);
  const { problems } = service;
  const short = await putText(service, 'short');
  const long = await putText(service, LONG);
  const put = (input: ProblemDefinition['test_cases'][number]) =>
    problems.put(CLIENT, 'sum', { test_cases: [input] });
  const { version } = await put({ input: 'short', expected_output: LONG });
  assert.equal((await put({ input: short, expected_output: long, is_hidden: true })).version, version);
  const base64 = {
    input: Buffer.from('short').toString('base64'),
    expected_output: Buffer.from(LONG).toString('base64'),
    encoding: 'base64' as const,
  };
  assert.equal((await put(base64)).version, version);
  assert.notEqual((await put({ input: 'other', expected_output: LONG })).version, version);
  const { definition } = await problems.get(CLIENT, `sum@${version}`);
  assert.deepEqual(definition.test_cases, [{ is_hidden: true, input: 'short', expected_output: long }]);
});

test('a program reads what its test names, and its output is compared with it, byte for byte', async (t) => {
  const bytes = Buffer.from([0xff, 0xfe, 0, 10]);
  const echo = (stdin: string) => ({ stdout: stdin === bytes.toString() ? bytes : stdin });
  const service = await openService(t, { run: ({ stdin }) => echo(stdin) });
  const [binary, long] = [await putText(service, bytes), await putText(service, LONG)];
  await service.problems.put(CLIENT, 'echo', {
    checker: { type: 'exact' },
    test_cases: [
      { input: binary, expected_output: binary },
      { input: long, expected_output: long, is_hidden: false },
      { input: long, expected_output: binary },
    ],
  });
  const { task, record } = await service.execute({ problem: 'echo' });
  assert.match(record.problem ?? '', /^echo@[0-9a-f]{32}$/);
  assert.ok(!JSON.stringify(task).includes(LONG), 'the task carries the data');
  assert.deepEqual(
    record.results.map(({ status, is_hidden: isHidden }) => [status, isHidden]),
    [
      ['accepted', true],
      ['accepted', false],
      ['wrong_answer', true],
    ],
  );
  assert.deepEqual(
    record.results.map(({ input, expected_output: expected }) => [input, expected]),
    [
      [null, null],
      [LONG, LONG],
      [null, null],
    ],
  );
});

test('a request may name blobs itself, for data and for files', async (t) => {
  const service = await openService(t, { run: ({ stdin }) => ({ stdout: stdin }) });
  const [long, source] = [await putText(service, LONG), await putText(service, 'print(1)')];
  const { task, record } = await service.execute({
    files: [{ path: 'helper.sc', content: source }],
    test_cases: [{ input: long, expected_output: LONG }],
  });
  assert.deepEqual(record.status, 'accepted');
  const helper = task.files.find(({ path }) => path === 'helper.sc');
  assert.equal(Buffer.from(helper?.contentBase64 ?? '', 'base64').toString(), 'print(1)');
});

test('what another owner keeps does not exist', async (t) => {
  const service = await openService(t);
  const blob = await putText(service, LONG);
  await service.problems.put(CLIENT, 'sum', { test_cases: [{}] });
  for (const client of ['key:b', 'address:127.0.0.1']) {
    await assert.rejects(
      service.execute({ problem: 'sum' }, client),
      rejects('not_found', /There is no problem "sum"/),
    );
    await assert.rejects(
      service.execute({ test_cases: [{ input: blob }] }, client),
      rejects('invalid_request', /test_cases\[0\]\.input\.blob must be the SHA-256 of a blob that is kept/),
    );
  }
});

test('data that is gone is a failure of the service, and no verdict', async (t) => {
  const service = await openService(t);
  const blob = await putText(service, LONG);
  const task = await service.accept(
    { language: 'script', code: 'x', test_cases: [{ input: blob }] },
    { clientId: CLIENT },
  );
  await service.store.cleanUp();
  const { results } = await service.executeTask(task, new AbortController().signal);
  assert.deepEqual([results[0]?.status, results[0]?.passed], ['internal_error', false]);
  assert.match(results[0]?.message ?? '', /could not be read.*not at fault/);
  assert.match(service.logged.map(({ message }) => message).join(), /the data of a test could not be read/);
});

test('another version judges by its own tests', async (t) => {
  const service = await openService(t, { run: () => ({ stdout: '1' }) });
  const put = (expected: string) =>
    service.problems.put(CLIENT, 'one', { test_cases: [{ expected_output: expected }] });
  const [wrong, right] = [await put('2'), await put('1')];
  const statusOf = async (problem: string) => (await service.execute({ problem })).record.status;
  assert.equal(await statusOf(`one@${wrong.version}`), 'wrong_answer');
  assert.equal(await statusOf(`one@${right.version}`), 'accepted');
  assert.equal(await statusOf('one'), 'accepted');
});

test('a language may have more time, up to what any request may have', async (t) => {
  const { problems, execute } = await openService(t);
  const put = (factor: number) =>
    problems.put(CLIENT, 'slow', {
      time_limit: 4,
      time_multipliers: { sc: factor, compiled: 7 },
      test_cases: [{}],
    });
  await put(2.5);
  assert.equal((await execute({ problem: 'slow' })).task.tests[0]?.timeLimitSeconds, 10);
  await put(50);
  assert.equal((await execute({ problem: 'slow' })).task.tests[0]?.timeLimitSeconds, 30);
});

test('a definition that no request could be run with is rejected, and nothing is kept', async (t) => {
  const { problems } = await openService(t);
  const reject = (definition: Partial<ProblemDefinition>, code: string, pattern: RegExp) =>
    assert.rejects(problems.put(CLIENT, 'sum', { test_cases: [{}], ...definition }), rejects(code, pattern));
  await reject({ groups: [{ name: 'a', depends_on: ['a'] }] }, 'invalid_request', /groups\[0\]/);
  await reject({ checker: { type: 'program', language: 'script' } }, 'invalid_request', /checker\.code/);
  await reject({ checker: { type: 'program', language: 'none', code: 'x' } }, 'unsupported_language', /none/);
  await reject(
    { test_cases: [{ input: '!', encoding: 'base64' }] },
    'invalid_request',
    /input must be Base64/,
  );
  await reject({ files: [{ path: '../x', content: '' }] }, 'invalid_request', /files\[0\]\.path/);
  await reject({ test_cases: [{ input: { blob: '0'.repeat(64) } }] }, 'invalid_request', /input\.blob/);
  await assert.rejects(problems.put(CLIENT, 'no id', { test_cases: [{}] }), /id must be 1–64 letters/);
  assert.deepEqual((await problems.list(CLIENT, { limit: 10 })).problems, []);
});

test('a blob whose digest is another one is rejected with its own', async (t) => {
  const { problems } = await openService(t);
  const content = Buffer.from('x');
  assert.throws(
    () => problems.putBlob(CLIENT, '0'.repeat(64), content),
    rejects('invalid_request', new RegExp(`which is ${sha256Of(content)}`)),
  );
});

test('a problem whose checker or interactor does not compile is not kept', async (t) => {
  const compile = { ...COMPILE, output: 'main.sc:1: error: x' };
  const submitted: ExecuteRequest[] = [];
  const { problems } = await openService(t, {}, async (request) => {
    submitted.push(request);
    const isGood = request.code?.startsWith('good');
    return isGood ? RESULT_EXAMPLE : { ...RESULT_EXAMPLE, status: 'compilation_error', compile };
  });
  const checker = { type: 'program' as const, language: 'script', code: 'bad "testlib.h"' };
  const put = (definition: Partial<ProblemDefinition>) =>
    problems.put(CLIENT, 'sum', { test_cases: [{}], ...definition });
  await assert.rejects(
    put({ checker }),
    rejects('invalid_request', /^checker does not compile: main\.sc:1: error: x$/),
  );
  await assert.rejects(problems.get(CLIENT, 'sum'), rejects('not_found', /no problem/));
  const [{ files = [], test_cases: tests } = {}] = submitted;
  assert.deepEqual([files.map(({ path }) => path), tests], [['testlib.h'], undefined]);
  const { type: _type, ...interactor } = checker;
  await assert.rejects(put({ interactor }), rejects('invalid_request', /^interactor does not compile/));
  await put({ checker: { ...checker, code: 'good' } });
  assert.equal(submitted.at(-1)?.files, undefined);
});
