// What Redis does with what it has answered: whether it survives its end, and whether it may be evicted. Operators may
// forbid the question; then that is what is known.

import type { Redis } from 'ioredis';

const ASK_EVERY_MS = 60_000;

export interface Persistence {
  /** What an accepted execution survives, in words for people. */
  promise(): string;
  /** Redis may throw away what it keeps for this service. */
  mayEvict(): boolean;
  close(): void;
}

const ALL_PROCESSES = 'an accepted execution survives the end of every process of the service';
const PROMISES: Readonly<Record<string, string>> = {
  always: `${ALL_PROCESSES}, and that of Redis and its machine`,
  everysec: `${ALL_PROCESSES}; the end of Redis may lose what was accepted in the last two seconds`,
  no: `${ALL_PROCESSES}; the end of Redis loses what its system has not written yet`,
  none: `${ALL_PROCESSES}; the end of Redis loses what it has not saved since its last snapshot`,
  unknown: `${ALL_PROCESSES}; what the end of Redis loses is not known, as it allows no CONFIG GET`,
};

export async function watchPersistence(
  client: Redis,
  log: { warn(details: object, message: string): void },
): Promise<Persistence> {
  let promise = PROMISES.unknown ?? '';
  let policy = 'unknown';
  const ask = async () => {
    const [append, sync, evict] = await Promise.all(
      ['appendonly', 'appendfsync', 'maxmemory-policy'].map((name) => settingOf(client, name)),
    );
    promise = PROMISES[append === 'no' ? 'none' : (sync ?? 'unknown')] ?? '';
    if (evict !== null && evict !== policy && evict !== 'noeviction') {
      log.warn(
        { maxmemory_policy: evict },
        'Redis may throw away executions: set its maxmemory-policy to noeviction',
      );
    }
    policy = evict ?? 'unknown';
  };
  // While Redis is lost, its settings are taken to be what they were.
  await ask().catch(() => {});
  const timer = setInterval(() => void ask().catch(() => {}), ASK_EVERY_MS).unref();
  return {
    promise: () => promise,
    mayEvict: () => policy !== 'noeviction' && policy !== 'unknown',
    close: () => clearInterval(timer),
  };
}

/** `null` if Redis does not report it. Rejects if it does not answer. */
async function settingOf(client: Redis, name: string): Promise<string | null> {
  const found = await client.config('GET', name).catch((failure: Error) => {
    if (failure.name === 'ReplyError') return [];
    throw failure;
  });
  const [, value] = found as string[];
  return value ?? null;
}
