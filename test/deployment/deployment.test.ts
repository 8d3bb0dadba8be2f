// The deployment of compose.yaml for real: images from the Dockerfile, started by docker-compose in an engine of its own
// that has networks, and used as its users do. It takes minutes and runs when DEPLOYMENT_TEST is 1.

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BOX_FILTERS } from '../../src/docker/labels.ts';
import { MIB } from '../../src/units.ts';
import { engineForTests, type OwnEngine, startOwnEngine, whyNoOwnEngine } from '../docker-engine.ts';
import { PROJECT, TIME_FACTOR } from '../service.ts';
import { buildDeploymentImages, DEPLOYMENT_IMAGES, moveDeploymentImages } from './deployment-images.ts';

const SERVICES = ['service', 'gateway', 'redis'] as const;
const BUILD_MS = 900_000 * TIME_FACTOR;
const HEALTHY_MS = 120_000 * TIME_FACTOR;
const KEYS_MS = 20_000 * TIME_FACTOR;
const COMMAND_MS = 120_000 * TIME_FACTOR;
const PORT = '3004';
const run = promisify(execFile);

function whyNot(): string | false {
  if (process.env.DEPLOYMENT_TEST !== '1') return 'it takes minutes: DEPLOYMENT_TEST=1 runs it';
  if (spawnSync('docker-compose', ['version']).status !== 0) return 'docker-compose is not installed';
  return whyNoOwnEngine();
}

interface Deployment {
  readonly own: OwnEngine;
  /** Runs docker-compose for the project. */
  compose(...argv: readonly string[]): Promise<string>;
  /** Runs a command in the container of a service. */
  inside(service: (typeof SERVICES)[number], ...argv: readonly string[]): Promise<string>;
  inspect(service: (typeof SERVICES)[number]): Promise<Inspected>;
  /** A request from the machine's own loopback. */
  ask(
    path: string,
    body?: object,
    apiKey?: string,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
}

interface Inspected {
  readonly State: { readonly Health?: { readonly Status: string } };
  readonly Config: { readonly User: string };
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>>;
    readonly Networks: Readonly<Record<string, unknown>>;
  };
  readonly Mounts: readonly { readonly Source: string; readonly Destination: string; readonly RW: boolean }[];
}

async function deploy(own: OwnEngine): Promise<Deployment> {
  const socket = own.address.replace('unix://', '');
  const env = {
    PATH: process.env.PATH,
    DOCKER_HOST: own.address,
    DOCKER_SOCKET: socket,
    DOCKER_GID: String(statSync(socket).gid),
    SERVICE_TAG: 'deployment-test',
    REDIS_IMAGE: DEPLOYMENT_IMAGES.redis,
  };
  const options = { env, cwd: PROJECT, timeout: COMMAND_MS, maxBuffer: 16 * MIB };
  const compose = async (...argv: readonly string[]) =>
    (await run('docker-compose', ['-p', 'test', '-f', 'compose.yaml', ...argv], options)).stdout;
  const name = (service: string) => `test_${service}_1`;
  const deployment: Deployment = {
    own,
    compose,
    inside: async (service, ...argv) =>
      (await run('/usr/bin/docker', ['exec', name(service), ...argv], options)).stdout,
    inspect: (service) => own.engine.request<Inspected>('GET', `/containers/${name(service)}/json`),
    async ask(path, body, apiKey) {
      const headers = { 'content-type': 'application/json', ...(apiKey && { 'x-api-key': apiKey }) };
      const request = { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) };
      const script = `fetch('http://127.0.0.1:${PORT}${path}', ${JSON.stringify(request)})
        .then(async (answer) => console.log(JSON.stringify({ status: answer.status, body: await answer.json() })))`;
      const argv = ['-t', String(own.pid()), '-n', process.execPath, '-e', script];
      return JSON.parse((await run('nsenter', argv, options)).stdout);
    },
  };
  await compose('up', '-d', '--no-build');
  await healthy(deployment);
  return deployment;
}

async function healthy({ inspect, compose }: Deployment): Promise<void> {
  const end = performance.now() + HEALTHY_MS;
  for (;;) {
    const states = await Promise.all(SERVICES.map(inspect));
    if (states.every(({ State }) => State.Health?.Status === 'healthy')) return;
    if (performance.now() > end) throw new Error(`not healthy: ${await compose('logs', '--no-color')}`);
    await delay(500);
  }
}

