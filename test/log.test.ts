// What the whole process writes: marked secrets are sent in every field and header, by ways that work and ways that
// fail, at the most verbose level, and none of them may be in what it printed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecuteRequest } from '../src/api/execution.ts';
import { execute, launchFor, PROJECT, ready, type Service, stop } from './service.ts';

/** Long enough that no part of it is found by chance, also in Base64. */
const MARK = 'MarkedSecret4711';
const KEY = `${MARK}-key`;
const HEADERS = {
  'x-api-key': KEY,
  cookie: `session=${MARK}`,
  'user-agent': MARK,
  referer: `http://mirror.example/${MARK}`,
  'x-forwarded-for': MARK,
  'x-request-id': `"${MARK}"`,
};

type Line = Record<string, unknown> & { msg: string };

const SECRETS = {
  code: `import sys, time\nprint("${MARK}", file=sys.stderr)\nprint(input())\n`,
  files: [{ path: `${MARK}.txt`, content: MARK }],
  args: [MARK],
  test_cases: [
    { name: MARK, input: `${MARK}\n`, expected_output: MARK, args: [MARK] },
    { name: MARK, input: `${MARK}\n`, expected_output: `${MARK}!`, is_hidden: true },
  ],
};
const PYTHON: Partial<ExecuteRequest> = { language: 'python', ...SECRETS };
const SLOW = { ...PYTHON, code: `${SECRETS.code}time.sleep(4)\n` };

/** The mark as it is, and in Base64 wherever it may begin within three bytes. */
function traces(text: string): string[] {
  const encoded = [0, 1, 2].map((before) =>
    Buffer.from('x'.repeat(before) + MARK)
      .toString('base64')
      .slice(before === 0 ? 0 : 4, -4),
  );
  return [MARK, ...encoded].filter((form) => text.includes(form));
}

async function start(t: TestContext): Promise<Service> {
  const child = await launchFor(t, {
    LANGUAGES: 'python,c',
    LOG_LEVEL: 'TRACE',
    API_KEYS: KEY,
    CONCURRENCY: '1',
    QUEUE_SIZE: '0',
    MAX_BODY_BYTES: '16384',
    SHUTDOWN_GRACE_SECONDS: '0',
  });
  return ready(child, ['python', 'c'], KEY);
}

function logOf({ lines }: Service): Line[] {
  return lines.map((line) => JSON.parse(line) as Line);
}

/** The lines with this message that have all these fields, or of which the execution has them. */
function found(service: Service, msg: string, fields: object = {}, ofExecution: object = {}): Line[] {
  const has = (entry: unknown, wanted: object) =>
    Object.entries(wanted).every(([name, value]) => (entry as Line | undefined)?.[name] === value);
  return logOf(service).filter(
    (line) => line.msg === msg && has(line, fields) && has(line.execution, ofExecution),
  );
}

async function appears(
  service: Service,
  msg: string,
  fields: object = {},
  ofExecution: object = {},
): Promise<Line> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const line = found(service, msg, fields, ofExecution)[0];
    if (line !== undefined) return line;
    await delay(50);
  }
  throw new Error(`no line says ${msg} ${JSON.stringify(fields)}:\n${service.lines.join('\n')}`);
}

/** Resolves with the answer's status. */
async function send(service: Service, request: object, headers: object = {}, query = ''): Promise<number> {
  const answer = await execute(service, request, { headers: { ...HEADERS, ...headers }, query });
  await answer.text();
  return answer.status;
}

