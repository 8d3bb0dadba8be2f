// The current keys of the key file. The file is polled every second, so that keys change without a restart. Polling
// also works on network and container file systems, where change notifications do not.

import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { ApiKey } from './key.ts';
import { keyOfEntry, readKeyFile } from './key-file.ts';

const LOOK_EVERY_MS = 1000;

export interface WatchedKeys extends AsyncDisposable {
  /** The keys of the last valid content; none if the file was removed. */
  keys(): readonly ApiKey[];
  /** Whether the file exists or ever did: then keys are required, even if none is left. */
  areRequired(): boolean;
}

export interface WatchedKeysParts {
  readonly path: string;
  /** The operator named the file, so keys are required even before it exists. */
  readonly isNamed: boolean;
  readonly log: Log;
  readonly lookEveryMs?: number;
}

interface State {
  keys: readonly ApiKey[];
  isRequired: boolean;
  /** Distinguishes one content of the file from another; taken before reading, so that no change is missed. */
  signature: string;
}

/** Resolves once the file was read. Rejects if it cannot be read or is invalid; later failures are only logged. */
export async function watchKeys(parts: WatchedKeysParts): Promise<WatchedKeys> {
  const signature = await signatureOf(parts.path);
  const state: State = { keys: [], isRequired: parts.isNamed, signature };
  await load(state, parts.path);
  if (parts.isNamed && signature === '') {
    parts.log.warn('the file of API_KEYS_FILE is not there: no key of it is accepted');
  }
  const stop = new AbortController();
  const ended = lookForChanges(state, parts, stop.signal);
  return {
    keys: () => state.keys,
    areRequired: () => state.isRequired,
    [Symbol.asyncDispose]: () => {
      stop.abort();
      return ended;
    },
  };
}

async function lookForChanges(state: State, parts: WatchedKeysParts, signal: AbortSignal): Promise<void> {
  const { lookEveryMs = LOOK_EVERY_MS } = parts;
  while (!signal.aborted) {
    await delay(lookEveryMs, undefined, { signal, ref: false }).catch(() => {});
    if (!signal.aborted) await look(state, parts);
  }
}

/** A file that became invalid leaves the keys unchanged: a half-written file must not lock everyone out. */
async function look(state: State, { path, log }: WatchedKeysParts): Promise<void> {
  try {
    const signature = await signatureOf(path);
    if (signature === state.signature) return;
    state.signature = signature;
    await load(state, path);
    if (signature === '') log.warn('the file of keys is gone: its keys are no longer accepted');
    else log.info({ keys: state.keys.length }, 'keys were read again');
  } catch (error) {
    log.error({ err: error }, 'the file of keys cannot be used: keys stay as they were');
  }
}

async function load(state: State, path: string): Promise<void> {
  const entries = await readKeyFile(path);
  state.keys = (entries ?? []).map(keyOfEntry);
  state.isRequired ||= entries !== null;
}

/** Empty if the file does not exist. */
async function signatureOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new Error(`The keys in ${path} cannot be read: ${error.code}`, { cause: error });
  });
  return found === null ? '' : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}
