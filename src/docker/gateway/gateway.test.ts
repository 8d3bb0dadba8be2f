// The gateway in front of a real engine: the Docker driver passes its whole contract through it, and what somebody who
// took over the service would ask for is refused with the reason, though the engine itself would do it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempDisposableSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildBareImage } from '../../../test/bare-image.ts';
import { engineForTests } from '../../../test/docker-engine.ts';
import { pushImage, startRegistry, whyNoRegistry } from '../../../test/docker-registry.ts';
import { createTestLog } from '../../log-fixture.ts';
import { sandboxContract } from '../../sandbox/sandbox-contract.ts';
import { MIB } from '../../units.ts';
import { containerConfig, limitsConfig } from '../container-config.ts';
import { removeNamelessImages, removeStaleContainers } from '../driver/clean-up.ts';
import { startContainer } from '../driver/container.ts';
import { createDockerSandbox } from '../driver/docker-sandbox.ts';
import { createDockerEngine, EngineError } from '../engine.ts';
import { pullImage } from '../images/pull-image.ts';
import { BOX_FILTERS, boxLabels } from '../labels.ts';
import { readSeccompProfile, readSupervisorSources } from '../supervisor-output.ts';
import { startGateway } from './gateway.ts';
import { ask, gatewayForTests, raw } from './gateway-fixture.ts';