const skip = whyNot();
if (skip !== false) test('the deployment of compose.yaml', { skip }, () => undefined);
else {
  const source = await engineForTests();
  assert.ok(source.engine);
  await buildDeploymentImages(source.engine, AbortSignal.timeout(BUILD_MS));
  const own = await startOwnEngine([], { ownNetwork: true });
  const deployment = await moveDeploymentImages(source.engine, own.address)
    .then(() => deploy(own))
    .catch(async (error) => {
      await own.close();
      throw error;
    });
  after(() => own.close());
  const { inside, inspect, ask, compose } = deployment;

  const execute = async (code: string, input: string, expected: string) => {
    const tests = [{ input, expected_output: expected }];
    const { status, body } = await ask('/api/v1/execute', {
      language: 'bash',
      code,
      test_cases: tests,
      time_limit: 1,
    });
    assert.equal(status, 200, JSON.stringify(body));
    return { status: body.status, sandbox: body.sandbox };
  };
  const adds = 'read a b; echo $((a + b))';

  test('programs run in containers and are judged', async () => {
    assert.deepEqual(await execute(adds, '2 3', '5'), { status: 'accepted', sandbox: 'docker' });
    assert.equal((await execute(adds, '2 3', '6')).status, 'wrong_answer');
    assert.equal((await execute('exit 3', '', '')).status, 'runtime_error');
    assert.equal((await execute('while :; do :; done', '', '')).status, 'time_limit_exceeded');
    // In pieces, as what is plain to see is refused before it runs.
    const connects = 'd=/dev/t; (exec 3<>"$d"cp/redis/6379) 2>/dev/null && echo yes || echo no';
    assert.equal((await execute(connects, '', 'no')).status, 'accepted');
  });

  test('every part is healthy, and Redis is used', async () => {
    const { status, body } = await ask('/api/v1/health');
    const checks = body.checks as Record<string, { status: string }>;
    assert.equal(status, 200);
    for (const part of ['sandbox', 'docker', 'redis']) assert.equal(checks[part]?.status, 'healthy', part);
    assert.notEqual((await inside('redis', 'redis-cli', 'dbsize')).trim(), '0');
  });

  test('only the service is published, on loopback, and only the gateway has the socket, and no network', async () => {
    const [service, gateway, redis] = await Promise.all(SERVICES.map(inspect));
    assert.ok(service && gateway && redis);
    assert.deepEqual(Object.values(service.NetworkSettings.Ports).flat(), [
      { HostIp: '127.0.0.1', HostPort: PORT },
    ]);
    for (const { NetworkSettings } of [gateway, redis])
      assert.deepEqual(
        Object.values(NetworkSettings.Ports).filter((bound) => bound !== null),
        [],
      );
    assert.deepEqual(Object.keys(gateway.NetworkSettings.Networks), ['none']);
    assert.deepEqual(Object.keys(redis.NetworkSettings.Networks), ['test_store']);
    const socket = own.address.replace('unix://', '');
    const holders = [service, gateway, redis].map(({ Mounts }) =>
      Mounts.some(({ Source }) => Source === socket),
    );
    assert.deepEqual(holders, [false, true, false]);
  });

  test('no part is root, has a capability, or can write where its program is', async () => {
    for (const service of SERVICES) {
      const status = await inside(service, 'cat', '/proc/1/status', '/proc/self/status');
      assert.match(status, /CapEff:\t0{16}/);
      assert.match(status, /CapBnd:\t0{16}/);
      assert.match(status, /NoNewPrivs:\t1/);
      assert.match(status, /Uid:\t(10001|999)\t/);
      await assert.rejects(inside(service, 'touch', '/usr/local/bin/x'), /Read-only file system/);
    }
  });

  test('the image has no compiler, no test, no settings and nothing of the history', async () => {
    await assert.rejects(
      inside('service', 'sh', '-c', 'command -v gcc || command -v make || command -v npm'),
    );
    const found = await inside(
      'service',
      'find',
      '/app',
      '-path',
      '/app/node_modules',
      '-prune',
      '-o',
      '-print',
    );
    assert.match(found, /^\/app\/start\.mjs$/m);
    assert.doesNotMatch(found, /\.test\.ts$|\.env|\.git|\/data/m);
    assert.equal((await inside('service', 'node', '--version')).trim(), `v${process.versions.node}`);
  });

  test('whoever took over the service gets no container but boxes', async () => {
    const take = (path: string, body: object) => `
      const body = ${JSON.stringify(JSON.stringify(body))};
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const options = { socketPath: '/run/code-execution-service/docker.sock', path: '${path}', method: 'POST', headers };
      require('node:http').request(options, (answer) => {
        answer.on('data', (text) => console.log(answer.statusCode, String(text)));
      }).end(body);`;
    const attack = {
      Image: DEPLOYMENT_IMAGES.programs,
      HostConfig: { Binds: ['/:/host'], Privileged: true },
    };
    const create = await inside('service', 'node', '-e', take('/containers/create', attack));
    assert.match(create, /^403 .*refused by the gateway: /);
    assert.match(await inside('service', 'node', '-e', take('/build', {})), /^403 /);
    await assert.rejects(inside('service', 'ls', '/var/run/docker.sock'));
    await assert.rejects(inside('service', 'rm', '/run/code-execution-service/docker.sock'), /Read-only/);
    assert.match(await compose('logs', '--no-color', 'gateway'), /"reason":"[^"]*"/);
  });

  test('a gateway and a service that are started anew serve again', async () => {
    await compose('restart', 'gateway');
    await healthy(deployment);
    assert.equal((await execute(adds, '1 1', '2')).status, 'accepted');
    await compose('restart', '-t', '30', 'service');
    await healthy(deployment);
    assert.equal((await execute(adds, '1 2', '3')).status, 'accepted');
  });

  test('a key that is made in the container is asked for from then on', async () => {
    const key = (await inside('service', 'node', 'scripts/keys.ts', 'make', 'grader')).trim();
    const end = performance.now() + KEYS_MS;
    while ((await ask('/api/v1/languages')).status !== 401) {
      assert.ok(performance.now() < end, 'no key is asked for');
      await delay(200);
    }
    assert.equal((await ask('/api/v1/languages', undefined, key)).status, 200);
  });

  test('a service that is stopped leaves no box', async () => {
    await compose('stop', '-t', '30', 'service');
    const query = { all: true, filters: BOX_FILTERS };
    assert.deepEqual(await own.engine.request('GET', '/containers/json', { query }), []);
  });
}
