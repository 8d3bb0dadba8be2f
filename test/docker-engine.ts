// A Docker engine for tests: the one that DOCKER_HOST names when it answers, else one of the test's own, with its
// storage in a temporary directory, which ends with the test. It neither makes a bridge nor touches packet filters.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { askVersion, createDockerEngine, type DockerEngine } from '../src/docker/engine.ts';
import { TIME_FACTOR } from './service.ts';

const START_MS = 30_000 * TIME_FACTOR;
const STOP_MS = 20_000 * TIME_FACTOR;
const ANSWER_MS = 5000 * TIME_FACTOR;
const NO_BRIDGE = ['--iptables=false', '--ip6tables=false', '--bridge=none'];
/** What it mounts and configures goes with it. The process stays the one that was started. */
const IN_OWN_NETWORK = ['unshare', '-m', '-n', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
const CONTAINERD_PID = 'exec/containerd/containerd.pid';

/** An engine that a test started and may treat as it likes. */
export interface OwnEngine {
  readonly address: string;
  readonly engine: DockerEngine;
  /** Process id of the daemon. */
  pid(): number;
  /** Sends the daemon a signal and waits for its end. Containers that SIGKILL leaves behind are not ended. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts the daemon again on the same storage. */
  start(): Promise<void>;
  /** Ends everything and removes every trace. */
  close(): Promise<void>;
}

/** What a test asks for: an engine, or why there is none. `skip` is for the options of a test. */
export type TestEngine =
  | { readonly engine: DockerEngine; readonly address: string; readonly skip: false }
  | { readonly engine: null; readonly address: null; readonly skip: string };

/** The engine of this test's process; it is closed after the last test. To be called at the top of a test file. */
export async function engineForTests(): Promise<TestEngine> {
  const named = process.env.DOCKER_HOST;
  if (named) {
    const engine = createDockerEngine(named);
    after(() => engine.close());
    try {
      await askVersion(engine, ANSWER_MS);
      return { engine, address: named, skip: false };
    } catch (error) {
      return { engine: null, address: null, skip: `DOCKER_HOST does not answer: ${String(error)}` };
    }
  }
  const skip = whyNoOwnEngine();
  if (skip !== false) return { engine: null, address: null, skip };
  const own = await startOwnEngine();
  after(() => own.close());
  return { engine: own.engine, address: own.address, skip: false };
}

/** Why no engine can be started here; `false` when one can. */
export function whyNoOwnEngine(): string | false {
  if (process.geteuid?.() !== 0) return 'only root can start a Docker engine';
  const isInstalled = `/usr/sbin:${process.env.PATH}`.split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, 'dockerd'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return isInstalled ? false : 'dockerd is not installed';
}

export interface OwnEngineOptions {
  /** A network namespace of its own, in which it has bridges and publishes ports, and from which nothing is reached. */
  readonly ownNetwork?: boolean;
}

/** `daemonArguments` are added to those of the daemon, as for another runtime. */
export async function startOwnEngine(
  daemonArguments: readonly string[] = [],
  { ownNetwork = false }: OwnEngineOptions = {},
): Promise<OwnEngine> {
  const command = {
    before: ownNetwork ? IN_OWN_NETWORK : [],
    last: [...(ownNetwork ? [] : NO_BRIDGE), ...daemonArguments],
  };
  const directory = mkdtempSync(join(tmpdir(), 'docker-engine-'));
  const address = `unix://${directory}/docker.sock`;
  const engine = createDockerEngine(address);
  let daemon: ChildProcess | null = null;
  const cleanUp = () => removeTraces(directory, daemon);
  // For a test that dies before it comes to its end.
  process.once('exit', cleanUp);
  const own: OwnEngine = {
    address,
    engine,
    pid: () => daemon?.pid ?? -1,
    kill: async (signal) => {
      if (daemon === null || daemon.exitCode !== null || daemon.signalCode !== null) return;
      const ended = once(daemon, 'exit');
      daemon.kill(signal);
      await ended;
      await endContainerd(directory);
    },
    start: async () => {
      daemon = await startDaemon(directory, address, engine, command);
    },
    close: async () => {
      await removeContainers(engine).catch(() => {}); // a daemon that was killed does not answer
      await engine.close();
      const insist = setTimeout(() => daemon?.kill('SIGKILL'), STOP_MS);
      await own.kill('SIGTERM');
      clearTimeout(insist);
      process.removeListener('exit', cleanUp);
      cleanUp();
    },
  };
  try {
    await own.start();
  } catch (error) {
    await own.close();
    throw error;
  }
  return own;
}

async function startDaemon(
  directory: string,
  address: string,
  engine: DockerEngine,
  { before, last }: { readonly before: readonly string[]; readonly last: readonly string[] },
): Promise<ChildProcess> {
  const own = ['data', 'exec'].map((name) => join(directory, name)) as [string, string];
  const places = ['--data-root', own[0], '--exec-root', own[1], '--pidfile', join(directory, 'docker.pid')];
  const dies = ['--pdeathsig', 'TERM', '--'];
  const argv = [...dies, ...before, 'dockerd', '-H', address, ...places, '--log-level=warn', ...last];
  const { PATH = '', TMPDIR } = process.env;
  const env = { PATH: `/usr/sbin:/sbin:${PATH}`, ...(TMPDIR !== undefined && { TMPDIR }) };
  const daemon = spawn('setpriv', argv, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  daemon.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-4000);
  });
  const end = performance.now() + START_MS;
  for (;;) {
    if (await askVersion(engine, ANSWER_MS).catch(() => null)) return daemon;
    const isOver = daemon.exitCode !== null || daemon.signalCode !== null;
    if (isOver || performance.now() > end) {
      daemon.kill('SIGKILL');
      throw new Error(`dockerd does not start: ${log}`);
    }
    await delay(50);
  }
}

