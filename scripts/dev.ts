// Runs the service for those who work on it: restarts it when a source changes, and builds the supervisor or the pages
// first when what they are made from changed. What was built and installed in DATA_DIR is kept. Ctrl-C ends everything.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { runTied, startTied } from './tied-process.ts';

const PROJECT = join(import.meta.dirname, '..');
const DIRECTORIES = ['src', 'supervisor', 'web', 'docs'];
const FILES = ['start.mjs', '.env', 'package.json'];
/** What is built here changes with every build. */
const BUILT = /^build(\.new)?(\/|$)/;
/** Editors write a file in several steps, and tools many files at once. */
const SETTLE_MS = 200;
/** Longer than the service takes to stop in order while a program still runs. */
const STOP_MS = 15_000;

let service: ChildProcess | null = null;
let isEnding = false;
/** Restarts come one after another. */
let work: Promise<void> = Promise.resolve();
let timer: NodeJS.Timeout | undefined;

async function stop(): Promise<void> {
  const child = service;
  service = null;
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const insist = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(insist);
}

/** Starts the service, unless the supervisor cannot be built: then the next change is waited for. */
async function start(): Promise<void> {
  const { code } = await runTied([process.execPath, 'scripts/setup.mjs'], { cwd: PROJECT });
  if (isEnding) return;
  if (code !== 0) {
    console.log('dev: not started, waiting for a change');
    return;
  }
  const child = startTied([process.execPath, 'start.mjs'], { cwd: PROJECT });
  service = child;
  child.once('exit', (exitCode, signal) => {
    if (service !== child) return; // stopped here
    console.log(`dev: the service ended with ${exitCode ?? signal}, waiting for a change`);
  });
}

async function restart(reason: string): Promise<void> {
  if (isEnding) return;
  console.log(`dev: ${reason} changed, restarting`);
  await stop();
  await start();
}

function changed(path: string): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    work = work.then(() => restart(path));
  }, SETTLE_MS);
}

async function end(): Promise<void> {
  if (isEnding) {
    service?.kill('SIGKILL');
    return;
  }
  isEnding = true;
  clearTimeout(timer);
  await stop();
  await work;
  process.exit(0);
}

for (const name of DIRECTORIES) {
  watch(join(PROJECT, name), { recursive: true }, (_, file) => {
    if (BUILT.test(file ?? '')) return;
    changed(join(name, file ?? ''));
  });
}
// Editors that replace a file end the watching of the file itself.
watch(PROJECT, (_, file) => {
  if (file !== null && FILES.includes(file)) changed(file);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
work = start();
