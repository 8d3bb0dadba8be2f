// Runs a program of this machine outside of any box: version queries, package installation, prebuilding. No input of a
// client reaches it. The program ends with this process, however this process ends.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { MIB } from '../units.ts';

const OUTPUT_BYTES = MIB;
/** The kernel kills the program when this process ends, so that nothing is built behind a dead service. */
const TIED_TO_THIS_PROCESS = ['setpriv', '--pdeathsig', 'KILL', '--'] as const;

export interface CommandOptions {
  readonly timeoutMs: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  /** Called for each line of stderr, as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface CommandResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The first MiB of each. */
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** Throws if the program cannot be started or `signal` is aborted; the result says how it ended. */
export async function runCommand(argv: readonly string[], options: CommandOptions): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  const [program, ...programArguments] = [...TIED_TO_THIS_PROCESS, ...argv];
  const child = spawn(program, programArguments, {
    env: { ...(options.environment ?? process.env) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let timedOut = false;
  const kill = () => child.kill('SIGKILL');
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, options.timeoutMs);
  options.signal?.addEventListener('abort', kill, { once: true });
  try {
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    if (options.onLine) createInterface({ input: child.stderr }).on('line', options.onLine);
    child.stdin.on('error', () => {}); // a program that ends without reading is no failure
    child.stdin.end(options.stdin ?? '');
    const [exitCode, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, name) => resolve([code, name]));
    });
    options.signal?.throwIfAborted();
    return { exitCode, signal, stdout: stdout(), stderr: stderr(), timedOut };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', kill);
  }
}

/** Lets every user read a directory, whatever this process's umask was when it was made. */
export async function makeReadable(directory: string): Promise<void> {
  const { exitCode, stderr } = await runCommand(['chmod', '-R', 'a+rX', directory], { timeoutMs: 60_000 });
  if (exitCode !== 0) throw new Error(`chmod failed: ${stderr.trim()}`);
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    if (length >= OUTPUT_BYTES) return;
    chunks.push(chunk.subarray(0, OUTPUT_BYTES - length));
    length += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
