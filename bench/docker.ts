// Measures the Docker driver against the engine itself and against native boxes, in one run: a submission that finds a
// container ready, one that does not, and how many a second. Needs the images (npm run images -- all).
//   npm run bench:docker

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { createDockerSandbox } from '../src/docker/driver/docker-sandbox.ts';
import { createNestedSandbox } from '../src/docker/driver/nested-sandbox.ts';
import { createDockerEngine, DEFAULT_ENGINE_ADDRESS, type DockerEngine } from '../src/docker/engine.ts';
import { SUPERVISOR_PATH } from '../src/docker/image-layout.ts';
import { findLanguageImages } from '../src/docker/images/language-images.ts';
import { createTestLog } from '../src/log-fixture.ts';
import { createNativeSandbox } from '../src/sandbox/native/native-sandbox.ts';
import type { BoxLimits, RootFileSystem, Sandbox } from '../src/sandbox/sandbox.ts';
import { PROBE_LIMITS } from '../src/sandbox/self-test.ts';
import { MIB } from '../src/units.ts';
import { HOST_ROOT } from './host-root.ts';
import { type Contestant, compare, printTable, printThroughput, throughput } from './measure.ts';

const REPOSITORY = process.env.IMAGE_REPOSITORY ?? 'code-execution-service';
const SOURCE = 'print(1)\n';
const PYTHON_ARGUMENTS = ['-c', SOURCE.trim()];
const LIMITS: BoxLimits = {
  ...PROBE_LIMITS,
  memoryBytes: 128 * MIB,
  diskBytes: 64 * MIB,
  cpuQuota: 0.5,
  processes: 64,
};
const { signal } = new AbortController();
const silent = createTestLog();

/** A whole submission: its files, one run, and its end. */
function submission(
  name: string,
  sandbox: Sandbox,
  root: RootFileSystem,
  python: string,
  limits = () => LIMITS,
): Contestant {
  return {
    name,
    async run() {
      await using workspace = await sandbox.open(root, [{ path: 'hello.py', content: Buffer.from(SOURCE) }]);
      const command = { argv: [python, '/code/hello.py'], environment: { HOME: '/tmp' } };
      const outcome = await workspace.run(command, new Uint8Array(), limits(), signal);
      if (outcome.exitCode !== 0) throw new Error(`${name} ended with ${JSON.stringify(outcome)}`);
    },
  };
}

/** What `docker run --rm` does, without the start of a command-line client. */
function plainContainer(engine: DockerEngine, image: string, python: string): Contestant {
  return {
    name: 'docker run of the same program',
    async run() {
      const json = {
        Image: image,
        Entrypoint: [python, ...PYTHON_ARGUMENTS],
        HostConfig: { NetworkMode: 'none', LogConfig: { Type: 'none', Config: {} } },
      };
      const { Id } = await engine.request<{ Id: string }>('POST', '/containers/create', { json });
      const ended = engine.request('POST', `/containers/${Id}/wait`, { query: { condition: 'next-exit' } });
      await engine.request('POST', `/containers/${Id}/start`);
      await ended;
      await engine.request('DELETE', `/containers/${Id}`, { query: { force: true } });
    },
  };
}

/** What the engine can do at all: a container that waits, made, started and removed. */
function engineCycle(engine: DockerEngine, image: string): Contestant {
  return {
    name: 'create, start and remove alone',
    async run() {
      const json = {
        Image: image,
        Entrypoint: [SUPERVISOR_PATH, 'container'],
        User: '61000:61000',
        OpenStdin: true,
        HostConfig: { NetworkMode: 'none', LogConfig: { Type: 'none', Config: {} } },
      };
      const { Id } = await engine.request<{ Id: string }>('POST', '/containers/create', { json });
      await engine.request('POST', `/containers/${Id}/start`);
      await engine.request('DELETE', `/containers/${Id}`, { query: { force: true } });
    },
  };
}

const engine = createDockerEngine(process.env.DOCKER_HOST ?? DEFAULT_ENGINE_ADDRESS);
const images = await findLanguageImages(engine, { repository: REPOSITORY, version: manifest.version });
const image = images.find(({ languages }) => languages.includes('python'));
if (!image) throw new Error('there is no image with Python: npm run images -- all');
const root = { fingerprint: image.id, image: image.id };
const python = '/usr/bin/python3.11';
const directory = mkdtempSync(join(tmpdir(), 'bench-'));
const common = { slots: 2, artifactCacheBytes: 64 * MIB, log: silent };
const docker = await createDockerSandbox({ ...common, engine, poolSize: 8, home: 'bench' });
const nested = await createNestedSandbox({ ...common, engine, home: 'bench-nested' });
const native = await createNativeSandbox({ ...common, dataDirectory: directory });
try {
  const plain = plainContainer(engine, image.id, python);
  // Another size of the disk each time: no container that is ready fits.
  let bytes = LIMITS.diskBytes;
  const unusual = () => {
    bytes += 4096;
    return { ...LIMITS, diskBytes: bytes };
  };
  const cold = await createDockerSandbox({ ...common, engine, poolSize: 0, home: 'bench-cold' });
  const contestants = [
    plain,
    submission('submission, container ready', docker, root, python),
    submission('submission, none ready', cold, root, python, unusual),
    submission('submission, native box', native, HOST_ROOT, '/usr/bin/python3'),
  ];
  printTable('python hello, 300 ms between', await compare(contestants, { runs: 36, gapMs: 250 }));
  const walls = [
    submission('native box', native, HOST_ROOT, '/usr/bin/python3'),
    submission('box in a container', nested, root, python),
  ];
  printTable(
    'boxes in a container (goal: p50 x first at most 1.5)',
    await compare(walls, { runs: 120, gapMs: 30 }),
  );
  printThroughput(
    'the same, two at a time (goal: rate x at least 0.7)',
    await throughput(walls, { clients: 2, seconds: 9 }),
  );
  await using workspace = await docker.open(root, [{ path: 'hello.py', content: Buffer.from(SOURCE) }]);
  await using box = await native.open(HOST_ROOT, [{ path: 'hello.py', content: Buffer.from(SOURCE) }]);
  const again = (name: string, where: typeof workspace, program: string): Contestant => ({
    name,
    async run() {
      const command = { argv: [program, '/code/hello.py'], environment: { HOME: '/tmp' } };
      await where.run(command, new Uint8Array(), LIMITS, signal);
    },
  });
  printTable(
    'one more test of a submission, 30 ms between',
    await compare(
      [again('native box', box, '/usr/bin/python3'), again('same container', workspace, python)],
      { runs: 120, gapMs: 30 },
    ),
  );
  const [first, ready, , boxed] = contestants as [Contestant, Contestant, Contestant, Contestant];
  printThroughput(
    'submissions, two at a time',
    await throughput([engineCycle(engine, image.id), first, ready, boxed], { clients: 2, seconds: 12 }),
  );
  console.log('pool:', docker.pool());
  await cold.close();
} finally {
  await docker.close();
  await nested.close();
  await native.close();
  await engine.close();
  rmSync(directory, { recursive: true });
}
