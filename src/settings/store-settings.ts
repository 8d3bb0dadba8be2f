// Settings of executions that outlive their request. They are part of the table in config.ts.

import { choice, integer } from './setting.ts';

export const STORE_SETTINGS = {
  resultTtlHours: integer(
    'RESULT_TTL_HOURS',
    24,
    1,
    8760,
    'Hours for which the store keeps executions that have ended.',
  ),
  maxAttempts: integer(
    'MAX_ATTEMPTS',
    3,
    1,
    100,
    'Times that a stored execution is begun if the service fails or dies while it runs; then it ends as `internal_error`.',
  ),
  storeSync: choice('STORE_SYNC', 'full', ['full', 'normal'], {
    meaning:
      'What a 202 survives: `full` waits for the disk, so that also the loss of power loses nothing; `normal` survives the end of every process.',
  }),
  storeQueueSize: integer(
    'STORE_QUEUE_SIZE',
    10_000,
    1,
    1_000_000,
    'Stored executions that may wait or run; further ones get a 429. Users with less than their share may add a quarter more.',
  ),
  storeQueueMb: integer(
    'STORE_QUEUE_MB',
    1024,
    16,
    1_048_576,
    'MB on disk of stored executions that wait or run.',
  ),
  storeMb: integer(
    'STORE_MB',
    8192,
    64,
    1_048_576,
    'MB on disk of all stored executions. Beyond it, the oldest that have ended are removed, of the client that has most.',
  ),
  problemsMb: integer(
    'PROBLEMS_MB',
    4096,
    16,
    1_048_576,
    'MB of problems and blobs that the service keeps of one key.',
  ),
  maxPackageMb: integer('MAX_PACKAGE_MB', 64, 1, 512, 'Most MB of the archive of a problem package.'),
  maxBlobMb: integer('MAX_BLOB_MB', 64, 1, 512, 'Most MB of one blob.'),
};
