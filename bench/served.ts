// A service in a process of its own, for benchmarks: the same programs are sent to several of them in one run.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROJECT = join(import.meta.dirname, '..');
/** Where each of the controllers has its groups; only version 1 has them apart from those of boxes. */
const CONTROLLERS = ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpuacct'];
/** Of a group, in a plain process's: what else runs on the machine disturbs less, and all sides alike. */
const WEIGHT = 8;

/** A control group that counts the CPU time of a process and of all that it starts, and gives each side the same share. */
export interface CpuGroup extends Disposable {
  /** A command that runs another in the group. */
  inside(argv: readonly string[]): readonly string[];
  /** Milliseconds so far, NaN if they are not counted. */
  usedMs(): number;
  /** Makes this process a member until the group is disposed of. */
  enter(): void;
}

export function createCpuGroup(name: string): CpuGroup {
  const paths = CONTROLLERS.map((controller) => join(controller, `bench-${process.pid}-${name}`));
  const [cpu, accounts] = paths as [string, string];
  try {
    for (const path of paths) mkdirSync(path);
    writeFileSync(join(cpu, 'cpu.shares'), String(1024 * WEIGHT));
  } catch {
    return { inside: (argv) => argv, usedMs: () => Number.NaN, enter() {}, [Symbol.dispose]() {} };
  }
  const enter = paths.map((path) => `echo $$ >${path}/cgroup.procs && `).join('');
  let isMember = false;
  return {
    inside: (argv) => ['/bin/sh', '-c', `${enter}exec "$@"`, 'sh', ...argv],
    usedMs: () => Number(readFileSync(join(accounts, 'cpuacct.usage'), 'utf8')) / 1e6,
    enter() {
      isMember = true;
      paths.forEach(addThisProcess);
    },
    [Symbol.dispose]() {
      if (isMember) CONTROLLERS.forEach(addThisProcess);
      for (const path of paths) rmdirSync(path);
    },
  };
}

function addThisProcess(group: string): void {
  writeFileSync(join(group, 'cgroup.procs'), String(process.pid));
}

/** Of `POST /execute`; its other fields are passed on. */
export interface ServedRequest {
  readonly language: string;
  readonly code: string;
  readonly stdin?: string;
  readonly test_cases?: readonly object[];
}

export interface Served extends AsyncDisposable {
  /** Resolves when the program has completed, or all tests are accepted. */
  execute(body: ServedRequest): Promise<void>;
  /** Resolves when the execution is stored. */
  submit(body: ServedRequest): Promise<void>;
  usedMs(): number;
}

const agent = new Agent({ keepAlive: true });

const ENDED_WELL = /^[^[]*"status":"(completed|accepted)"/;
const STORED = /"status":"queued"/;

function post(url: string, body: ServedRequest, expected: RegExp): Promise<void> {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: 'POST', headers }, async (answer) => {
      const received = (await answer.setEncoding('utf8').toArray()).join('');
      if (expected.test(received)) resolve();
      else reject(new Error(`${body.language}: ${received}`));
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

/** The address of a service once all languages are ready, with the parts that make them fast. */
async function urlOf(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let url: string | undefined;
  createInterface(child.stdout as NodeJS.ReadableStream).on('line', (line) => {
    url ??= /at (http:\/\/[^\s,"]+)/.exec(line)?.[1];
    if (url !== undefined && line.includes('All languages')) resolve(url);
  });
  child.once('exit', () => reject(new Error('the service did not start')));
  return promise;
}

/** Starts a service whose data is below `directory`, from another checkout if given; it shares the project's toolchains. */
export async function startServed(
  name: string,
  directory: string,
  languages: readonly string[],
  environment: Readonly<Record<string, string>>,
  checkout = PROJECT,
): Promise<Served> {
  const data = join(directory, name);
  const toolchains = join(PROJECT, 'data/toolchains');
  mkdirSync(toolchains, { recursive: true });
  mkdirSync(data);
  symlinkSync(toolchains, join(data, 'toolchains'));
  const group = createCpuGroup(name);
  const [program, ...args] = group.inside([process.execPath, join(checkout, 'start.mjs')]) as [string];
  const own = { PORT: '0', DATA_DIR: data, TOOLCHAINS: 'host', LANGUAGES: languages.join(), REDIS_PORT: '1' };
  const child = spawn(program, args, {
    env: { ...process.env, ...own, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await urlOf(child);
  return {
    execute: (body) => post(`${url}/api/v1/execute`, body, ENDED_WELL),
    submit: (body) => post(`${url}/api/v1/executions`, body, STORED),
    usedMs: group.usedMs,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      group[Symbol.dispose]();
    },
  };
}
