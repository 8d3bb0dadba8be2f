// Webhooks of the whole service: what receivers get, however it and they end and begin again, and the programs of
// docs/webhooks.md that verify it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { Execution } from '../src/api/stored-execution.ts';
import { launch, PROJECT, ready, type Service, stop, TIME_FACTOR } from './service.ts';

const ADMIN_KEY = 'administrator-key';
const DEADLINE_MS = 30_000 * TIME_FACTOR;
const LANGUAGE = 'bash';
const RETRY_AFTER_SECONDS = 8;

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly atMs: number;
}

/** Answers as `answer` does with what came; without an answer it is silent. */
async function createReceiver(answer: (response: ServerResponse, count: number) => void) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const headers = plain(request.headers);
    received.push({ method: request.method ?? '', url: request.url ?? '', headers, body, atMs: Date.now() });
    answer(response, received.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    received,
    url: `http://127.0.0.1:${port}/hook`,
    allowed: `127.0.0.1:${port}`,
    count: (wanted: number) => until(() => received.length >= wanted, `${wanted} deliveries`),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await isTrue())) {
    assert.ok(performance.now() < deadline, `there are never ${what}`);
    await delay(20);
  }
}

/** `npm run keys`, without npm. Resolves with the lines that it prints for programs. */
async function keys(directory: string, ...args: string[]): Promise<string[]> {
  const child = spawn(process.execPath, [join(PROJECT, 'scripts/keys.ts'), ...args], {
    env: { PATH: process.env.PATH ?? '', DATA_DIR: directory },
  });
  const output = child.stdout.toArray();
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  return Buffer.concat(await output)
    .toString('utf8')
    .trim()
    .split('\n');
}

interface Caller {
  readonly service: Service;
  readonly key: string;
}

