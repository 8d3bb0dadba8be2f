// A real redis-server for tests, on a free port of this machine, which a test may kill and start again.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';

const START_ATTEMPTS = 200;
const ATTEMPT_MS = 50;

export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  /** Of its files. */
  readonly directory: string;
  /** Starts it, also after a `kill`, and waits until it answers. Data written to its file is restored. */
  start(): Promise<void>;
  /** Kills it at once, like a crash. */
  kill(): Promise<void>;
  /** Sends a signal to its process: SIGSTOP makes it hang, SIGCONT continues it. */
  signal(name: NodeJS.Signals): void;
}

/** Why tests that need Redis are skipped, or `false`. For the option `skip` of a test. */
export const REDIS_MISSING: string | false = hasRedis() ? false : 'redis-server is not installed';

function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a server that keeps its data over a crash. `options` are further ones of redis-server. `directory` has its files,
 * such as those of a backup; it is removed in the end.
 */
export async function startRedis(
  options: readonly string[] = [],
  directory = mkdtempSync(join(tmpdir(), 'redis-test-')),
): Promise<RedisServer> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  const server: RedisServer = {
    port,
    directory,
    start: async () => {
      child = spawn('redis-server', [...serverOptions(port, directory), ...options], { stdio: 'ignore' });
      await untilItAnswers(port);
    },
    kill,
    signal: (name) => void child?.kill(name),
    [Symbol.asyncDispose]: async () => {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** A cluster of one node, which has all slots and refuses what would need two. Its address is `redis+cluster://`. */
export async function startCluster(options: readonly string[] = []): Promise<RedisServer> {
  const cluster = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'];
  const server = await startRedis([...cluster, ...options]);
  const client = new Redis({ port: server.port, host: '127.0.0.1' });
  await client.cluster('ADDSLOTSRANGE', 0, 16_383);
  while (!(await client.cluster('INFO')).includes('cluster_state:ok')) await delay(ATTEMPT_MS);
  client.disconnect();
  return server;
}

/** Names one server `fleet`. It takes no commands but those of sentinels. */
export async function startSentinel(
  master: RedisServer,
): Promise<{ readonly port: number } & AsyncDisposable> {
  const directory = mkdtempSync(join(tmpdir(), 'sentinel-test-'));
  const port = await freePort();
  const file = join(directory, 'sentinel.conf');
  writeFileSync(file, `port ${port}\nbind 127.0.0.1\nsentinel monitor fleet 127.0.0.1 ${master.port} 1\n`);
  const child = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  await untilItAnswers(port);
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Self-signed, for 127.0.0.1 and localhost. `null` without openssl. */
export function makeCertificate(directory: string): { readonly cert: string; readonly key: string } | null {
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')] as const;
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    execFileSync('openssl', [...kind, '-days', '2', '-keyout', key, '-out', cert, ...subject], {
      stdio: 'ignore',
    });
    return { cert, key };
  } catch {
    return null;
  }
}

function serverOptions(port: number, directory: string): string[] {
  const options = {
    port,
    dir: directory,
    bind: '127.0.0.1',
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
  };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** An error other than "connection refused", such as a missing password, is an answer too. */
async function untilItAnswers(port: number): Promise<void> {
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null });
    client.on('error', () => {});
    const problem = await client.ping().then(
      () => null,
      (error: Error) => error,
    );
    client.disconnect();
    if (problem === null || /NOAUTH/.test(problem.message)) return;
    await delay(ATTEMPT_MS);
  }
  throw new Error('redis-server does not start');
}
