// The files of submissions, kept for later submissions of the same files: bounded in bytes, the least recently used go first,
// and what a workspace uses stays. Knows nothing of builds or of how files are stored.

import { createHash } from 'node:crypto';
import type { BoxFile } from './sandbox.ts';

/** Files that are kept until their holder releases them. */
export interface HeldFiles {
  readonly artifact: number;
  /** Rejects if they could not be stored. What is asked for meanwhile is done after them, so nobody has to wait. */
  readonly stored: Promise<void>;
  /** Whether that is known to have happened. */
  hasFailed(): boolean;
  release(): void;
}

export interface SourceCache {
  /** Holds the files under `key`, storing them if they are not there. */
  hold(key: string, files: readonly BoxFile[]): HeldFiles;
  /** Removes all files without a holder, and returns how many bytes they had. */
  clear(): number;
}

export interface SourceCacheOptions {
  readonly capacityBytes: number;
  store(files: readonly BoxFile[]): { readonly artifact: number; readonly stored: Promise<void> };
  drop(artifact: number): void;
}

interface Entry {
  readonly artifact: number;
  readonly stored: Promise<void>;
  readonly bytes: number;
  users: number;
  hasFailed: boolean;
}

/** What a file costs besides its content. */
const FILE_BYTES = 4096;

/** Equal for the same files. */
export function filesKey(files: readonly BoxFile[]): string {
  const hash = createHash('sha256');
  for (const { path, content } of files) hash.update(`\0${path}\0${content.length}\0`).update(content);
  return hash.digest('base64');
}

export function createSourceCache(options: SourceCacheOptions): SourceCache {
  const entries = new Map<string, Entry>(); // in order of use, the least recently used first
  let bytes = 0;

  function forget(key: string, entry: Entry): void {
    if (entries.get(key) !== entry) return;
    entries.delete(key);
    bytes -= entry.bytes;
  }

  function evict(capacityBytes = options.capacityBytes): void {
    for (const [key, entry] of entries) {
      if (bytes <= capacityBytes) return;
      if (entry.users > 0) continue;
      forget(key, entry);
      options.drop(entry.artifact);
    }
  }

  function add(key: string, files: readonly BoxFile[]): Entry {
    const size = files.reduce((sum, { content }) => sum + content.length + FILE_BYTES, FILE_BYTES);
    const entry = { ...options.store(files), bytes: size, users: 0, hasFailed: false };
    bytes += size;
    entry.stored.catch(() => {
      entry.hasFailed = true;
      forget(key, entry); // the supervisor has removed what it had of them
    });
    return entry;
  }

  return {
    hold(key, files) {
      const entry = entries.get(key) ?? add(key, files);
      entry.users += 1;
      entries.delete(key);
      entries.set(key, entry);
      evict();
      let isHeld = true;
      const release = () => {
        if (!isHeld) return;
        isHeld = false;
        entry.users -= 1;
        evict();
      };
      return { artifact: entry.artifact, stored: entry.stored, hasFailed: () => entry.hasFailed, release };
    },
    clear() {
      const before = bytes;
      evict(-1);
      return before - bytes;
    },
  };
}