/** The daemon would wait ten seconds for each that does not listen to it. */
async function removeContainers(engine: DockerEngine): Promise<void> {
  const options = { query: { all: true }, timeoutMs: ANSWER_MS };
  const containers = await engine.request<{ Id: string }[]>('GET', '/containers/json', options);
  await Promise.allSettled(
    containers.map(({ Id }) => engine.request('DELETE', `/containers/${Id}`, { query: { force: true } })),
  );
}

/** Where nobody reaps it, the next daemon would take a dead one for alive by its recorded number, and wait for it. */
async function endContainerd(directory: string): Promise<void> {
  const pid = containerdOf(directory);
  if (pid !== null) process.kill(pid, 'SIGKILL');
  while (pid !== null && commandOf(pid) !== '') await delay(10);
  rmSync(join(directory, CONTAINERD_PID), { force: true });
}

/** Processes by their recorded numbers, then mounts, then files: deleting through a mount deletes what it shows. */
function removeTraces(directory: string, daemon: ChildProcess | null): void {
  if (daemon?.exitCode === null && daemon.signalCode === null) daemon.kill('SIGKILL');
  const containerd = containerdOf(directory);
  if (containerd !== null) process.kill(containerd, 'SIGKILL');
  const mounts = mountsBelow(directory);
  if (mounts.length > 0) spawnSync('umount', ['-l', ...mounts]);
  if (mountsBelow(directory).length === 0) rmSync(directory, { recursive: true, force: true });
}

/** Its number is recorded, and may have become another's. */
function containerdOf(directory: string): number | null {
  try {
    const pid = Number(readFileSync(join(directory, CONTAINERD_PID), 'utf8'));
    return commandOf(pid).includes(directory) ? pid : null;
  } catch {
    return null;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

function mountsBelow(directory: string): string[] {
  const lines = readFileSync('/proc/self/mounts', 'utf8').trimEnd().split('\n');
  const places = lines.map((line) => line.split(' ')[1] ?? '');
  return places.filter((place) => place.startsWith(`${directory}/`)).reverse();
}
