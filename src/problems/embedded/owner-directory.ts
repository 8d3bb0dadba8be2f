// One owner's problems and blobs as files below a directory, with an index in memory that is read from the names of the
// files. A file is on the disk, name and all, before the index knows it.

import { isUtf8 } from 'node:buffer';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ServiceError } from '../../errors.ts';
import type { BlobInfo, VersionEntry } from '../problem-store.ts';

interface HeldBlob extends BlobInfo {
  usedAtMs: number;
}

export interface HeldVersion extends VersionEntry {
  readonly bytes: number;
}

export interface OwnerDirectory {
  readonly path: string;
  readonly blobs: Map<string, HeldBlob>;
  /** Versions of each problem, the latest first. */
  readonly problems: Map<string, readonly HeldVersion[]>;
  bytes: number;
}

const PART = '.part';
/** What a disk fails with that is full or broken. */
const DISK_CODES = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'];
const RETRY_AFTER_SECONDS = 5;

export async function openOwner(path: string): Promise<OwnerDirectory> {
  const owner: OwnerDirectory = { path, blobs: new Map(), problems: new Map(), bytes: 0 };
  for (const name of await namesIn(join(path, 'blobs'))) {
    const [sha256 = '', kind] = name.split('.');
    const { size, mtimeMs } = await stat(join(path, 'blobs', name));
    owner.blobs.set(sha256, { bytes: size, isText: kind === 'text', usedAtMs: mtimeMs });
    owner.bytes += size;
  }
  for (const id of await namesIn(join(path, 'problems'))) {
    const held = await Promise.all(
      (await namesIn(join(path, 'problems', id))).map(async (name) => {
        const [createdAtMs, version = ''] = name.slice(0, -'.json'.length).split('-');
        const { size } = await stat(join(path, 'problems', id, name));
        return { version, createdAtMs: Number(createdAtMs), bytes: size };
      }),
    );
    for (const { bytes } of held) owner.bytes += bytes;
    if (held.length > 0) owner.problems.set(id, newestFirst(held));
  }
  return owner;
}

export function newestFirst(versions: readonly HeldVersion[]): readonly HeldVersion[] {
  return versions.toSorted((one, other) => other.createdAtMs - one.createdAtMs);
}

/** Names in a directory, none if there is no such directory. What a crash left half written goes. */
async function namesIn(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const halves = names.filter((name) => name.endsWith(PART));
  await Promise.all(halves.map((name) => rm(join(directory, name), { force: true })));
  return names.filter((name) => !name.endsWith(PART));
}

export function blobPath({ path, blobs }: OwnerDirectory, sha256: string): string {
  return join(path, 'blobs', `${sha256}.${blobs.get(sha256)?.isText ? 'text' : 'bytes'}`);
}

export function versionPath({ path }: OwnerDirectory, id: string, { version, createdAtMs }: VersionEntry) {
  return join(path, 'problems', id, `${createdAtMs}-${version}.json`);
}

export async function writeBlob(owner: OwnerDirectory, sha256: string, content: Uint8Array): Promise<void> {
  const blob = { bytes: content.length, isText: isUtf8(content), usedAtMs: Date.now() };
  await writeFile(join(owner.path, 'blobs', `${sha256}.${blob.isText ? 'text' : 'bytes'}`), content);
  owner.blobs.set(sha256, blob);
  owner.bytes += blob.bytes;
}

export async function removeBlob(owner: OwnerDirectory, sha256: string): Promise<number> {
  const path = blobPath(owner, sha256);
  const bytes = owner.blobs.get(sha256)?.bytes ?? 0;
  owner.blobs.delete(sha256);
  owner.bytes -= bytes;
  await rm(path, { force: true });
  return bytes;
}

/** Also known after a restart, to the hour. */
export async function useBlob(owner: OwnerDirectory, sha256: string, everyMs: number): Promise<void> {
  const blob = owner.blobs.get(sha256);
  const now = Date.now();
  if (blob === undefined || now - blob.usedAtMs < everyMs) return;
  blob.usedAtMs = now;
  await utimes(blobPath(owner, sha256), now / 1000, now / 1000);
}

function failureOf(cause: NodeJS.ErrnoException): Error {
  if (!DISK_CODES.includes(cause.code ?? '')) return cause;
  return new ServiceError('unavailable', 'The store of problems is temporarily unavailable', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}

async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function writeFile(path: string, content: Uint8Array | string): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const part = `${path}${PART}`;
  try {
    await writeWhole(part, content);
    await rename(part, path);
  } catch (error) {
    // On a full disk, halves of files would keep it full.
    await rm(part, { force: true });
    throw failureOf(error as NodeJS.ErrnoException);
  }
  const opened = await open(directory, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
