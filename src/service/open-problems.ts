// Opens the store of problems: in Redis for a fleet, else in a directory of `DATA_DIR`; and cleans it up from time to time.

import { join } from 'node:path';
import { PROBLEM_LIMITS } from '../limits.ts';
import type { Log } from '../log.ts';
import { cacheBlobs } from '../problems/blob-cache.ts';
import { openDirectoryStore } from '../problems/embedded/directory-store.ts';
import type { ProblemStore } from '../problems/problem-store.ts';
import { openRedisStore } from '../problems/redis/redis-store.ts';
import type { Config } from '../settings/config.ts';
import { ownerOfClient } from '../submissions/complete-request.ts';
import { MIB } from '../units.ts';
import type { Shared } from './open-shared.ts';

const CLEAN_UP_MS = 600_000;

export interface OpenedProblems {
  readonly store: ProblemStore;
  /** Data of tests, as executions read it. */
  readonly data: (clientId: string, sha256: string) => Promise<Uint8Array | null>;
}

/** `started` gets how it is closed. */
export async function openProblems(
  config: Config,
  log: Log,
  shared: Shared | null,
  started: AsyncDisposableStack,
): Promise<OpenedProblems> {
  const bounds = {
    maxBytes: config.problemsMb * MIB,
    maxProblems: PROBLEM_LIMITS.problems,
    maxBlobs: PROBLEM_LIMITS.blobs,
    maxVersions: PROBLEM_LIMITS.versions,
    unusedMs: PROBLEM_LIMITS.unusedMs,
  };
  const store =
    shared === null
      ? await openDirectoryStore(join(config.dataDirectory, 'problems'), bounds)
      : openRedisStore(shared.redis.client, config.redisPrefix, bounds);
  started.defer(() => store.close());
  if (config.role !== 'worker') {
    const cleanUp = () =>
      store.cleanUp().catch((error: unknown) => log.warn({ err: error }, 'blobs could not be cleaned up'));
    const timer = setInterval(() => void cleanUp(), CLEAN_UP_MS);
    started.defer(() => clearInterval(timer));
  }
  const read = cacheBlobs(store.readBlob);
  return { store, data: (clientId, sha256) => read(ownerOfClient(clientId), sha256) };
}