const { engine, address } = await engineForTests();
if (engine) {
  const engineSocket = address.replace('unix://', '');
  const image = await buildBareImage(engine);
  const gateway = await gatewayForTests(engine);
  const through = createDockerEngine(gateway.address);
  after(async () => {
    await through.close();
    await gateway.close();
  });

  const limits = { memoryBytes: 64 * MIB, processes: 16, cpuQuota: 0.5 };
  const spec = { image, diskBytes: 16 * MIB, limits };
  const identity = { uid: 61_200, labels: boxLabels('home', randomUUID()) };
  const settings = {
    seccompProfile: await readSeccompProfile(),
    sources: await readSupervisorSources(),
    runtime: undefined,
  };
  const log = createTestLog();
  // biome-ignore lint/suspicious/noExplicitAny: what attacks put in is of any shape
  const driverConfig = (): any => JSON.parse(JSON.stringify(containerConfig(spec, identity, settings)));
  const messageOf = (answer: { text: string }) => JSON.parse(answer.text).message as string;
  const refused = async (method: string, path: string, reason: RegExp, json?: unknown) => {
    const answer = await ask(gateway.path, { method, path, json });
    assert.equal(answer.status, 403, answer.text);
    assert.match(messageOf(answer), reason);
  };

  const root = { fingerprint: image, image };
  sandboxContract(
    'Docker through the gateway',
    async () => {
      const sandbox = await createDockerSandbox({
        engine: through,
        slots: 2,
        poolSize: 4,
        artifactCacheBytes: 64 * MIB,
        home: randomUUID(),
        log: createTestLog((entry) => entry.level !== 'info' && console.error(entry)),
      });
      await sandbox.selfTest(root);
      return sandbox;
    },
    { root, withoutTerminals: 'a program in a container could make terminals without a bound' },
  );

  test('no request of the driver was refused', () => {
    assert.deepEqual(gateway.log, []);
  });

  describe('a container is made with the driver’s configuration only', () => {
    const directory = '/';
    type Change = (config: ReturnType<typeof driverConfig>) => void;
    const attacks: Record<string, readonly [Change, RegExp]> = {
      privileged: [(c) => (c.HostConfig.Privileged = true), /HostConfig\.Privileged must be false, got true/],
      'a bind mount': [
        (c) => (c.HostConfig.Binds = [`${directory}:/host`]),
        /HostConfig\.Binds is not allowed/,
      ],
      'a mount': [
        (c) => (c.HostConfig.Mounts = [{ Type: 'bind', Source: directory, Target: '/host' }]),
        /HostConfig\.Mounts is not allowed/,
      ],
      'volumes of another container': [
        (c) => (c.HostConfig.VolumesFrom = []),
        /HostConfig\.VolumesFrom is not/,
      ],
      'an anonymous volume': [(c) => (c.Volumes = { '/data': {} }), /Volumes is not allowed/],
      'the host’s network': [
        (c) => (c.HostConfig.NetworkMode = 'host'),
        /NetworkMode must be "none", got "host"/,
      ],
      'a network': [(c) => (c.NetworkDisabled = false), /NetworkDisabled must be true/],
      'the host’s processes': [(c) => (c.HostConfig.PidMode = 'host'), /PidMode must be "", got "host"/],
      'the host’s IPC': [(c) => (c.HostConfig.IpcMode = 'host'), /IpcMode must be "private"/],
      'the host’s control groups': [(c) => (c.HostConfig.CgroupnsMode = 'host'), /CgroupnsMode must be/],
      'the host’s name': [
        (c) => {
          c.HostConfig.UTSMode = 'host';
          delete c.Hostname;
        },
        /Hostname is missing/,
      ],
      'the host’s users': [(c) => (c.HostConfig.UsernsMode = 'host'), /UsernsMode is not allowed/],
      'another control group': [(c) => (c.HostConfig.CgroupParent = '/other'), /CgroupParent is not allowed/],
      'a device': [
        (c) =>
          (c.HostConfig.Devices = [
            { PathOnHost: '/dev/null', PathInContainer: '/dev/x', CgroupPermissions: 'rwm' },
          ]),
        /HostConfig\.Devices is not allowed/,
      ],
      'rules for devices': [
        (c) => (c.HostConfig.DeviceCgroupRules = ['a *:* rwm']),
        /DeviceCgroupRules is not/,
      ],
      'a capability': [(c) => (c.HostConfig.CapAdd = ['SYS_ADMIN']), /HostConfig\.CapAdd is not allowed/],
      'all capabilities kept': [(c) => (c.HostConfig.CapDrop = []), /CapDrop\.0 is missing/],
      'no filter of system calls': [
        (c) => (c.HostConfig.SecurityOpt[1] = 'seccomp=unconfined'),
        /SecurityOpt\.1 must be "seccomp=.*got "seccomp=unconfined"/,
      ],
      'another filter': [
        (c) => (c.HostConfig.SecurityOpt[1] = 'seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'),
        /SecurityOpt\.1 must be/,
      ],
      'new privileges': [
        (c) => c.HostConfig.SecurityOpt.shift(),
        /SecurityOpt\.0 must be|SecurityOpt\.1 is missing/,
      ],
      'one more security option': [
        (c) => c.HostConfig.SecurityOpt.push('label=disable'),
        /SecurityOpt\.2 is not allowed/,
      ],
      'a writable root': [(c) => (c.HostConfig.ReadonlyRootfs = false), /ReadonlyRootfs must be true/],
      'paths unmasked': [(c) => (c.HostConfig.MaskedPaths = []), /MaskedPaths\.0 is missing/],
      root: [(c) => (c.User = '0:0'), /the user must be an integer from 61000 to 61255, got 0/],
      'root’s group': [(c) => (c.User = '61200:0'), /User must be "61200:61200"/],
      'another program': [(c) => (c.Entrypoint = ['/bin/sh']), /Entrypoint\.0 must be/],
      'more arguments': [(c) => (c.Cmd = ['x']), /Cmd\.0 is not allowed/],
      'the environment': [(c) => (c.Env = ['LD_PRELOAD=/box/x']), /Env\.0 is not allowed/],
      'a check that runs a program': [
        (c) => (c.Healthcheck = { Test: ['CMD', '/x'] }),
        /Healthcheck is not allowed/,
      ],
      'a restart': [(c) => (c.HostConfig.RestartPolicy.Name = 'always'), /RestartPolicy\.Name must be "no"/],
      'a log': [(c) => (c.HostConfig.LogConfig.Type = 'json-file'), /LogConfig\.Type must be "none"/],
      'kernel settings': [
        (c) => (c.HostConfig.Sysctls = { 'net.ipv4.ip_forward': '1' }),
        /Sysctls is not allowed/,
      ],
      'a tmpfs elsewhere': [(c) => (c.HostConfig.Tmpfs['/usr'] = 'rw,exec'), /HostConfig\.Tmpfs\./],
      'a tmpfs with set-user-id files': [
        (c) => (c.HostConfig.Tmpfs['/box'] = c.HostConfig.Tmpfs['/box'].replace('nosuid', 'suid')),
        /the size of \/box must be/,
      ],
      'an option after the size': [(c) => (c.HostConfig.Tmpfs['/box'] += ',dev'), /Tmpfs\.\/box must be/],
      'memory over the bound': [
        (c) => (c.HostConfig.Memory = c.HostConfig.MemorySwap = 2048 * MIB),
        /HostConfig\.Memory must be an integer from 1048576 to 1073741824/,
      ],
      swap: [(c) => (c.HostConfig.MemorySwap = -1), /HostConfig\.MemorySwap must be 67108864, got -1/],
      'processes without a limit': [(c) => (c.HostConfig.PidsLimit = -1), /HostConfig\.PidsLimit must be/],
      'no OOM killer': [(c) => (c.HostConfig.OomKillDisable = true), /OomKillDisable is not allowed/],
      'a field in other letters': [
        (c) => (c.HostConfig.privileged = true),
        /HostConfig\.privileged is not allowed/,
      ],
      'further labels': [(c) => (c.Labels.owner = 'x'), /Labels\.owner is not allowed/],
      'no label': [(c) => (c.Labels = {}), /the label of the home must match/],
      'another role': [(c) => (c.Labels['code-execution-service.role'] = 'x'), /role must be "box", got "x"/],
    };
    for (const [name, [change, reason]] of Object.entries(attacks)) {
      test(name, async () => {
        const config = driverConfig();
        change(config);
        const create = { method: 'POST', path: '/containers/create', json: config };
        const direct = await ask(engineSocket, create);
        assert.equal(direct.status, 201, `the engine itself takes it: ${direct.text}`);
        await engine.request('DELETE', `/containers/${JSON.parse(direct.text).Id}`, {
          query: { force: true, v: true },
        });
        await refused('POST', '/containers/create', reason, config);
      });
    }

    test('another image, which the engine has, by its name or identifier', async () => {
      const foreign = `gateway-test-${randomUUID()}:latest`;
      await engine.request('POST', `/images/${image}/tag`, {
        query: { repo: foreign.split(':')[0], tag: 'latest' },
      });
      try {
        await refused('POST', '/containers/create', /the image must be one of code-execution-service\//, {
          ...driverConfig(),
          Image: foreign,
        });
        await refused('GET', `/images/${foreign}/json`, /the image must be one of/);
      } finally {
        await engine.request('DELETE', `/images/${foreign}`);
      }
      const strange = await gatewayForTests(engine, { repository: 'somebody-elses' });
      try {
        const { Id } = await engine.request<{ Id: string }>('GET', `/images/${image}/json`);
        const json = { ...driverConfig(), Image: Id };
        const answer = await ask(strange.path, { method: 'POST', path: '/containers/create', json });
        assert.equal(answer.status, 404);
        assert.match(messageOf(answer), /no image of somebody-elses\/ is sha256:/);
      } finally {
        await strange.close();
      }
    });

    test('a runtime, other than the one of the setting', async () => {
      const other = { ...driverConfig(), HostConfig: { ...driverConfig().HostConfig, Runtime: 'runc' } };
      await refused('POST', '/containers/create', /HostConfig\.Runtime is not allowed, got "runc"/, other);
      const strict = await gatewayForTests(engine, { runtime: 'runsc' });
      try {
        for (const json of [other, driverConfig()]) {
          const answer = await ask(strict.path, { method: 'POST', path: '/containers/create', json });
          assert.match(messageOf(answer), /HostConfig\.Runtime (must be "runsc", got "runc"|is missing)/);
        }
      } finally {
        await strict.close();
      }
    });

    test('names, platforms and bodies of other kinds', async () => {
      const create = '/containers/create';
      await refused('POST', `${create}?name=x`, /the parameter "name" is not allowed/, driverConfig());
      await refused('POST', create, /the body must be an object, got \[\]/, []);
      await refused('POST', create, /HostConfig must be an object, got undefined/, {});
      const send = (headers: Record<string, string>, body: string) =>
        ask(gateway.path, { method: 'POST', path: create, headers, body });
      const plain = await send({ 'content-type': 'text/plain' }, JSON.stringify(driverConfig()));
      assert.match(messageOf(plain), /the body must be application\/json/);
      const broken = await send({ 'content-type': 'application/json' }, '{"a":');
      assert.match(messageOf(broken), /the body is not JSON/);
      const large = await send({ 'content-type': 'application/json' }, ' '.repeat(300 * 1024));
      assert.match(messageOf(large), /the body is larger than 262144 bytes/);
      const hidden = JSON.stringify(driverConfig()).replace('{', '{"__proto__":{"Privileged":true},');
      const proto = await send({ 'content-type': 'application/json' }, hidden);
      assert.match(messageOf(proto), /__proto__ is not allowed/);
    });

    test('of two values for one field, the engine gets the one that was validated', async () => {
      const body = JSON.stringify(driverConfig()).replace(
        '"Privileged":false',
        '"Privileged":true,"Privileged":false',
      );
      assert.match(body, /true,"Privileged":false/);
      const headers = { 'content-type': 'application/json' };
      const answer = await ask(gateway.path, { method: 'POST', path: '/containers/create', headers, body });
      assert.equal(answer.status, 201, answer.text);
      const { Id } = JSON.parse(answer.text);
      const made = await engine.request<{ HostConfig: { Privileged: boolean } }>(
        'GET',
        `/containers/${Id}/json`,
      );
      assert.equal(made.HostConfig.Privileged, false);
      await through.request('DELETE', `/containers/${Id}`, { query: { force: true, v: true } });
    });
  });

  describe('what boxes do not need is refused', () => {
    const id = 'a'.repeat(64);
    const strange: readonly (readonly [string, string])[] = [
      ...['exec', 'archive', 'copy', 'rename', 'kill', 'stop', 'restart', 'pause', 'unpause', 'resize'].map(
        (what) => ['POST', `/containers/${id}/${what}`] as const,
      ),
      ...['archive', 'export', 'logs', 'top', 'stats', 'changes', 'attach/ws'].map(
        (what) => ['GET', `/containers/${id}/${what}`] as const,
      ),
      ['PUT', `/containers/${id}/archive`],
      ['HEAD', `/containers/${id}/archive`],
      ['POST', `/exec/${id}/start`],
      ['POST', '/containers/prune'],
      ['POST', `/commit?container=${id}`],
      ['POST', '/build'],
      ['POST', '/build/prune'],
      ['POST', '/images/load'],
      ['DELETE', `/images/${image}`],
      ['POST', `/images/${image}/tag`],
      ['POST', `/images/${image}/push`],
      ['GET', `/images/${image}/get`],
      ['POST', '/session'],
      ['POST', '/grpc'],
      ...['volumes', 'networks', 'secrets', 'configs', 'services', 'plugins'].flatMap(
        (what) =>
          [
            ['GET', `/${what}`],
            ['POST', `/${what}/create`],
          ] as const,
      ),
      ['POST', '/swarm/init'],
      ['GET', '/info'],
      ['GET', '/events'],
      ['GET', '/system/df'],
      ['POST', '/auth'],
    ];
    for (const [method, path] of strange)
      test(`${method} ${path.replace(id, '…')}`, async () => {
        const answer = await ask(gateway.path, { method, path });
        assert.equal(answer.status, 403);
        if (method !== 'HEAD') assert.match(messageOf(answer), /is nothing that boxes need/);
      });
  });

  describe('a path has one form', () => {
    const paths: Record<string, RegExp> = {
      '/v1.41/version': /without the version/,
      '/v1.41/containers/create': /without the version/,
      '/': /not plain/,
      '//version': /not plain/,
      '/version/': /not plain/,
      '/./version': /not plain/,
      '/images/../version': /not plain/,
      '/images/code-execution-service/..%2f..%2fcontainers/json': /not plain/,
      '/images/code-execution-service%2Fbare/json': /not plain/,
      '/images/code-execution-service/a..b/json': /not plain/,
      '/containers/json%3Fall=1': /not plain/,
      '/version\\': /not plain/,
      '/version;x': /not plain/,
      'http://docker/version': /not plain/,
      '*': /not plain/,
      '/version?x=1': /the parameter "x" is not allowed/,
      '/version?x=1?y=2': /the query is not plain/,
      '/containers/json': /the parameter all is missing/,
      '/containers/json?all=true&all=true': /the parameter "all" is there twice/,
      '/containers/json?all=true&filters={}': /the parameter filters must be/,
      '/images/json': /the parameter filters is missing/,
      [`/${'a'.repeat(3000)}`]: /longer than 2048/,
      '/containers/short/json': /nothing that boxes need/,
      '/images/debian/json': /the image must be one of/,
      '/images/code-execution-service-other/bare/json': /the image must be one of/,
      '/images/code-execution-service/json': /the image must be one of/,
      '/images/code-execution-service/x/y/json': /the image must be one of/,
    };
    for (const [path, reason] of Object.entries(paths))
      test(path.slice(0, 70), () => refused('GET', path, reason));

    test('requests without a body must have none', async () => {
      const answer = await ask(gateway.path, { method: 'GET', path: '/version', body: 'x' });
      assert.equal(answer.status, 403);
      assert.match(messageOf(answer), /must be without a body/);
    });
  });

  describe('containers of others', () => {
    const parts = { engine, settings, identity, log };

    test('cannot be touched, even when they are boxes', async () => {
      await using foreign = await disposable(startContainer(parts, spec));
      const of = (what: string) => `/containers/${foreign.id}${what}`;
      const notOurs = /was not made through this gateway/;
      await refused('POST', of('/start'), notOurs);
      await refused('POST', of('/update'), notOurs, limitsConfig(limits));
      await refused('POST', of('/wait'), /was not made through a gateway of this name/);
      await refused('GET', of('/json'), /was not made through a gateway of this name/);
      await refused('DELETE', of('?force=true&v=true'), /was not made through a gateway of this name/);
      // After a hundred lines in a second, the log leaves some out.
      await sleep(1000);
      await assert.rejects(through.attach(foreign.id, 5000), EngineError);
      assert.match(gateway.log.at(-1) ?? '', /attach.*was not made through this gateway/);
      const listed = await through.request<{ Id: string }[]>('GET', '/containers/json', {
        query: { all: true, filters: BOX_FILTERS },
      });
      assert.equal(
        listed.some(({ Id }) => Id === foreign.id),
        false,
      );
      assert.equal(
        await removeStaleContainers(through, { home: 'home', instance: 'other', log: createTestLog() }),
        0,
      );
      assert.equal(foreign.connection.isOpen(), true);
    });

    test('those of an earlier gateway of the same name can be listed and removed, and not used', async () => {
      const name = randomUUID();
      const first = await gatewayForTests(engine, { name });
      const toFirst = createDockerEngine(first.address);
      const json = containerConfig(spec, { ...identity, uid: 61_201 }, settings);
      const { Id } = await toFirst.request<{ Id: string }>('POST', '/containers/create', { json });
      await toFirst.close();
      await first.close();
      const second = await gatewayForTests(engine, { name });
      const toSecond = createDockerEngine(second.address);
      try {
        await assert.rejects(
          toSecond.request('POST', `/containers/${Id}/start`),
          /was not made through this gateway/,
        );
        assert.equal(
          await removeStaleContainers(toSecond, { home: 'home', instance: 'other', log: createTestLog() }),
          1,
        );
        await assert.rejects(engine.request('GET', `/containers/${Id}/json`), { status: 404 });
      } finally {
        await toSecond.close();
        await second.close();
      }
    });

    test('limits are changed within bounds, and nothing else', async () => {
      await using own = await disposable(
        startContainer({ ...parts, engine: through, identity: { ...identity, uid: 61_202 } }, spec),
      );
      await own.setLimits({ ...limits, memoryBytes: 96 * MIB });
      const { HostConfig } = await engine.request<{ HostConfig: { Memory: number } }>(
        'GET',
        `/containers/${own.id}/json`,
      );
      assert.equal(HostConfig.Memory, 96 * MIB);
      const update = `/containers/${own.id}/update`;
      const wanted = limitsConfig(limits) as Record<string, unknown>;
      await refused('POST', update, /RestartPolicy is not allowed/, {
        ...wanted,
        RestartPolicy: { Name: 'always' },
      });
      await refused('POST', update, /Devices is not allowed/, { ...wanted, Devices: [] });
      await refused('POST', update, /Memory must be an integer/, { ...wanted, Memory: 0, MemorySwap: 0 });
      await refused('POST', update, /MemorySwap must be/, { ...wanted, MemorySwap: -1 });
      await refused('POST', update, /CpuPeriod must be 1000000/, { ...wanted, CpuPeriod: 1000 });
      await refused('POST', update, /PidsLimit is missing|PidsLimit must be/, {
        ...wanted,
        PidsLimit: undefined,
      });
      await refused('DELETE', `/containers/${own.id}`, /the parameter (force|v) is missing/);
    });
  });

  describe('streams', () => {
    const upgrade = { connection: 'upgrade', upgrade: 'tcp' };
    const query = '?stream=1&stdin=1&stdout=1&stderr=1';

    test('only an attachment changes the protocol, in one form, once for each container', async () => {
      const json = containerConfig(spec, { ...identity, uid: 61_203 }, settings);
      const { Id } = await through.request<{ Id: string }>('POST', '/containers/create', { json });
      const attach = `/containers/${Id}/attach`;
      const tried = async (
        method: string,
        path: string,
        reason: RegExp,
        headers: Record<string, string> = upgrade,
      ) => {
        const answer = await ask(gateway.path, { method, path, headers });
        assert.equal(answer.status, 403, path);
        assert.match(messageOf(answer), reason);
      };
      try {
        for (const path of ['/session', '/grpc', '/version', `/exec/${Id}/start`, '/containers/create'])
          await tried('POST', path, /is not for changing the protocol/);
        await tried('GET', `${attach}${query}`, /is not for changing the protocol/);
        await tried('POST', `/v1.41${attach}${query}`, /without the version/);
        await tried('POST', attach, /the parameter stream is missing/);
        await tried('POST', `${attach}${query}&logs=1`, /the parameter "logs" is not allowed/);
        await tried('POST', `${attach}${query}&detachKeys=a`, /"detachKeys" is not allowed/);
        await tried('POST', `${attach}${query}`, /the protocol must be tcp/, { ...upgrade, upgrade: 'h2c' });
        await tried('POST', `${attach}${query}`, /without a body/, { ...upgrade, 'content-length': '3' });
        await tried('POST', `${attach}${query}`, /nothing that boxes need/, {});
        assert.equal(
          (await ask(gateway.path, { method: 'POST', path: attach + query, headers: upgrade })).status,
          101,
        );
        await tried('POST', `${attach}${query}`, /another client has attached to the container already/);
      } finally {
        await through.request('DELETE', `/containers/${Id}`, { query: { force: true, v: true } });
      }
    });

    test('a client that dies takes its container’s input with it, and the container ends', async () => {
      const parts = { engine: through, settings, identity: { ...identity, uid: 61_204 }, log };
      const client = createDockerEngine(gateway.address);
      const container = await startContainer({ ...parts, engine: client }, spec);
      const inspect = () =>
        engine.request<{ State: { Running: boolean } }>('GET', `/containers/${container.id}/json`);
      assert.equal((await inspect()).State.Running, true);
      container.connection.break('the test ends it');
      await through.request('POST', `/containers/${container.id}/wait`);
      assert.equal((await inspect()).State.Running, false);
      await container.remove();
      await client.close();
    });
  });

  describe('a client that floods it', () => {
    const ping = { method: 'GET', path: '/_ping' };
    const upgrade =
      'POST /containers/create HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n';

    test('with waits leaves connections for all else, and their number is bounded', async () => {
      const parts = { engine: through, settings, identity: { ...identity, uid: 61_207 }, log };
      await using own = await disposable(startContainer(parts, spec));
      const wait = `POST /containers/${own.id}/wait HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`;
      const waits = Array.from({ length: 300 }, () => raw(gateway.path, wait));
      const refusal = await Promise.race(waits.map(({ ended }) => ended));
      assert.match(refusal, /^HTTP\/1.1 503 .*there are 192 waits already/s);
      for (let round = 0; round < 3; round++) assert.equal((await ask(gateway.path, ping)).status, 200);
      assert.equal(
        (await ask(gateway.path, { method: 'GET', path: `/containers/${own.id}/json` })).status,
        200,
      );
      for (const { socket } of waits) socket.destroy();
      await own.remove();
      await assert.rejects(through.request('GET', `/containers/${own.id}/json`), { status: 404 });
    });

    test('with pulls is refused beyond a few', async () => {
      using directory = mkdtempDisposableSync(join(tmpdir(), 'gateway-'));
      const path = join(directory.path, 'silent.sock');
      await using silent = createServer((socket) => socket.resume()).listen(path); // an engine that answers nothing
      await once(silent, 'listening');
      const toSilent = createDockerEngine(`unix://${path}`);
      const pulling = await gatewayForTests(toSilent, { mayPull: true });
      const pull = 'POST /images/create?fromImage=code-execution-service/x&tag=1 HTTP/1.1\r\nHost: x\r\n\r\n';
      const pulls = Array.from({ length: 9 }, () => raw(pulling.path, pull));
      try {
        assert.match(await Promise.race(pulls.map(({ ended }) => ended)), /^HTTP\/1.1 503 .*8 pulls/s);
      } finally {
        for (const { socket } of pulls) socket.destroy();
        await pulling.close();
        await toSilent.close();
      }
    });

    test('with upgrades that are refused, and does not close them, finds them closed', async () => {
      const clients = Array.from({ length: 500 }, () => raw(gateway.path, upgrade));
      const answers = await Promise.all(clients.map(({ ended }) => ended)); // in vain, would it not close them
      for (const answer of answers) assert.match(answer, /^HTTP\/1.1 (403|503) /);
      await Promise.all(clients.map(({ closed }) => closed));
      assert.equal((await ask(gateway.path, ping)).status, 200);
    });

    for (const [what, sent] of [
      ['nothing', ''],
      ['half a header', 'GET /_ping HTTP/1.1\r\nHost: '],
      [
        'half a body',
        'POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
      ],
      ['one request and no other', 'GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n'],
    ] as const)
      test(`with connections that send ${what} finds them closed`, async () => {
        const clients = Array.from({ length: 200 }, () => raw(gateway.path, sent));
        assert.equal((await ask(gateway.path, { method: 'GET', path: '/version' })).status, 200);
        await Promise.all(clients.map(({ closed }) => closed));
      });

    for (const [what, open, close] of [
      ['brackets', '[', ']'],
      ['objects', '{"a":', '}'],
      ['brackets that are never closed', '[', ''],
    ] as const)
      test(`with a body of nested ${what} is refused`, async () => {
        const depth = open === '[' ? 100_000 : 40_000;
        const inner = `${open.repeat(depth)}${close === '' ? '' : '1'}${close.repeat(depth)}`;
        for (const body of [inner, `{"HostConfig":${inner}}`, `{"Image":${inner}}`]) {
          const headers = { 'content-type': 'application/json' };
          const answer = await ask(gateway.path, {
            method: 'POST',
            path: '/containers/create',
            headers,
            body,
          });
          assert.equal(answer.status, 403, answer.text);
          assert.match(messageOf(answer), /the body is nested deeper than 16 levels/);
        }
      });

    test('with brackets in a text is refused for the text', async () => {
      await refused('POST', '/containers/create', /Image must match/, {
        ...driverConfig(),
        Image: `"\\"${'['.repeat(1000)}`,
      });
    });

    test('with large headers and many requests at once on one connection is refused', async () => {
      const large = raw(gateway.path, `GET /_ping HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
      assert.match(await large.ended, /^HTTP\/1.1 431 /);
      const many = raw(gateway.path, 'GET /info HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(5000));
      assert.match(await many.ended, /^HTTP\/1.1 403 /);
    });
  });

  test('an answer has the engine’s clock', async () => {
    using directory = mkdtempDisposableSync(join(tmpdir(), 'gateway-'));
    const path = join(directory.path, 'fast.sock');
    await using fast = createHttpServer((_request, response) => {
      response.setHeader('date', 'Sun, 01 Jan 2040 00:00:00 GMT').end('[]');
    }).listen(path);
    await once(fast, 'listening');
    const toFast = createDockerEngine(`unix://${path}`);
    const inFront = await gatewayForTests(toFast);
    const client = createDockerEngine(inFront.address);
    try {
      const clocks: number[] = [];
      const query = { all: true, filters: BOX_FILTERS };
      await client.request('GET', '/containers/json', { query, onClock: (seconds) => clocks.push(seconds) });
      assert.deepEqual(clocks, [Date.UTC(2040) / 1000]);
    } finally {
      await client.close();
      await inFront.close();
      await toFast.close();
    }
  });

  test('no more containers than the setting allows; what is gone makes room', async () => {
    const small = await gatewayForTests(engine, { maxContainers: 1 });
    const toSmall = createDockerEngine(small.address);
    try {
      const create = () =>
        toSmall.request<{ Id: string }>('POST', '/containers/create', {
          json: containerConfig(spec, { ...identity, uid: 61_205 }, settings),
        });
      const both = await Promise.allSettled([create(), create()]);
      assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
      await assert.rejects(create(), /503 .*there are 1 containers already/);
      const [made] = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value.Id] : []));
      await engine.request('DELETE', `/containers/${made}`, { query: { force: true } });
      const { Id } = await create();
      await toSmall.request('DELETE', `/containers/${Id}`, { query: { force: true, v: true } });
    } finally {
      await toSmall.close();
      await small.close();
    }
  });

  test('images are pulled only if a setting allows it, and then of the repository alone', async () => {
    const pull = (fromImage: string) => `/images/create?fromImage=${fromImage}&tag=1`;
    await refused('POST', pull('code-execution-service/x'), /GATEWAY_PULL is false/);
    const pulling = await gatewayForTests(engine, { mayPull: true });
    try {
      const refusal = async (path: string) => messageOf(await ask(pulling.path, { method: 'POST', path }));
      assert.match(await refusal(pull('debian')), /the image must be one of code-execution-service\//);
      assert.match(
        await refusal('/images/create?fromSrc=-&repo=x'),
        /the parameter "fromSrc" is not allowed/,
      );
      assert.match(
        await refusal(`${pull('code-execution-service/x')}&platform=x`),
        /"platform" is not allowed/,
      );
    } finally {
      await pulling.close();
    }
  });

  test('an image of the repository is pulled through it, with progress, and boxes are made of it', {
    skip: whyNoRegistry(),
  }, async () => {
    await using registry = await startRegistry();
    const repository = `${registry.address}/code-execution-service`;
    const pushed = await pushImage(engine, image, registry);
    const pulling = await gatewayForTests(engine, { mayPull: true, repository });
    const toPulling = createDockerEngine(pulling.address);
    try {
      const messages: string[] = [];
      const onProgress = ({ message }: { message: string }) => messages.push(message);
      await pullImage(pushed, toPulling, { onProgress });
      assert.match(messages.join('\n'), /Status: |Pulling from/);
      const parts = { engine: toPulling, settings, identity: { ...identity, uid: 61_206 }, log };
      await (await startContainer(parts, { ...spec, image: pushed })).remove();
      const missing = pullImage(pushed.replace(/:[^:]*$/, ':missing'), toPulling, { onProgress });
      await assert.rejects(missing, /EngineError.*missing/);
    } finally {
      await toPulling.close();
      await pulling.close();
      await engine.request('DELETE', `/images/${pushed}`);
    }
  });

  test('of images it removes those of languages that have no name, and no others', async () => {
    await refused('POST', '/images/prune', /the parameter filters is missing/);
    const all = encodeURIComponent('{"dangling":["false"]}');
    await refused('POST', `/images/prune?filters=${all}`, /the parameter filters must be/);
    assert.ok((await removeNamelessImages(through)) >= 0);
  });

  test('it lists the images of the repository that have languages', async () => {
    const filters = JSON.stringify({ label: ['code-execution-service.languages'] });
    const images = await through.request<{ RepoTags: string[] }[]>('GET', '/images/json', {
      query: { filters },
    });
    for (const { RepoTags } of images)
      for (const tag of RepoTags) assert.match(tag, /^code-execution-service\//);
    assert.match((await through.request<{ Id: string }>('GET', `/images/${image}/json`)).Id, /^sha256:/);
  });

  test('a missing engine is reported as 502', async () => {
    const dead = createDockerEngine('unix:///nonexistent/docker.sock');
    const lonely = await gatewayForTests(dead);
    try {
      const answer = await ask(lonely.path, { method: 'GET', path: '/_ping' });
      assert.equal(answer.status, 502);
      assert.match(messageOf(answer), /GET \/version/);
    } finally {
      await lonely.close();
      await dead.close();
    }
  });

  test('it listens on a socket for its user and group, replaces one that is left, and no other file', async () => {
    assert.equal(statSync(gateway.path).mode & 0o777, 0o660);
    using directory = mkdtempDisposableSync(join(tmpdir(), 'gateway-'));
    const path = join(directory.path, 'docker.sock');
    writeFileSync(path, 'a file');
    const options = {
      ...{ engine, name: 'x', repository: 'x', seccompProfile: '{}', mayPull: false, log },
      ...{ maxContainers: 1, maxMemoryBytes: MIB },
    };
    await assert.rejects(startGateway({ ...options, listen: `unix://${path}` }), /EADDRINUSE/);
    rmSync(path);
    const left = createServer().listen(`${path}.left`);
    await once(left, 'listening');
    renameSync(`${path}.left`, path);
    left.close();
    const replacing = await startGateway({ ...options, listen: `unix://${path}` });
    assert.equal((await ask(path, { method: 'GET', path: '/_ping' })).text, '"OK"');
    await replacing.close();
    const onPort = await startGateway({ ...options, listen: 'tcp://127.0.0.1:0' });
    const answer = await fetch(new URL('/_ping', onPort.address.replace('tcp:', 'http:')));
    assert.equal(answer.status, 200);
    await onPort.close();
  });

  test('`npm run docker-gateway` takes its settings from the environment, and ends on a signal', async (t) => {
    using directory = mkdtempDisposableSync(join(tmpdir(), 'gateway-'));
    const path = join(directory.path, 'made', 'docker.sock');
    const start = (environment: Record<string, string>) => {
      const main = join(import.meta.dirname, 'main.ts');
      const child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, ...environment } });
      t.after(() => child.kill('SIGKILL'));
      return child;
    };
    const listens = { DOCKER_HOST: address, GATEWAY_LISTEN: `unix://${path}`, HOST: '0.0.0.0' };
    const child = start(listens);
    const [line] = await once(createInterface(child.stdout), 'line');
    assert.match(String(line), /Gateway to Docker at unix:/);
    assert.equal((await ask(path, { method: 'GET', path: '/info' })).status, 403);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    const wrong = start({ ...listens, GATEWAY_MAX_CONTAINERS: '0' });
    assert.match(
      await text(wrong.stderr),
      /GATEWAY_MAX_CONTAINERS must be an integer from 1 to 4096, got "0"/,
    );
    const lost = start({ ...listens, DOCKER_HOST: 'unix:///nonexistent/docker.sock' });
    assert.match(await text(lost.stderr), /The gateway cannot start: GET \/version/);
  });
}

async function disposable<T extends { remove(): Promise<void> }>(
  making: Promise<T>,
): Promise<T & AsyncDisposable> {
  const made = await making;
  return { ...made, [Symbol.asyncDispose]: () => made.remove() };
}
