// The store of problems of one process: files in a directory of `DATA_DIR`. What changes something happens one after the
// other; reading waits for nothing.

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { blobsNamed } from '../blobs-named.ts';
import type { KeptVersion, ProblemContent, ProblemStore, StoreBounds } from '../problem-store.ts';
import { assertRoom, type Held } from '../room.ts';
import {
  blobPath,
  type HeldVersion,
  newestFirst,
  type OwnerDirectory,
  openOwner,
  removeBlob,
  useBlob,
  versionPath,
  writeBlob,
  writeFile,
} from './owner-directory.ts';

/** A use is written down this often at most: the fraction of the time after which an unused blob goes. */
const USES_WRITTEN = 24;

interface OpenStore {
  readonly directory: string;
  readonly bounds: StoreBounds;
  readonly owners: Map<string, OwnerDirectory>;
  /** Runs what changes something, after what was before it. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

export async function openDirectoryStore(directory: string, bounds: StoreBounds): Promise<ProblemStore> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const names = await readdir(directory);
  const opened = await Promise.all(names.map((name) => openOwner(join(directory, name))));
  const owners = new Map(names.map((name, index) => [name, opened[index] as OwnerDirectory]));
  const store: OpenStore = { directory, bounds, owners, inTurn: createTurns() };
  const held = (owner: string) => owners.get(directoryOf(owner));
  return {
    addBlob: (owner, sha256, content) =>
      store.inTurn(() => addBlob(store, ownedBy(store, owner), sha256, content)),
    findBlob: async (owner, sha256) => {
      const own = held(owner);
      const { bytes, isText } = own?.blobs.get(sha256) ?? {};
      if (own === undefined || bytes === undefined || isText === undefined) return null;
      await useBlob(own, sha256, bounds.unusedMs / USES_WRITTEN);
      return { bytes, isText };
    },
    readBlob: async (owner, sha256) => {
      const own = held(owner);
      return own?.blobs.has(sha256) ? readIfThere(blobPath(own, sha256)) : null;
    },
    add: (owner, id, version, content) =>
      store.inTurn(() => addVersion(store, ownedBy(store, owner), { id, version, content })),
    find: async (owner, id, version) => findVersion(held(owner), id, version),
    versions: async (owner, id) =>
      (held(owner)?.problems.get(id) ?? []).map(({ bytes: _bytes, ...entry }) => entry),
    list: async (owner, { after, limit }) => {
      const ids = [...(held(owner)?.problems.keys() ?? [])].filter((id) => id > after);
      return ids.sort().slice(0, limit);
    },
    remove: (owner, id) =>
      store.inTurn(async () => {
        const own = held(owner);
        const versions = own?.problems.get(id);
        if (own === undefined || versions === undefined) return false;
        await removeVersions(own, id, versions);
        return true;
      }),
    cleanUp: () => store.inTurn(() => cleanUp(store)),
    counts: async () => countsOf([...owners.values()]),
    close: () => store.inTurn(async () => {}),
  };
}

function createTurns(): OpenStore['inTurn'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
}

/** An owner's name is nobody's path. */
function directoryOf(owner: string): string {
  return createHash('sha256').update(owner).digest('hex');
}

function ownedBy({ directory, owners }: OpenStore, owner: string): OwnerDirectory {
  const name = directoryOf(owner);
  const known = owners.get(name);
  if (known !== undefined) return known;
  const own = { path: join(directory, name), blobs: new Map(), problems: new Map(), bytes: 0 };
  owners.set(name, own);
  return own;
}

function heldBy({ problems, blobs, bytes }: OwnerDirectory): Held {
  return { problems: problems.size, blobs: blobs.size, bytes };
}

async function addBlob(
  { bounds }: OpenStore,
  own: OwnerDirectory,
  sha256: string,
  content: Uint8Array,
): Promise<boolean> {
  if (own.blobs.has(sha256)) {
    await useBlob(own, sha256, 0);
    return false;
  }
  assertRoom(heldBy(own), { blobs: 1, bytes: content.length }, bounds);
  await writeBlob(own, sha256, content);
  return true;
}

async function addVersion(
  { bounds }: OpenStore,
  own: OwnerDirectory,
  { id, version, content }: { id: string; version: string; content: ProblemContent },
): Promise<KeptVersion> {
  const { definition, files } = content;
  const known = own.problems.get(id) ?? [];
  const createdAtMs = Math.max(Date.now(), (known[0]?.createdAtMs ?? 0) + 1);
  const kept = { id, version, createdAtMs, definition, files };
  const again = known.find((entry) => entry.version === version);
  if (again !== undefined) {
    const renewed = { ...again, createdAtMs };
    if (again !== known[0]) await rename(versionPath(own, id, again), versionPath(own, id, renewed));
    else return { ...kept, createdAtMs: again.createdAtMs };
    own.problems.set(id, newestFirst([renewed, ...known.filter((entry) => entry !== again)]));
    return kept;
  }
  const text = JSON.stringify({ definition, files });
  const bytes = Buffer.byteLength(text);
  assertRoom(heldBy(own), { bytes, problems: known.length === 0 ? 1 : 0 }, bounds);
  await writeFile(versionPath(own, id, kept), text);
  own.bytes += bytes;
  const versions = newestFirst([{ version, createdAtMs, bytes }, ...known]);
  own.problems.set(id, versions);
  await removeVersions(own, id, versions.slice(bounds.maxVersions));
  return kept;
}

async function removeVersions(
  own: OwnerDirectory,
  id: string,
  removed: readonly HeldVersion[],
): Promise<void> {
  const left = (own.problems.get(id) ?? []).filter((entry) => !removed.includes(entry));
  if (left.length === 0) own.problems.delete(id);
  else own.problems.set(id, left);
  for (const entry of removed) {
    own.bytes -= entry.bytes;
    await rm(versionPath(own, id, entry), { force: true });
  }
}

async function findVersion(
  own: OwnerDirectory | undefined,
  id: string,
  version: string | undefined,
): Promise<KeptVersion | null> {
  const entries = own?.problems.get(id) ?? [];
  const entry = version === undefined ? entries[0] : entries.find((each) => each.version === version);
  if (own === undefined || entry === undefined) return null;
  const text = await readIfThere(versionPath(own, id, entry));
  // Its file has another name when it became the latest again meanwhile.
  if (text === null && own.problems.get(id) !== entries) return findVersion(own, id, version);
  if (text === null) return null;
  const { definition, files } = JSON.parse(text.toString('utf8')) as ProblemContent;
  return { id, version: entry.version, createdAtMs: entry.createdAtMs, definition, files };
}

/** It may go while it is looked for. */
async function readIfThere(path: string): Promise<Buffer | null> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

async function cleanUp({ bounds, owners }: OpenStore): Promise<{ blobs: number; bytes: number }> {
  const removed = { blobs: 0, bytes: 0 };
  const before = Date.now() - bounds.unusedMs;
  for (const own of owners.values()) {
    const unused = [...own.blobs].filter(([, { usedAtMs }]) => usedAtMs <= before);
    if (unused.length === 0) continue;
    const named = await namedBy(own);
    for (const [sha256, { usedAtMs }] of unused) {
      // It may have been used meanwhile.
      if (named.has(sha256) || (own.blobs.get(sha256)?.usedAtMs ?? 0) > usedAtMs) continue;
      removed.bytes += await removeBlob(own, sha256);
      removed.blobs += 1;
    }
  }
  return removed;
}

async function namedBy(own: OwnerDirectory): Promise<Set<string>> {
  const named = new Set<string>();
  for (const [id, versions] of own.problems) {
    for (const { version } of versions) {
      const kept = await findVersion(own, id, version);
      for (const blob of kept === null ? [] : blobsNamed(kept)) named.add(blob);
    }
  }
  return named;
}

function countsOf(owners: readonly OwnerDirectory[]) {
  const used = owners.filter(({ blobs, problems }) => blobs.size + problems.size > 0);
  return {
    owners: used.length,
    problems: used.reduce((sum, { problems }) => sum + problems.size, 0),
    blobs: used.reduce((sum, { blobs }) => sum + blobs.size, 0),
    bytes: used.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
