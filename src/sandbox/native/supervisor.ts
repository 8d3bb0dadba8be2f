// One supervisor process: starts it, connects to it and ends it. If it dies, every pending request fails; the caller decides
// whether to start another one.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type Connection, createConnection } from '../connection.ts';
import { addRootFrame, dropFrame, restoreFrame, storeFrame } from '../frames.ts';
import type { BoxFile, DirectoryRoot } from '../sandbox.ts';

export interface SupervisorOptions {
  /** Path of the supervisor's program. */
  readonly program: string;
  readonly slots: number;
  /** Slot n runs programs as user `firstUid + n`. */
  readonly firstUid: number;
  /** An existing directory, on which the supervisor mounts file systems that only it sees. */
  readonly runDirectory: string;
  readonly storeBytes: number;
  /** `strict`: each box has its own network namespace instead of its slot's. */
  readonly isolation: 'default' | 'strict';
  /** Memory for runtimes that are started ahead of their runs; 0 starts none. */
  readonly warmBytes: number;
  readonly log: (line: string) => void;
}

export interface Supervisor {
  readonly pid: number;
  readonly cgroupVersion: number;
  /** The number of the root that shows the files of the supervisor's own container, if it is in one. */
  readonly imageRoot?: number;
  /** Adds a root under `number`. */
  addRoot(number: number, root: DirectoryRoot): Promise<void>;
  /** Keeps files as artifact `number`. */
  store(number: number, files: readonly BoxFile[]): Promise<void>;
  drop(number: number): void;
  /** The files of an artifact, as `restore` takes them. What is dropped after the call is still in the answer. */
  fetch: Connection['fetch'];
  /** Keeps what another supervisor's `fetch` gave as artifact `number`. */
  restore(number: number, files: Uint8Array): Promise<void>;
  run: Connection['run'];
  start: Connection['start'];
  warmState: Connection['warmState'];
  isAlive(): boolean;
  /** Ends it and all that it runs; resolves once it has ended. */
  close(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const CLOSE_TIMEOUT_MS = 10_000;

/** Logs the supervisor's lines. Returns a function for the last ones, which say why it ended. */
function collectLines(child: ChildProcess, log: (line: string) => void): () => string {
  const lines: string[] = [];
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    lines.push(line);
    if (lines.length > 4) lines.shift();
    log(line);
  });
  return () => lines.join('; ');
}

/** Breaks the connection and resolves when the process ends. */
function watchEnd(child: ChildProcess, connection: Connection, lastLines: () => string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  child.on('error', (error) => {
    connection.break(`the supervisor cannot be started: ${error.message}`);
    resolve();
  });
  child.on('close', (code, signal) => {
    const end = `the supervisor ended with ${signal ?? `code ${code}`}`;
    connection.break(lastLines() ? `${end}: ${lastLines()}` : end);
    resolve();
  });
  return promise;
}

/** Starts a supervisor. Throws a `SandboxError` with the supervisor's last lines if it cannot isolate programs. */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const { program, slots, firstUid, runDirectory, storeBytes, isolation, warmBytes } = options;
  const child = spawn(
    program,
    [slots, firstUid, runDirectory, storeBytes, isolation, warmBytes].map(String),
    {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: {},
      detached: true, // Ctrl-C on the terminal must reach only the service, which then closes the socket
    },
  );
  const socket = child.stdio[3] as Socket;
  const connection = createConnection(socket);
  const gone = watchEnd(child, connection, collectLines(child, options.log));
  const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  const { cgroupVersion } = await connection.ready.finally(() => clearTimeout(timer));
  return {
    pid: child.pid as number,
    cgroupVersion,
    addRoot: (number, root) => connection.request((id) => addRootFrame(id, number, root)),
    store: (number, files) => connection.request((id) => storeFrame(id, number, files)),
    drop: (number) => connection.send(dropFrame(number)),
    fetch: connection.fetch,
    restore: (number, content) => connection.request((id) => restoreFrame(id, number, content)),
    run: connection.run,
    start: connection.start,
    warmState: connection.warmState,
    isAlive: connection.isOpen,
    async close() {
      socket.end();
      const hard = setTimeout(() => child.kill('SIGKILL'), CLOSE_TIMEOUT_MS);
      await gone;
      clearTimeout(hard);
    },
  };
}