async function sendText(service: Service, body: string, headers: object = {}): Promise<number> {
  const answer = await fetch(`${service.url}/api/v1/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...HEADERS, ...headers },
    body,
  });
  await answer.text();
  return answer.status;
}

/** What works, and what the program or its author does wrong. */
async function sendPrograms(service: Service): Promise<void> {
  assert.equal(await send(service, PYTHON), 200);
  assert.equal(await send(service, { language: 'python', code: SECRETS.code, stdin: MARK }), 200);
  assert.equal(await send(service, { ...PYTHON, code: `raise Exception("${MARK}")` }), 200);
  assert.equal(await send(service, { language: 'c', code: `#error ${MARK}` }), 200);
  const checker = { type: 'float', absolute: 1 } as const;
  assert.equal(await send(service, { ...PYTHON, checker }, {}, '?encoding=base64'), 200);
}

/** What is refused, for every reason there is. */
async function sendRefused(service: Service): Promise<void> {
  const wrong: [number, object][] = [
    [400, { ...PYTHON, [MARK]: MARK }],
    [400, { ...PYTHON, time_limit: MARK }],
    [400, { ...PYTHON, user_id: `${MARK} ` }],
    [400, { ...PYTHON, files: [{ path: `../${MARK}`, content: MARK }] }],
    [400, { ...PYTHON, files: [{ path: 'a', content: `${MARK}?`, encoding: 'base64' }] }],
    [400, { ...PYTHON, args: [`${MARK}\0`] }],
    [413, { ...PYTHON, stdin: MARK.repeat(2000) }],
    [422, { ...PYTHON, language: MARK }],
    [422, { ...PYTHON, version: MARK }],
    [422, { ...PYTHON, code: `import subprocess  # ${MARK}\nsubprocess.run("${MARK}")\n` }],
  ];
  for (const [status, request] of wrong) assert.equal(await send(service, request), status);
  assert.equal(await send(service, PYTHON, {}, `?encoding=${MARK}&${MARK}=${MARK}`), 400);
  for (const headers of [
    { 'x-api-key': `${MARK}-wrong` },
    { 'x-api-key': '', authorization: `Bearer ${MARK}` },
  ]) {
    assert.equal(await send(service, PYTHON, headers), 401);
  }
  assert.equal(await sendText(service, `{"code": "${MARK}", ${MARK}}`), 400);
  assert.equal(await sendText(service, `{"${MARK}": NaN}`), 400);
  assert.equal(await sendText(service, MARK, { 'content-type': `text/${MARK}` }), 415);
  assert.equal(await sendText(service, MARK, { 'content-encoding': MARK }), 415);
  assert.equal((await fetch(`${service.url}/nowhere?${MARK}`, { headers: HEADERS })).status, 404);
  assert.equal((await fetch(`${service.url}/%zz?${MARK}`, { headers: HEADERS })).status, 400);
}

/** Executions that outlive their request, and a webhook that cannot be delivered. */
async function sendStored(service: Service): Promise<void> {
  let calls = 0;
  const call = async (path: string, body?: object) => {
    calls += 1;
    const headers = { ...HEADERS, 'idempotency-key': `${MARK}-${calls}`, 'last-event-id': MARK };
    const json = {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { ...headers, 'content-type': 'application/json' },
    };
    const answer = await fetch(`${service.url}/api/v1${path}`, body ? json : { headers });
    return { status: answer.status, text: await answer.text() };
  };
  const webhook = { webhook_url: `https://receiver.invalid/${MARK}?${MARK}` };
  const submitted = await call('/executions', { ...PYTHON, ...webhook });
  const batch = await call('/executions/batch', { executions: [PYTHON, { [MARK]: MARK }] });
  assert.deepEqual([submitted.status, batch.status], [202, 202]);
  const ids = [submitted, batch].flatMap(
    ({ text }) => text.match(/[0-9A-Z]{26}(?=","status":"queued")/g) ?? [],
  );
  assert.equal(ids.length, 2);
  for (const id of ids) {
    assert.equal((await call(`/executions/${id}?wait=30`)).status, 200);
    assert.equal((await call(`/executions/${id}/events`)).status, 200);
  }
  assert.equal((await call(`/executions/${MARK}`)).status, 404);
  assert.equal((await call(`/executions?cursor=${MARK}`)).status, 400);
  for (const url of [
    `ftp://a/${MARK}`,
    `https://a:${MARK}@b/`,
    `http://10.0.0.1/${MARK}`,
    `https://a/${MARK}\n`,
  ])
    assert.equal((await call('/executions', { ...PYTHON, webhook_url: url })).status, 400);
  await appears(service, 'webhook', { host: 'receiver.invalid', outcome: 'retried' });
}

/** Clients that send no HTTP, or leave. */
async function sendBroken(service: Service): Promise<void> {
  const { port } = new URL(service.url);
  for (const text of [`${MARK}\r\n\r\n`, `GET / HTTP/1.1\r\n${MARK} ${MARK}\r\n\r\n`]) {
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(text);
    socket.resume();
    await once(socket, 'close');
  }
  const controller = new AbortController();
  const gone = execute(service, SLOW, { headers: HEADERS, signal: controller.signal });
  await delay(500);
  assert.equal(await send(service, PYTHON), 429);
  controller.abort();
  await assert.rejects(gone);
  await appears(service, 'execution', {}, { status: 'cancelled' });
}

/** The supervisor dies under a program, and again under the second try. */
async function killSandbox(service: Service): Promise<void> {
  const answer = send(service, SLOW);
  const ready = 'the native sandbox is ready';
  for (const kills of [1, 2]) {
    await delay(500);
    while (found(service, ready).length < kills) await delay(50);
    await delay(700);
    process.kill(Number(found(service, ready)[kills - 1]?.pid), 'SIGKILL');
  }
  assert.equal(await answer, 200);
}

suite('what the process prints', () => {
  test('has no source, input, output, key or hidden text in it, whatever happens', async (t) => {
    const service = await start(t);
    await sendPrograms(service);
    await sendStored(service);
    await sendRefused(service);
    await sendBroken(service);
    await killSandbox(service);
    const stopped = send(service, SLOW);
    await delay(500);
    await stop(service);
    assert.equal(await stopped, 503);

    const expected = [
      ['request', { status: 200 }, { status: 'wrong_answer' }],
      ['request', { status: 200 }, { status: 'completed' }],
      ['request', { status: 200 }, { status: 'compilation_error' }],
      ['execution', {}, { status: 'cancelled' }],
      ['execution', {}, { stored: true }],
      ['request', { status: 429 }, { status: null, code: 'queue_full' }],
      ['request', { status: 200 }, { status: 'internal_error' }],
      ['the sandbox failed, trying once more', {}],
      ['a test could not be run', {}],
      ['request', { status: 400, route: null, method: null }],
      ['request', { status: 422, code: 'code_rejected' }],
      ['request', { status: 401, code: 'unauthorized' }],
      ['request', { aborted: true }],
      ['request', { status: 503, code: 'shutting_down' }],
      ['stopped', {}],
    ] as const;
    for (const [msg, ...fields] of expected) {
      assert.ok(found(service, msg, ...fields).length > 0, `${msg} ${JSON.stringify(fields)} was not logged`);
    }
    assert.deepEqual(
      service.lines.filter((line) => traces(line).length > 0),
      [],
    );
  });

  test('finds the mark in the forms that it could take', () => {
    for (const before of ['', 'a', 'ab', 'abc']) {
      assert.equal(traces(Buffer.from(`${before}${MARK} and more`).toString('base64')).length, 1);
    }
    assert.deepEqual(traces(`${MARK}!`), [MARK]);
    assert.deepEqual(traces('{"msg":"request"}'), []);
  });
});

suite('the log of the process', () => {
  test('has one line for a request with its execution, under the id that the client gave', async (t) => {
    const service = await start(t);
    const answer = await execute(
      service,
      { ...PYTHON, user_id: 'ada' },
      {
        headers: { 'x-api-key': KEY, 'x-request-id': 'job-17' },
      },
    );
    const { execution_id } = (await answer.json()) as { execution_id: string };
    assert.equal(answer.headers.get('x-request-id'), 'job-17');
    const request = await appears(service, 'request', { request_id: 'job-17' });
    assert.equal(request.route, '/api/v1/execute');
    assert.equal(request.key, 'key-1');
    const lines = logOf(service).filter(({ request_id }) => request_id === 'job-17');
    assert.equal(lines.length, 1);
    const { user_id, api, language, status, sandbox, queue_depth, ...entry } = request.execution as Line;
    assert.equal(entry.execution_id, execution_id);
    assert.deepEqual(
      { user_id, api, language, status, sandbox, queue_depth },
      {
        user_id: 'ada',
        api: 'v1',
        language: 'python',
        status: 'wrong_answer',
        sandbox: 'native',
        queue_depth: 0,
      },
    );
  });

  test('is for people on a terminal', async (t) => {
    const script =
      "import('./src/log.ts').then(({ createLog }) => createLog({ logLevel: 'INFO' }).info({ port: 1 }, 'hello'))";
    const command = `${process.execPath} -e "${script}"`;
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: PROJECT });
    t.after(() => child.kill('SIGKILL'));
    let printed = '';
    child.stdout.on('data', (data) => {
      printed += data;
    });
    await once(child, 'close');
    assert.match(printed, /INFO.*hello.*"port":\s*1/);
    assert.doesNotMatch(printed, /^\{/);
  });
});
