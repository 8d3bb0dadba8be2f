// What the browser keeps for this page. A browser may refuse: then nothing is kept, and `isStorageBlocked` says so.

import { signal } from '@preact/signals';

const PREFIX = 'code-execution:';

export const isStorageBlocked = signal(false);

function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    isStorageBlocked.value = true;
    return null;
  }
}

export function readStored(name: string, storage: 'local' | 'session' = 'local'): string | null {
  return attempt(() => storageOf(storage).getItem(PREFIX + name));
}

export function writeStored(name: string, value: string, storage: 'local' | 'session' = 'local'): void {
  attempt(() => storageOf(storage).setItem(PREFIX + name, value));
}

export function removeStored(name: string, storage: 'local' | 'session' = 'local'): void {
  attempt(() => storageOf(storage).removeItem(PREFIX + name));
}

/** Reads JSON; `null` if there is none, or it is damaged. */
export function readJson<T>(name: string, storage: 'local' | 'session' = 'local'): T | null {
  try {
    return JSON.parse(readStored(name, storage) ?? 'null') as T | null;
  } catch {
    return null;
  }
}

/** Removes everything that this page ever kept. */
export function forgetEverything(): void {
  for (const storage of ['local', 'session'] as const) {
    const names = attempt(() => Object.keys(storageOf(storage))) ?? [];
    for (const name of names) if (name.startsWith(PREFIX)) attempt(() => storageOf(storage).removeItem(name));
  }
}

function storageOf(storage: 'local' | 'session'): Storage {
  return storage === 'local' ? window.localStorage : window.sessionStorage;
}
