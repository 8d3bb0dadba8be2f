// What the tests of the native driver observe from outside: the supervisor's process and its descendants, its control
// groups, mounts, descriptors and store. They find all of it by the supervisor's process id, so that other sandboxes on the
// machine do not matter.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestLog } from '../../log-fixture.ts';
import { MIB } from '../../units.ts';
import { type Answer, createDecoder } from '../frames.ts';
import type { Sandbox } from '../sandbox.ts';
import { createNativeSandbox, type NativeSandboxOptions } from './native-sandbox.ts';

export const TIME_FACTOR = Number(process.env.TIME_FACTOR ?? 1);
/** True in the guest of test/cgroup2, where a system call takes many times as long. It does not mean a busy machine. */
export const IS_EMULATED = process.env.EMULATED === 'true';
export const SUPERVISOR = join(import.meta.dirname, '../../../supervisor/build/supervisor');

const directories: string[] = [];
process.once('exit', () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** A directory that is removed when the test's process ends. */
export async function makeDataDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'native-sandbox-'));
  directories.push(directory);
  return directory;
}

/** A sandbox and the process ids of the supervisors that it has had, the living one last. */
export async function startSandbox(
  changes: Partial<NativeSandboxOptions> = {},
): Promise<{ sandbox: Sandbox; supervisors: number[]; runDirectory: string }> {
  const supervisors: number[] = [];
  const dataDirectory = changes.dataDirectory ?? (await makeDataDirectory());
  const sandbox = await createNativeSandbox({
    slots: 2,
    artifactCacheBytes: 64 * MIB,
    log: createTestLog(({ details }) => {
      if ('pid' in details) supervisors.push(details.pid as number);
    }),
    ...changes,
    dataDirectory,
  });
  return { sandbox, supervisors, runDirectory: join(dataDirectory, 'run') };
}

export interface RawSupervisor {
  readonly child: ChildProcess;
  readonly socket: Socket;
  readonly runDirectory: string;
  /** Its answers so far. */
  readonly answers: Answer[];
  /** Its end: exit code, signal and log. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; log: string }>;
  /** Resolves with the first answer that `matches`, or with null if the supervisor ends. */
  answer(matches: (answer: Answer) => boolean): Promise<Answer | null>;
}

/** Starts a supervisor to which the test writes bytes, and waits until it is ready. `words` come before its arguments. */
export async function startRawSupervisor(
  program = SUPERVISOR,
  environment: NodeJS.ProcessEnv = {},
  words: readonly string[] = [],
): Promise<RawSupervisor> {
  const runDirectory = await makeDataDirectory();
  const child = spawn(program, [...words, '2', '60000', runDirectory, String(64 * MIB), 'default', '0'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: environment,
  });
  const socket = child.stdio[3] as Socket;
  const answers: Answer[] = [];
  const changed = new EventTarget();
  const notify = () => changed.dispatchEvent(new Event('change'));
  const decoder = createDecoder((answer) => {
    answers.push(answer);
    notify();
  });
  socket.on('data', decoder).on('error', () => undefined);
  let log = '';
  child.stderr?.on('data', (chunk) => {
    log += chunk;
  });
  let over = false;
  const ended = once(child, 'close').then(([code, signal]) => {
    over = true;
    notify();
    return { code, signal, log };
  });
  async function answer(matches: (answer: Answer) => boolean): Promise<Answer | null> {
    for (;;) {
      const found = answers.find(matches);
      if (found || over) return found ?? null;
      await once(changed, 'change');
    }
  }
  const supervisor = { child, socket, runDirectory, answers, ended, answer };
  await answer(({ type }) => type === 'ready');
  return supervisor;
}

/** Waits for a condition that should soon be true; returns whether it became so. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const end = performance.now() + 10_000 * TIME_FACTOR;
  while (!(await holds())) {
    if (performance.now() > end) return false;
    await sleep(10);
  }
  return true;
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return otherwise; // the process has just ended
  }
}

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  /** With `pid`, identifies a process for ever. */
  readonly started: string;
}

function readProcess(pid: number): Process | null {
  const stat = readOr(`/proc/${pid}/stat`, '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 20) return null;
  return { pid, state: fields[0] as string, parent: Number(fields[1]), started: fields[19] as string };
}

/** All descendants of `pid`: launchers, boxes' inits, programs and what these started, zombies included. */
export function descendantsOf(pid: number): Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((process) => process !== null);
  const found: Process[] = [];
  for (let level = new Set([pid]); level.size > 0; ) {
    const children = all.filter(({ parent }) => level.has(parent));
    found.push(...children);
    level = new Set(children.map((child) => child.pid));
  }
  return found;
}

export function stillThere(processes: readonly Process[]): Process[] {
  return processes.filter(({ pid, started }) => {
    const now = readProcess(pid);
    return now !== null && now.started === started;
  });
}

export function isAlive(pid: number): boolean {
  const process = readProcess(pid);
  return process !== null && process.state !== 'Z';
}

function directoriesBelow(path: string): string[] {
  let names: string[] = [];
  try {
    names = readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(path, entry.name));
  } catch {
    // removed meanwhile
  }
  return names.flatMap((name) => [name, ...directoriesBelow(name)]);
}

/** The control groups of a supervisor, its slots and its boxes, in every hierarchy. */
export function controlGroupsOf(pid: number): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const places = mounts
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, place]) => place as string);
  const all = [...new Set(places)].flatMap(directoriesBelow);
  return all.filter((path) => path.includes(`/code-execution-${pid}-`));
}

const QUOTA_PERIOD_US = 100_000;

/** Limits all boxes of a supervisor together to this part of one processor, as a busy machine would. */
export function holdBack(pid: number, part: number): void {
  const quota = String(QUOTA_PERIOD_US * part);
  for (const group of controlGroupsOf(pid).filter((path) => /\/code-execution-[\d-]+$/.test(path))) {
    if (existsSync(join(group, 'cpu.max')))
      writeFileSync(join(group, 'cpu.max'), `${quota} ${QUOTA_PERIOD_US}`);
    const quotaFile = join(group, 'cpu.cfs_quota_us');
    if (existsSync(quotaFile)) writeFileSync(quotaFile, quota);
  }
}

/** Mounts of containers, which come and go meanwhile. */
const OF_CONTAINERS = / - (?:overlay|nsfs) |\/containers\/[0-9a-f]{64}\/|docker/;

/** Lines of mountinfo, without those of containers. */
export function mountsOf(pid: number | 'self'): string[] {
  const lines = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trimEnd().split('\n');
  return lines.filter((line) => !OF_CONTAINERS.test(line));
}

export function descriptorsOf(pid: number | 'self'): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

export function residentBytesOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

/** Numbers of the artifacts in a supervisor's store, which is visible only in its mount namespace. */
export function artifactsOf(pid: number, runDirectory: string): string[] {
  return readdirSync(`/proc/${pid}/root${runDirectory}/files`);
}

/** Everything below a directory as the rest of the machine sees it. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true }).map(String).sort();
}
