// Where webhooks go, in a network in which every address that must not be reached has a server behind it: names, literals,
// rebinding, mixed answers, certificates. The guard has no exceptions here, as WEBHOOK_ALLOW is empty.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Agent, request } from 'undici';
import type { Execution } from '../src/api/stored-execution.ts';
import { createGuardedAgent } from '../src/webhooks/guarded-agent.ts';
import { post } from '../src/webhooks/post.ts';
import { createTargetGuard } from '../src/webhooks/target-guard.ts';
import { isInPublicNetwork, runInPublicNetwork, serveNames } from './public-network.ts';
import { launch, ready, type Service, stop } from './service.ts';

const PUBLIC = '11.22.33.44';
const PUBLIC_6 = '2a01:4f8::1';
/** Of the machine itself, on an interface that others reach. */
const OWN = '11.22.33.99';
/** One of each kind that must not be reached. */
const HIDDEN = [
  '10.0.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '168.63.129.16',
  '198.18.0.1',
  '192.168.1.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::a00:1',
  '2002:7f00:1::1',
  'fd00:ec2::254',
  '2001:db8::1',
];
const PORT = 8080;
const TLS_PORT = 8443;

if (isInPublicNetwork()) {
  suite('webhooks in a network that looks public', inside);
} else {
  test('webhooks in a network that looks public', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'webhook-network-test-'));
    await makeCertificates(directory.path);
    const { code, output } = await runInPublicNetwork(import.meta.filename, [PUBLIC, PUBLIC_6, ...HIDDEN], {
      CERTIFICATES: directory.path,
      NODE_EXTRA_CA_CERTS: join(directory.path, 'authority.pem'),
      // Node's own switch for careless clients changes nothing.
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      HTTP_PROXY: `http://10.0.0.1:${PORT}`,
      NODE_USE_ENV_PROXY: '1',
      // The test itself talks to the service.
      NO_PROXY: '127.0.0.1',
    });
    assert.equal(code, 0, output);
    assert.match(output, /pass 11\n/);
  });
}

/** An authority that the process trusts, a certificate of it for `public.example`, and one that nobody signed. */
async function makeCertificates(path: string): Promise<void> {
  const run = (...args: string[]) => promisify(execFile)('openssl', args, { cwd: path });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=public.example', '-addext', 'subjectAltName=DNS:public.example'];
  await run(
    'req',
    '-x509',
    ...key,
    '-subj',
    '/CN=Authority',
    '-keyout',
    'authority.key',
    '-out',
    'authority.pem',
  );
  const signed = ['-CA', 'authority.pem', '-CAkey', 'authority.key'];
  await run('req', '-x509', ...key, ...subject, ...signed, '-keyout', 'signed.key', '-out', 'signed.pem');
  await run('req', '-x509', ...key, ...subject, '-keyout', 'unsigned.key', '-out', 'unsigned.pem');
}

/** By name: what the name server answers, the first and every further time. */
const NAMES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'public.example': [[PUBLIC]],
  'public6.example': [[PUBLIC_6]],
  'other.example': [[PUBLIC]],
  'rebinding.example': [[PUBLIC], ['127.0.0.1']],
  'mixed.example': [[PUBLIC, '10.0.0.1']],
  'mixed-first.example': [['10.0.0.1', PUBLIC]],
  'mixed6.example': [[PUBLIC, '::1']],
  'mapped.example': [['::ffff:127.0.0.1']],
  'mapped-public.example': [[`::ffff:${PUBLIC}`]],
  'compatible.example': [['::7f00:1']],
  'zero.example': [['0.0.0.0'], ['::']],
  'loopback.example': [['127.0.0.1']],
  'loopback6.example': [['::1']],
  'own.example': [[OWN]],
  localhost: [['127.0.0.1']],
  'crowd.example': [
    [...Array.from({ length: 20 }, (_, index) => `11.22.34.${index}`), ...Array(20).fill(PUBLIC)],
  ],
  'empty.example': [[]],
  ...Object.fromEntries(HIDDEN.map((address, index) => [`hidden-${index}.example`, [[address]]])),
};
/** Of what each name answers, only these may be reached. */
const REACHABLE = ['public.example', 'public6.example', 'other.example'];

