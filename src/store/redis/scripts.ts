// Runs the scripts of the store in Redis: each is one step that happens whole or not at all. It knows what every answer
// ends with, how much waits and runs, and which failures are those of Redis.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { ServiceError } from '../../errors.ts';

const NAMES = [
  'add',
  'claim',
  'append',
  'finish',
  'give-back',
  'cancel',
  'live',
  'leave',
  'remove-expired',
  'due-webhooks',
  'record-delivery',
  'follow-output',
  'write-output',
  'read-output',
] as const;
type ScriptName = (typeof NAMES)[number];

/** What a script answers with: bytes, or lists of them. */
export type Answer = Buffer | null | readonly Answer[];

/** How much waits and runs, as the latest answer says. */
interface Counted {
  readonly unfinished: number;
  readonly running: number;
  readonly taskBytes: number;
  readonly storedBytes: number;
  readonly oldestAcceptedAtMs: number | null;
}

export interface Scripts {
  /** The answer without what it ends with. Rejects with `unavailable` if Redis does not run it in time. */
  run(name: ScriptName, ...args: readonly (string | number | Buffer)[]): Promise<readonly Answer[]>;
  counted(): Counted;
  /** Whether the latest script was run. */
  isAvailable(): boolean;
}

interface ScriptLog {
  error(details: object, message: string): void;
}

const RETRY_AFTER_SECONDS = 5;
/** What a server answers that starts, is full, or is not the one to ask any more. */
const EXPECTED = /^(OOM|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|MOVED|TRYAGAIN|MISCONF|NOREPLICAS|BUSY)\b/;
const read = (name: string) => readFileSync(join(import.meta.dirname, 'scripts', `${name}.lua`), 'utf8');
const COMMON = ['prelude', 'line', 'lives'].map(read).join('\n');
const SCRIPTS = new Map(
  NAMES.map((name) => {
    const text = `${COMMON}\n${read(name)}`;
    return [name, { text, hash: createHash('sha1').update(text).digest('hex') }] as const;
  }),
);

/** `base` begins all keys and has the hash tag; `processId` is the first argument of each script. */
export function createScripts(
  client: Redis,
  { base, processId, log }: { readonly base: string; readonly processId: string; readonly log: ScriptLog },
): Scripts {
  let counted: Counted = {
    unfinished: 0,
    running: 0,
    taskBytes: 0,
    storedBytes: 0,
    oldestAcceptedAtMs: null,
  };
  let isAvailable = true;
  return {
    isAvailable: () => isAvailable,
    run: async (name, ...args) => {
      const { text, hash } = SCRIPTS.get(name) as { text: string; hash: string };
      const all = [base, processId, ...args];
      const answer = await client
        .callBuffer('EVALSHA', hash, 1, ...all)
        .catch((error: Error) => {
          if (!error.message.startsWith('NOSCRIPT')) throw error;
          return client.callBuffer('EVAL', text, 1, ...all);
        })
        .catch((error: Error) => {
          if (isUnexpected(error))
            log.error({ script: name, reason: error.message }, 'Redis rejected a script');
          isAvailable = false;
          return asUnavailable(error);
        });
      isAvailable = true;
      const parts = answer as readonly Answer[];
      counted = countedIn(parts.at(-1) as readonly Answer[]);
      return parts.slice(0, -1);
    },
    counted: () => counted,
  };
}

export function textOf(answer: Answer | undefined): string {
  return answer instanceof Buffer ? answer.toString('utf8') : '';
}

function countedIn(parts: readonly Answer[]): Counted {
  const [unfinished = 0, running = 0, taskBytes = 0, storedBytes = 0] = parts.map((part) =>
    Number(textOf(part)),
  );
  const oldest = textOf(parts[4]);
  return {
    unfinished,
    running,
    taskBytes,
    storedBytes,
    oldestAcceptedAtMs: oldest === '' ? null : Number(oldest),
  };
}

function isUnexpected({ name, message }: Error): boolean {
  return name === 'ReplyError' && !EXPECTED.test(message) && !/\bOOM\b/.test(message);
}

/** Whether Redis is lost, hangs, is full or is a replica: nothing can be stored now. */
export function asUnavailable(cause: unknown): never {
  const isFull = cause instanceof Error && /\bOOM\b/.test(cause.message);
  const message = isFull
    ? 'The store of executions is full: Redis has no memory left'
    : 'The store of executions is temporarily unavailable';
  throw new ServiceError('unavailable', message, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}
