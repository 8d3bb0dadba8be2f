// One installer at a time for each data directory, across processes. The kernel holds the lock (flock) and lets go of
// it when its holder dies, so that a dead process never blocks a living one.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

const LOCK = 'flock';

/** Waits until the lock is free and takes it; disposing lets it go. */
export async function lockInstallation(file: string, signal: AbortSignal): Promise<AsyncDisposable> {
  await mkdir(dirname(file), { recursive: true });
  signal.throwIfAborted();
  // `cat` has the lock until its input ends: when it is closed here, or when this process is gone.
  const holder = spawn(LOCK, ['--no-fork', file, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const kill = () => holder.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    const closed = once(holder, 'close').then(() => {
      signal.throwIfAborted();
      throw new Error(`flock ${file} failed`);
    });
    closed.catch(() => {}); // later than the race below it is expected
    await Promise.race([once(holder.stdout, 'data'), closed]);
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
