// One supervisor process: starts it, sends requests over its socket and matches the answers. When it dies, every
// request under way fails; starting another one is the caller's decision.

import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type BoxFile, type RootFileSystem, SandboxError } from '../sandbox.ts';
import {
  type Answer,
  addRootFrame,
  cancelFrame,
  createDecoder,
  dropFrame,
  type RunAnswer,
  type RunFrame,
  runFrame,
  storeFrame,
} from './frames.ts';

export interface SupervisorOptions {
  /** Path of the supervisor's program. */
  readonly program: string;
  readonly slots: number;
  /** Slot n runs programs as user `firstUid + n`. */
  readonly firstUid: number;
  /** An existing directory that the supervisor mounts its own file systems on, seen by nobody else. */
  readonly runDirectory: string;
  readonly storeBytes: number;
  readonly log: (line: string) => void;
}

export interface Supervisor {
  readonly pid: number;
  readonly cgroupVersion: number;
  /** Shows a root to boxes under `number`. */
  addRoot(number: number, root: RootFileSystem): Promise<void>;
  /** Keeps files as artifact `number`. */
  store(number: number, files: readonly BoxFile[]): Promise<void>;
  drop(number: number): void;
  run(run: RunFrame, signal: AbortSignal): Promise<RunAnswer>;
  isAlive(): boolean;
  /** Ends it and all that it runs; resolves when it is gone. */
  close(): Promise<void>;
}

const START_TIMEOUT_MS = 10_000;

interface Pending {
  resolve(answer: RunAnswer | null): void;
  reject(error: SandboxError): void;
}

/** Starts a supervisor. Throws a `SandboxError` with the supervisor's own words when isolation is not to be had. */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const { program, slots, firstUid, runDirectory, storeBytes } = options;
  const child = spawn(program, [slots, firstUid, runDirectory, storeBytes].map(String), {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: {},
    detached: true, // a Ctrl-C on the terminal is for the service alone, which then closes the socket
  });
  const socket = child.stdio[3] as Socket;
  const lastWords: string[] = [];
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    lastWords.splice(0, Math.max(0, lastWords.length - 4));
    lastWords.push(line);
    options.log(line);
  });

  const pending = new Map<number, Pending>();
  let alive = true;
  let nextId = 1;
  const ready = Promise.withResolvers<number>();
  const gone = Promise.withResolvers<void>();

  function fail(reason: string): void {
    if (!alive) return;
    alive = false;
    socket.destroy();
    const words = lastWords.length > 0 ? `${reason}: ${lastWords.join('; ')}` : reason;
    const error = new SandboxError(words, { retryable: true });
    ready.reject(error);
    for (const request of pending.values()) request.reject(error);
    pending.clear();
  }

  function deliver(answer: Answer): void {
    if (answer.type === 'ready') return ready.resolve(answer.cgroupVersion);
    const request = pending.get(answer.id);
    pending.delete(answer.id);
    if (answer.type === 'failed')
      return request?.reject(new SandboxError(answer.message, { retryable: answer.retryable }));
    request?.resolve(answer.type === 'result' ? answer.answer : null);
  }

  function send(encode: (id: number) => Buffer): { id: number; answer: Promise<RunAnswer | null> } {
    const id = nextId;
    nextId = (nextId % 0xffff_ffff) + 1;
    const { promise, resolve, reject } = Promise.withResolvers<RunAnswer | null>();
    if (alive) {
      pending.set(id, { resolve, reject });
      socket.write(encode(id));
    } else {
      reject(new SandboxError('the supervisor is gone', { retryable: true }));
    }
    return { id, answer: promise };
  }

  const decoder = createDecoder(deliver);
  socket.on('data', (chunk) => {
    try {
      decoder(chunk);
    } catch (error) {
      fail(`the supervisor sent a malformed frame (${(error as Error).message})`);
    }
  });
  socket.on('error', () => fail('the connection to the supervisor broke'));
  child.on('error', (error) => {
    fail(`the supervisor cannot be started: ${error.message}`);
    gone.resolve();
  });
  child.on('close', (code, signal) => {
    fail(`the supervisor ended with ${signal ?? `code ${code}`}`);
    gone.resolve();
  });

  async function run(frame: RunFrame, signal: AbortSignal): Promise<RunAnswer> {
    const { id, answer } = send((number) => runFrame(number, frame));
    const cancel = () => alive && socket.write(cancelFrame(id));
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return (await answer) as RunAnswer;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  const cgroupVersion = await ready.promise.finally(() => clearTimeout(timer));
  return {
    pid: child.pid as number,
    cgroupVersion,
    addRoot: async (number, root) => void (await send((id) => addRootFrame(id, number, root)).answer),
    store: async (number, files) => void (await send((id) => storeFrame(id, number, files)).answer),
    drop: (number) => void (alive && socket.write(dropFrame(number))),
    run,
    isAlive: () => alive,
    async close() {
      socket.end();
      const hard = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
      await gone.promise;
      clearTimeout(hard);
    },
  };
}