async function call({ service, key }: Caller, method: string, path: string, body?: object) {
  const answer = await fetch(`${service.url}/api/v1${path}`, {
    method,
    headers: { 'x-api-key': key, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return {
    status: answer.status,
    value: (await answer.json()) as Execution & { errors?: { path: string; message: string }[] },
  };
}

async function submit(caller: Caller, webhookUrl: string, request: object = {}): Promise<string> {
  const { status, value } = await call(caller, 'POST', '/executions', {
    language: LANGUAGE,
    code: 'echo 5',
    webhook_url: webhookUrl,
    ...request,
  });
  assert.equal(status, 202, JSON.stringify(value));
  return value.execution_id;
}

async function untilWebhook(
  caller: Caller,
  id: string,
  status: string,
): Promise<NonNullable<Execution['webhook']>> {
  let webhook: Execution['webhook'] = null;
  await until(async () => {
    ({ webhook } = (await call(caller, 'GET', `/executions/${id}`)).value);
    return webhook?.status === status;
  }, `${status} webhooks of ${id}`);
  return webhook as unknown as NonNullable<Execution['webhook']>;
}

suite('webhooks', () => {
  let [directory, service] = ['', undefined as unknown as Service];
  let [grader, other] = [undefined as unknown as Caller, undefined as unknown as Caller];
  const receivers: Awaited<ReturnType<typeof createReceiver>>[] = [];
  const receiver = async (answer: (response: ServerResponse, count: number) => void) => {
    const made = await createReceiver(answer);
    receivers.push(made);
    return made;
  };
  const good = (response: ServerResponse) => void response.writeHead(204).end();

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'webhooks-test-'));
    const [graderKey = '', otherKey = ''] = [
      ...(await keys(directory, 'make', 'grader')),
      ...(await keys(directory, 'make', 'other')),
    ];
    const child = launch({
      DATA_DIR: directory,
      ADMIN_API_KEY: ADMIN_KEY,
      LANGUAGES: LANGUAGE,
      LOG_LEVEL: 'TRACE',
      // Unlike an address, a name is for any port: those of the receivers are not known yet.
      WEBHOOK_ALLOW: '127.0.0.0/8',
    });
    service = await ready(child, [LANGUAGE], graderKey);
    grader = { service, key: graderKey };
    other = { service, key: otherKey };
  });
  after(async () => {
    for (const each of receivers) each.close();
    await stop(service);
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  test('report the end once, redacted and signed, and the execution shows the delivery', async () => {
    const { url, received, count } = await receiver(good);
    const id = await submit(grader, `${url}?token=MarkedToken`, {
      code: 'read x; echo "seen $x"',
      test_cases: [
        { input: '1', expected_output: 'seen 1' },
        { input: 'MarkedHidden', expected_output: 'seen MarkedHidden', is_hidden: true },
      ],
    });
    await count(1);
    const webhook = await untilWebhook(grader, id, 'delivered');
    const [delivery] = webhook.deliveries;
    assert.deepEqual(
      [webhook.deliveries.length, delivery?.attempt, delivery?.status, delivery?.error],
      [1, 1, 204, null],
    );
    const [message] = received;
    const [secret = ''] = await keys(directory, 'webhook-secret', 'grader');
    const { type, timestamp, data } = new Webhook(secret).verify(
      message?.body ?? '',
      message?.headers ?? {},
    ) as {
      type: string;
      timestamp: string;
      data: Execution;
    };
    const { webhook: _, ...shown } = (await call(grader, 'GET', `/executions/${id}`)).value;
    assert.deepEqual([type, timestamp], ['execution.completed', shown.finished_at]);
    assert.deepEqual(data, shown);
    assert.deepEqual(
      [data.status, data.results[0]?.stdout, data.results[1]?.stdout],
      ['accepted', 'seen 1\n', null],
    );
    assert.doesNotMatch(message?.body ?? '', /MarkedHidden/);
    assert.doesNotMatch(service.lines.join('\n'), /MarkedToken|MarkedHidden|whsec_/);
    assert.match(service.lines.join('\n'), /"host":"127.0.0.1".*"msg":"webhook"/);
  });

  test('a callback of Judge0’s API gets what its clients do', async () => {
    const { received, url, count } = await receiver((response) => response.writeHead(200).end());
    const submit = async (callback: string) => {
      const answer = await fetch(`${service.url}/submissions?wait=true`, {
        method: 'POST',
        headers: { 'x-auth-token': grader.key, 'content-type': 'application/json' },
        body: JSON.stringify({ language_id: 46, source_code: 'echo é', callback_url: callback }),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const { status, body } = await submit(url);
    assert.deepEqual([status, body.stdout], [201, 'é\n']);
    await count(1);
    const [message] = received;
    assert.equal(message?.method, 'PUT');
    const stdout = `${Buffer.from('é\n').toString('base64')}\n`;
    assert.deepEqual(JSON.parse(message?.body ?? ''), { ...body, stdout });
    assert.deepEqual(await submit('http://10.0.0.1/'), {
      status: 422,
      body: { callback_url: ['setting callback is not allowed'] },
    });
  });

  test('are signed with two secrets while one is replaced, and by key name', async () => {
    const { url, received, count } = await receiver(good);
    const [old = ''] = await keys(directory, 'webhook-secret', 'grader');
    const [fresh = '', kept] = await keys(directory, 'webhook-secret', 'grader', '--rotate');
    assert.equal(kept, old);
    await submit(grader, url);
    await count(1);
    await submit(other, url);
    await count(2);
    const [first, second] = received;
    for (const secret of [old, fresh]) new Webhook(secret).verify(first?.body ?? '', first?.headers ?? {});
    const [others = ''] = await keys(directory, 'webhook-secret', 'other');
    new Webhook(others).verify(second?.body ?? '', second?.headers ?? {});
    assert.throws(() => new Webhook(fresh).verify(second?.body ?? '', second?.headers ?? {}));
  });

  test('to a URL that cannot be tried are a 400 that names the field and the reason', async () => {
    const request = { language: LANGUAGE, code: 'echo' };
    for (const [url, reason] of [
      ['ftp://example.com/', /^webhook_url must begin with https/],
      ['https://user:secret@example.com/', /^webhook_url must not have a user name/],
      ['http://10.0.0.1/', /^webhook_url names 10\.0\.0\.1, an address that is not public/],
      ['http://[::ffff:10.0.0.1]/', /^webhook_url names .* not public/],
      ['http://localhost/', /^webhook_url names "localhost"/],
      ['https://example.com/\r\nX-A: b', /^webhook_url must be a URL of printable ASCII/],
      [`https://example.com/${'a'.repeat(2100)}`, /^webhook_url must have at most 2048 characters/],
    ] as const) {
      const { status, value } = await call(grader, 'POST', '/executions', { ...request, webhook_url: url });
      assert.equal(status, 400, url);
      assert.deepEqual(
        value.errors?.map(({ path }) => path),
        ['webhook_url'],
        url,
      );
      assert.match(value.errors?.[0]?.message ?? '', reason);
      assert.doesNotMatch(JSON.stringify(value), /secret/);
    }
    const { status } = await call(grader, 'POST', '/execute', {
      ...request,
      webhook_url: 'https://example.com',
    });
    assert.equal(status, 400);
  });

  test('are delivered again when an administrator asks, with the same id', async () => {
    const { url, received, count } = await receiver(
      (response, number) => void response.writeHead(number === 1 ? 410 : 200).end(),
    );
    const id = await submit(grader, url);
    assert.equal((await untilWebhook(grader, id, 'failed')).deliveries.length, 1);
    const path = `/admin/executions/${id}/redeliver`;
    assert.equal((await call(grader, 'POST', path)).status, 403);
    const administrator = { service, key: ADMIN_KEY };
    const { status, value } = await call(administrator, 'POST', path);
    assert.deepEqual([status, value], [202, { execution_id: id, status: 'pending' }]);
    await count(2);
    assert.equal((await untilWebhook(grader, id, 'delivered')).deliveries.length, 2);
    assert.equal(received[0]?.headers['webhook-id'], received[1]?.headers['webhook-id']);
    for (const unknown of ['01J', 'x'.repeat(64)])
      assert.equal((await call(administrator, 'POST', `/admin/executions/${unknown}/redeliver`)).status, 404);
  });

  test('are counted, and seen by the health report', async () => {
    const metrics = await fetch(`${service.url}/metrics`, { headers: { 'x-api-key': grader.key } });
    const text = await metrics.text();
    assert.match(text, /^ces_webhook_attempts_total\{outcome="delivered"\} [1-9]/m);
    assert.match(text, /^ces_webhook_attempts_total\{outcome="failed"\} 1$/m);
    assert.match(text, /^ces_webhooks_pending \d+$/m);
    const health = await fetch(`${service.url}/api/v1/health`);
    const { checks } = (await health.json()) as { checks: { webhooks: { status: string; detail: string } } };
    assert.equal(checks.webhooks.status, 'healthy', checks.webhooks.detail);
  });

  for (const [language, fence, command] of [
    ['TypeScript', 'ts', process.execPath],
    ['Python', 'python', 'python3'],
  ] as const)
    test(`are verified by the receiver in ${language} that the documents show`, async (t) => {
      const port = await freePort();
      const [secret = ''] = await keys(directory, 'webhook-secret', 'grader');
      const { lines } = await startExample(t, { fence, command, port, secret });
      const id = await submit(grader, `http://127.0.0.1:${port}/hooks`);
      await until(() => lines.includes(`${id} completed`), `lines of ${language}`);
      await untilWebhook(grader, id, 'delivered');
      const forged = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        body: '{}',
        headers: {
          'webhook-id': 'msg_1',
          'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
          'webhook-signature': 'v1,AAAA',
        },
      });
      assert.equal(forged.status, 400);
    });
});

suite('webhooks of a service that is killed', () => {
  /** Has the first attempt when the service is killed, and answers the second. */
  let silent: Awaited<ReturnType<typeof createReceiver>>;
  /** Asks for time at the first attempt. */
  let busy: Awaited<ReturnType<typeof createReceiver>>;
  let [directory, second] = ['', undefined as unknown as Caller];
  let [unrecorded, planned] = ['', ''];

  const start = async () => {
    const environment = { DATA_DIR: directory, LANGUAGES: LANGUAGE, WEBHOOK_ALLOW: '127.0.0.0/8' };
    return { service: await ready(launch(environment), [LANGUAGE]), key: '' };
  };
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'webhooks-test-'));
    silent = await createReceiver((response, number) => {
      if (number > 1) response.writeHead(200).end();
    });
    busy = await createReceiver((response, number) => {
      response.writeHead(number === 1 ? 503 : 200, { 'retry-after': String(RETRY_AFTER_SECONDS) }).end();
    });
    const first = await start();
    planned = await submit(first, busy.url);
    await until(async () => {
      const { webhook } = (await call(first, 'GET', `/executions/${planned}`)).value;
      return webhook?.deliveries.length === 1;
    }, 'recorded attempts');
    unrecorded = await submit(first, silent.url);
    await silent.count(1);
    const exited = once(first.service.process, 'exit');
    first.service.process.kill('SIGKILL');
    await exited;
    second = await start();
  });
  after(async () => {
    silent.close();
    busy.close();
    await stop(second.service);
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  test('between the end and the delivery arrive after the start under the same id', async () => {
    const { deliveries } = await untilWebhook(second, unrecorded, 'delivered');
    assert.deepEqual(
      deliveries.map(({ attempt, status }) => [attempt, status]),
      [[1, 200]],
    );
    const [lost, repeated] = silent.received;
    assert.deepEqual(
      [repeated?.headers['webhook-id'], repeated?.body],
      [lost?.headers['webhook-id'], lost?.body],
    );
  });

  test('in mid-schedule keep their time and their count', async () => {
    const { deliveries } = await untilWebhook(second, planned, 'delivered');
    assert.deepEqual(
      deliveries.map(({ attempt, status }) => [attempt, status]),
      [
        [1, 503],
        [2, 200],
      ],
    );
    const [refused, accepted] = busy.received;
    const waitedMs = (accepted?.atMs ?? 0) - (refused?.atMs ?? 0);
    assert.ok(waitedMs >= RETRY_AFTER_SECONDS * 1000 - 100, `${waitedMs}`);
  });
});

/** Any port that is free now, and above those of other protocols. */
async function freePort(): Promise<number> {
  const { allowed, close } = await createReceiver(() => {});
  close();
  return Number(allowed.split(':')[1]);
}

/** Runs the block of the document with the other port. */
async function startExample(
  t: TestContext,
  { fence, command, port, secret }: { fence: string; command: string; port: number; secret: string },
) {
  const document = await readFile(join(PROJECT, 'docs/webhooks.md'), 'utf8');
  const [, block = ''] = new RegExp(`^\`\`\`${fence}\n([\\s\\S]*?)^\`\`\``, 'm').exec(document) ?? [];
  assert.match(block, /8000/);
  // Within the project, so that its packages are found.
  const directory = await mkdtemp(join(PROJECT, 'data', 'webhook-example-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, fence === 'ts' ? 'receiver.mts' : 'receiver.py');
  await writeFile(path, block.replace('8000', String(port)));
  const child = spawn(command, [path], {
    env: { ...process.env, WEBHOOK_SECRET: secret },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  await until(() => isListening(port), 'listening receivers');
  return { lines };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
