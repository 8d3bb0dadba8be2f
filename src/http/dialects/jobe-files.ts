// The files that Jobe's clients upload before a run: kept for a day at most, bounded for each client and in total, and
// never listed or read back. They are in a directory, so that processes with the same one share them.

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from '../../errors.ts';
import { MIB } from '../../units.ts';

const MAX_FILE_BYTES = 1 * MIB;
const MAX_CLIENT_BYTES = 100 * MIB;
const MAX_CLIENT_FILES = 1000;
const MAX_TOTAL_BYTES = 400 * MIB;
const MAX_TOTAL_FILES = 5000;
const MAX_AGE_MS = 24 * 3_600_000;

export interface JobeFiles {
  /** Rejects with `too_large`. */
  put(clientId: string, fileId: string, content: Buffer): Promise<void>;
  has(clientId: string, fileId: string): Promise<boolean>;
  /** `null` if it was never uploaded, or no longer exists. */
  read(clientId: string, fileId: string): Promise<Buffer | null>;
}

interface StoredFile {
  readonly path: string;
  readonly client: string;
  readonly bytes: number;
  readonly usedAtMs: number;
}

/** The directory is made when it is needed. */
export function createJobeFiles(directory: string): JobeFiles {
  const pathOf = (clientId: string, fileId: string) => join(directory, nameOf(clientId), nameOf(fileId));
  let last: Promise<void> = Promise.resolve();
  return {
    put: async (clientId, fileId, content) => {
      if (content.length > MAX_FILE_BYTES) {
        throw new ServiceError(
          'too_large',
          `A file must have at most ${MAX_FILE_BYTES} bytes, got ${content.length}`,
        );
      }
      const path = pathOf(clientId, fileId);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, content);
      last = last.then(() => cleanUp(directory)).catch(() => {});
      await last;
    },
    has: async (clientId, fileId) => isFresh(pathOf(clientId, fileId)),
    read: async (clientId, fileId) => {
      const path = pathOf(clientId, fileId);
      if (!(await isFresh(path))) return null;
      const now = new Date();
      await utimes(path, now, now).catch(() => {});
      return readFile(path).catch(() => null);
    },
  };
}

/** Nothing that a client chose is a file's name. */
function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function isFresh(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs < MAX_AGE_MS;
}

/** Removes what is too old, then what was not used for longest beyond the bounds. */
async function cleanUp(directory: string): Promise<void> {
  const files = (await storedFiles(directory)).sort((one, other) => other.usedAtMs - one.usedAtMs);
  const ofClient = new Map<string, { bytes: number; files: number }>();
  const total = { bytes: 0, files: 0 };
  for (const file of files) {
    const used = ofClient.get(file.client) ?? { bytes: 0, files: 0 };
    const fits =
      Date.now() - file.usedAtMs < MAX_AGE_MS &&
      used.bytes + file.bytes <= MAX_CLIENT_BYTES &&
      used.files < MAX_CLIENT_FILES &&
      total.bytes + file.bytes <= MAX_TOTAL_BYTES &&
      total.files < MAX_TOTAL_FILES;
    if (!fits) {
      await rm(file.path, { force: true });
      continue;
    }
    for (const sum of [used, total]) {
      sum.bytes += file.bytes;
      sum.files += 1;
    }
    ofClient.set(file.client, used);
  }
}

async function storedFiles(directory: string): Promise<StoredFile[]> {
  const clients = await readdir(directory);
  const found = await Promise.all(
    clients.map(async (client) => {
      const names = await readdir(join(directory, client)).catch(() => []);
      return Promise.all(names.map((name) => storedFile(join(directory, client, name), client)));
    }),
  );
  return found.flat().filter((file) => file !== null);
}

async function storedFile(path: string, client: string): Promise<StoredFile | null> {
  const found = await stat(path).catch(() => null);
  return found && { path, client, bytes: found.size, usedAtMs: found.mtimeMs };
}
