// Starts the whole service as its users do, and speaks HTTP to it. For tests that need all of its parts at once.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecuteRequest, ExecutionResult } from '../src/api/execution.ts';

export const PROJECT = resolve(import.meta.dirname, '..');
/** Slow machines: every limit of time in a test is multiplied by it. */
export const TIME_FACTOR = Number(process.env.TIME_FACTOR ?? 1);

/** Long enough to build every part that makes languages fast, once. */
const READY_MS = 240_000 * TIME_FACTOR;
const STOP_MS = 10_000 * TIME_FACTOR;

export interface Service {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it wrote to stdout and stderr so far, most lines of it JSON. */
  readonly lines: readonly string[];
}

export type Answer = ExecutionResult & { readonly code?: string; readonly detail?: string };

/** A port on which no Redis listens: what this machine may have is no matter of the tests. */
const NO_REDIS_PORT = '1';

/** However busy the machine is with other tests, a request of this one is answered. */
const NO_LOAD_SHEDDING = { MAX_EVENT_LOOP_DELAY_MS: '0' };

/** A program that the kernel asks to end when this process dies, however it dies. */
const TIED = ['--pdeathsig', 'TERM', '--'];
const dataDirectories: string[] = [];
process.once('exit', () => {
  for (const directory of dataDirectories) rmSync(directory, { recursive: true, force: true });
});

/**
 * A directory for the data of one service, gone with this process: a second service would find its stores in use. Only what
 * makes languages fast is the project's, built once for all.
 */
export function createDataDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'service-test-'));
  dataDirectories.push(directory);
  const toolchains = join(PROJECT, 'data/toolchains');
  mkdirSync(toolchains, { recursive: true });
  symlinkSync(toolchains, join(directory, 'toolchains'));
  return directory;
}

/**
 * Starts the process with nothing of this one's environment but PATH and the place of compiled sources; a Docker engine is no
 * matter of it either. Unless `environment` names one, it has a directory for data of its own.
 */
export function launch(environment: Readonly<Record<string, string>>): ChildProcess {
  const { PATH = '', NODE_COMPILE_CACHE } = process.env;
  return spawn('setpriv', [...TIED, process.execPath, resolve(PROJECT, 'start.mjs')], {
    env: {
      ...(!environment.DATA_DIR && { DATA_DIR: createDataDirectory() }),
      PATH,
      ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }),
      PORT: '0',
      SANDBOX: 'native',
      TOOLCHAINS: 'host',
      REDIS_PORT: NO_REDIS_PORT,
      ...NO_LOAD_SHEDDING,
      ...environment,
    },
  });
}

/**
 * As `launch`; the process and its data are gone after the test, or after the file where `after` is node:test's own. It offers
 * Python unless `environment` names languages.
 */
export async function launchFor(
  t: { after(end: () => Promise<void>): void },
  environment: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const data = createDataDirectory();
  const child = launch({ DATA_DIR: data, LANGUAGES: 'python', ...environment });
  t.after(async () => {
    await kill(child);
    // What ran in boxes ends only now that the service is gone, and may still write.
    await rm(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Resolves when a launched service listens and the languages are ready; `apiKey` is for one that asks for keys. */
export async function ready(
  child: ChildProcess,
  languages: readonly string[],
  apiKey = '',
): Promise<Service> {
  const lines: string[] = [];
  const address = Promise.withResolvers<string>();
  child.once('exit', () => address.reject(new Error(`the service did not start: ${lines.join('\n')}`)));
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface(stream).on('line', (line) => {
      lines.push(line);
      const found = /Code Execution Service at (http:\/\/[^\s,"]+)/.exec(line)?.[1];
      if (found) address.resolve(found);
    });
  }
  const deadline = Date.now() + READY_MS;
  const timer = setTimeout(
    () => address.reject(new Error('the service does not print its address')),
    READY_MS,
  );
  const service = { url: await address.promise.finally(() => clearTimeout(timer)), process: child, lines };
  for (;;) {
    const waiting = await notReady(service, languages, apiKey);
    if (waiting.length === 0) return service;
    assert.ok(Date.now() < deadline, `${waiting.join(', ')} not ready: ${lines.join('\n')}`);
    await delay(100 * TIME_FACTOR);
  }
}

async function notReady({ url }: Service, wanted: readonly string[], apiKey: string) {
  const answer = await fetch(`${url}/api/v1/languages`, { headers: { 'x-api-key': apiKey } });
  // A machine that is busy with the start may refuse it.
  if (answer.status === 503) return wanted;
  const languages = (await answer.json()) as { id: string; status: string }[];
  return wanted.filter((id) => !languages.some((known) => known.id === id && known.status === 'ready'));
}

/** Resolves when a program runs in a box. */
export async function untilRunning({ url }: Service): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const figures = await (await fetch(`${url}/metrics`)).text();
    if (/^ces_slots_held [1-9]/m.test(figures)) return;
    await delay(10);
  }
  assert.fail('no program runs');
}

/** Asks the service to stop, and insists when it does not. */
export async function stop({ process: child }: Service): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const insist = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(insist);
}

export function execute(
  { url }: Pick<Service, 'url'>,
  request: Partial<ExecuteRequest>,
  options: { query?: string; signal?: AbortSignal; headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(`${url}/api/v1/execute${options.query ?? ''}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...options.headers },
    body: JSON.stringify(request),
    ...(options.signal && { signal: options.signal }),
  });
}
