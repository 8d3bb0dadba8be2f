// One installer at a time for each data directory, across processes. The kernel holds the lock (flock) and releases it
// when its holder dies, so that a dead process never blocks a living one.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

const LOCK = 'flock';

/** Waits until the lock is free and takes it; disposing lets it go. */
export async function lockInstallation(file: string, signal: AbortSignal): Promise<AsyncDisposable> {
  const lock = await take(file, [], signal);
  if (lock === null) throw new Error(`flock ${file} failed`);
  return lock;
}

/** Takes the lock if it is free; `null` while another process holds it. */
export function tryLockInstallation(file: string): Promise<AsyncDisposable | null> {
  return take(file, ['--nonblock'], new AbortController().signal);
}

/** `null` when the lock cannot be had. */
async function take(
  file: string,
  options: readonly string[],
  signal: AbortSignal,
): Promise<AsyncDisposable | null> {
  await mkdir(dirname(file), { recursive: true });
  signal.throwIfAborted();
  // `cat` has the lock until its input ends: when it is closed here, or when this process is gone.
  const holder = spawn(LOCK, ['--no-fork', ...options, file, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const kill = () => holder.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    const closed = once(holder, 'close').then(() => {
      signal.throwIfAborted();
      return null;
    });
    closed.catch(() => {}); // later than the race below it is expected
    const isTaken = await Promise.race([once(holder.stdout, 'data'), closed]);
    if (isTaken === null) return null;
  } finally {
    signal.removeEventListener('abort', kill);
  }
  return {
    [Symbol.asyncDispose]: async () => {
      if (holder.exitCode !== null || holder.signalCode !== null) return;
      const closed = once(holder, 'close');
      holder.stdin.end();
      await closed;
    },
  };
}
