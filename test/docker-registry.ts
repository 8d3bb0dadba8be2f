// A registry of images on loopback, for tests that push and pull. Engines take it without TLS for its address.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DockerEngine } from '../src/docker/engine.ts';
import { splitReference } from '../src/docker/images/image-reference.ts';

export interface TestRegistry extends AsyncDisposable {
  /** E.g. `127.0.0.1:40123`. */
  readonly address: string;
}

const PROGRAM = 'docker-registry';

/** Why no registry can be started here; `false` when one can. */
export function whyNoRegistry(): string | false {
  return spawnSync(PROGRAM, ['--version']).error ? `${PROGRAM} is not installed` : false;
}

export async function startRegistry(): Promise<TestRegistry> {
  const directory = mkdtempSync(join(tmpdir(), 'docker-registry-'));
  const storage = { filesystem: { rootdirectory: join(directory, 'storage') } };
  // JSON is YAML too.
  writeFileSync(
    join(directory, 'config.yml'),
    JSON.stringify({ version: '0.1', storage, http: { addr: '127.0.0.1:0' } }),
  );
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', '--', PROGRAM, 'serve', join(directory, 'config.yml')],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const close = async () => {
    await end(child);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    return { address: await addressOf(child), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Pushes an image that the engine has, and returns its name in the registry. */
export async function pushImage(
  engine: DockerEngine,
  reference: string,
  registry: TestRegistry,
): Promise<string> {
  const { name, tag } = splitReference(reference);
  const repo = `${registry.address}/${name}`;
  await engine.request('POST', `/images/${reference}/tag`, { query: { repo, tag } });
  try {
    const nobody = Buffer.from('{}').toString('base64');
    await engine.progress(
      `/images/${repo}/push`,
      { query: { tag }, headers: { 'x-registry-auth': nobody } },
      () => {},
    );
  } finally {
    await engine.request('DELETE', `/images/${repo}:${tag}`);
  }
  return `${repo}:${tag}`;
}

async function addressOf(child: ChildProcess): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr as NodeJS.ReadableStream })) {
    lines.push(line);
    const found = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (found !== undefined) {
      child.stderr?.resume();
      return found;
    }
  }
  throw new Error(`${PROGRAM} did not start: ${lines.join('\n')}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