function inside() {
  const reached: string[] = [];
  let names: Awaited<ReturnType<typeof serveNames>>;
  const guard = createTargetGuard([]);
  const agent = createGuardedAgent(guard, { timeoutMs: 3000, perHost: 4 });
  const closers: (() => unknown)[] = [() => agent.destroy()];

  before(async () => {
    names = await serveNames(({ name, type, asked }) => {
      if (name === 'silent.example') return undefined;
      const answers = NAMES[name];
      const addresses = answers?.[Math.min(asked, answers.length - 1)] ?? null;
      return addresses?.filter((address) => (type === 'AAAA') === address.includes(':')) ?? null;
    });
    const server = createServer((incoming, response) => {
      if (incoming.url === '/redirect') response.writeHead(307, { location: `http://10.0.0.1:${PORT}/` });
      response.end();
    });
    server.on('connection', (socket) => reached.push(socket.localAddress ?? ''));
    await new Promise<void>((resolve) => server.listen(PORT, '::', resolve));
    closers.push(
      names.close,
      () => server.closeAllConnections(),
      () => server.close(),
    );
  });
  after(() => {
    for (const close of closers) close();
  });

  const send = (url: string) => {
    reached.length = 0;
    return post(
      agent,
      { url, method: 'POST' as const, headers: {}, body: '{}' },
      { signal: new AbortController().signal },
    );
  };
  const assertRefused = async (url: string) => {
    const { statusCode, isRefused, error } = await send(url);
    assert.deepEqual([statusCode, isRefused, reached], [null, true, []], `${url}: ${error}`);
    return error ?? '';
  };

  test('without the guard every hidden address is reached, so these tests can fail', async () => {
    const careless = new Agent();
    closers.push(() => careless.destroy());
    for (const host of [
      ...HIDDEN.map((_, index) => `hidden-${index}.example`),
      'loopback.example',
      'own.example',
    ]) {
      reached.length = 0;
      const { statusCode } = await request(`http://${host}:${PORT}/`, { dispatcher: careless });
      assert.deepEqual([statusCode, reached.length], [200, 1], host);
    }
  });

  test('names of public addresses are reached, of either version', async () => {
    for (const host of REACHABLE) {
      const { statusCode } = await send(`http://${host}:${PORT}/hook`);
      assert.deepEqual([statusCode, reached.length], [200, 1], host);
    }
  });

  test('literal public addresses are reached', async () => {
    for (const host of [PUBLIC, `[${PUBLIC_6}]`, '185999660'])
      assert.equal((await send(`http://${host}:${PORT}/`)).statusCode, 200, host);
  });

  test('names of addresses that are not public are not connected to', async () => {
    const hosts = Object.keys(NAMES).filter((name) => !/public|other|rebinding|empty|crowd/.test(name));
    assert.ok(hosts.length > 18);
    for (const host of [...hosts, 'mapped-public.example', 'LocalHost', 'localhost.', 'loopback.example.']) {
      const error = await assertRefused(`http://${host}:${PORT}/`);
      // Whoever has a key must not learn what the names of a private network mean.
      for (const address of [...HIDDEN, '127.0.0.1', '::1', OWN]) assert.ok(!error.includes(address), error);
    }
  });

  test('literals that are not public are not connected to, however they are written', async () => {
    for (const host of [
      '127.0.0.1',
      '2130706433',
      '0x7f000001',
      '0x7f.1',
      '0177.0.0.1',
      '127.1',
      '0',
      '127.0.0.1.',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      `[::ffff:${PUBLIC}]`,
      '[::127.0.0.1]',
      OWN,
      ...HIDDEN.map((address) => (address.includes(':') ? `[${address}]` : address)),
    ])
      await assertRefused(`http://${host}:${PORT}/`);
  });

  test('a name that means loopback a moment later is reached where it was judged, and refused then', async () => {
    const url = `http://rebinding.example:${PORT}/`;
    assert.equal((await send(url)).statusCode, 200);
    assert.deepEqual(reached, [`::ffff:${PUBLIC}`]);
    assert.equal(names.asked('rebinding.example', 'A'), 1);
    const fresh = createGuardedAgent(guard, { timeoutMs: 3000, perHost: 4 });
    closers.push(() => fresh.destroy());
    reached.length = 0;
    const options = { signal: new AbortController().signal };
    const again = await post(fresh, { url, method: 'POST' as const, headers: {}, body: '{}' }, options);
    assert.deepEqual([again.statusCode, again.isRefused, reached], [null, true, []]);
  });

  test('a redirect to a hidden address is not followed', async () => {
    const { statusCode } = await send(`http://public.example:${PORT}/redirect`);
    assert.equal(statusCode, 307);
    assert.ok(!reached.join().includes('10.0.0.1'));
  });

  test('names without an answer fail for a while, in bounded time', async () => {
    const errors: (string | null)[] = [];
    for (const host of ['unknown.example', 'empty.example', 'crowd.example', 'silent.example']) {
      const { error, isRefused } = await send(`http://${host}:${PORT}/`);
      errors.push(error);
      assert.equal(isRefused, false);
    }
    assert.deepEqual(errors, [
      'the host name is not known',
      'the host name has no address',
      'the host name has too many addresses',
      'the host name could not be resolved in time',
    ]);
  });

  test('a certificate must be signed, and for the name', async () => {
    const listen = async (name: string, port: number) => {
      const read = (kind: string) => readFile(join(process.env.CERTIFICATES ?? '', `${name}.${kind}`));
      const options = { key: await read('key'), cert: await read('pem') };
      const server = createTlsServer(options, (_, response) => response.end());
      await new Promise<void>((resolve) => server.listen(port, '::', resolve));
      closers.push(
        () => server.closeAllConnections(),
        () => server.close(),
      );
    };
    await listen('signed', TLS_PORT);
    await listen('unsigned', TLS_PORT + 1);
    assert.equal((await send(`https://public.example:${TLS_PORT}/`)).statusCode, 200);
    const unsigned = await send(`https://public.example:${TLS_PORT + 1}/`);
    assert.match(unsigned.error ?? '', /TLS connection was not accepted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
    const misnamed = await send(`https://other.example:${TLS_PORT}/`);
    assert.match(misnamed.error ?? '', /TLS connection was not accepted \(ERR_TLS_CERT_ALTNAME_INVALID\)/);
  });

  test('the whole service delivers to public names only, and shows why not', async (t) => {
    const directory = await mkdtempDisposable(join(tmpdir(), 'webhook-network-test-'));
    const service = await ready(launch({ DATA_DIR: directory.path, LANGUAGES: 'bash' }), ['bash']);
    t.after(async () => {
      await stop(service);
      await directory.remove();
    });
    reached.length = 0;
    const webhooks: Execution['webhook'][] = [];
    for (const host of ['public.example', 'hidden-1.example', 'loopback.example', 'mixed.example'])
      webhooks.push(await webhookOf(service, `http://${host}:${PORT}/hook`));
    assert.deepEqual(
      webhooks.map((webhook) => [webhook?.status, webhook?.deliveries.length]),
      [
        ['delivered', 1],
        ['failed', 1],
        ['failed', 1],
        ['failed', 1],
      ],
    );
    assert.deepEqual(reached, [`::ffff:${PUBLIC}`]);
    assert.match(webhooks[1]?.deliveries[0]?.error ?? '', /^hidden-1\.example is not a public address/);
  });

  test('hosts that WEBHOOK_ALLOW names are reached, and no others', async () => {
    const opened = createGuardedAgent(createTargetGuard(['localhost', '10.0.0.0/8']), {
      timeoutMs: 3000,
      perHost: 4,
    });
    closers.push(() => opened.destroy());
    const statuses: (number | null)[] = [];
    for (const host of ['localhost', 'hidden-0.example', 'loopback.example', 'hidden-1.example']) {
      const message = { url: `http://${host}:${PORT}/`, method: 'POST' as const, headers: {}, body: '{}' };
      statuses.push((await post(opened, message, { signal: new AbortController().signal })).statusCode);
    }
    assert.deepEqual(statuses, [200, 200, null, null]);
  });
}

/** The webhook of an execution, once it is delivered or given up. */
async function webhookOf({ url }: Service, webhookUrl: string): Promise<Execution['webhook']> {
  const submitted = await fetch(`${url}/api/v1/executions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ language: 'bash', code: 'echo 5', webhook_url: webhookUrl }),
  });
  const { execution_id: id } = (await submitted.json()) as Execution;
  for (let turn = 0; turn < 600; turn += 1) {
    const answer = await fetch(`${url}/api/v1/executions/${id}`);
    const { webhook } = (await answer.json()) as Execution;
    if (webhook?.status === 'delivered' || webhook?.status === 'failed') return webhook;
    await delay(50);
  }
  throw new Error(`the webhook to ${webhookUrl} is neither delivered nor given up`);
}
