// The store of problems that a fleet shares: versions and blobs in Redis, the keys of an owner in one slot of a cluster.
// Who owns something is a set beside them.

import { isUtf8 } from 'node:buffer';
import type { Redis } from 'ioredis';
import { ServiceError } from '../../errors.ts';
import { createKeys } from '../../redis/redis-keys.ts';
import { blobsNamed } from '../blobs-named.ts';
import type { KeptVersion, ProblemContent, ProblemStore, StoreBounds } from '../problem-store.ts';
import { assertRoom } from '../room.ts';
import { ADD_BLOB, ADD_VERSION, FIND_BLOB, REMOVE_BLOB, REMOVE_PROBLEM } from './scripts.ts';

const RETRY_AFTER_SECONDS = 5;
/** Blobs that are looked at in one step. */
const LOOKED_AT_ONCE = 1000;

interface RedisParts {
  readonly client: Redis;
  readonly prefix: string;
  readonly bounds: StoreBounds;
}

export function openRedisStore(client: Redis, prefix: string, bounds: StoreBounds): ProblemStore {
  const parts = { client, prefix, bounds };
  const store: ProblemStore = {
    addBlob: (owner, sha256, content) => addBlob(parts, owner, sha256, content),
    findBlob: async (owner, sha256) => {
      const { info, used } = blobKeys(parts, owner, sha256);
      const found = (await client.eval(FIND_BLOB, 2, info, used, sha256, Date.now())) as string | null;
      if (found === null) return null;
      const [bytes, kind] = found.split(' ');
      return { bytes: Number(bytes), isText: kind === '1' };
    },
    readBlob: (owner, sha256) => client.getBuffer(blobKeys(parts, owner, sha256).blob),
    add: (owner, id, version, content) => addVersion(parts, owner, { id, version, content }),
    find: (owner, id, version) => findVersion(parts, owner, id, version),
    versions: async (owner, id) => {
      const listed = await client.zrevrange(problemKeys(parts, owner, id).versions, 0, -1, 'WITHSCORES');
      return pairsIn(listed).map(([version, score]) => ({ version, createdAtMs: Number(score) }));
    },
    list: (owner, { after, limit }) =>
      client.zrangebylex(
        problemKeys(parts, owner, '').ids,
        after === '' ? '-' : `(${after}`,
        '+',
        'LIMIT',
        0,
        limit,
      ),
    remove: async (owner, id) => {
      const { ids, versions, bytes, contents } = problemKeys(parts, owner, id);
      return (await client.eval(REMOVE_PROBLEM, 4, ids, versions, bytes, contents, id)) === 1;
    },
    cleanUp: () => cleanUp(parts),
    counts: () => counts(parts),
    close: async () => {},
  };
  return withUnavailable(store);
}

/** While Redis is lost or full, nothing can be kept or found. */
function withUnavailable(store: ProblemStore): ProblemStore {
  const guarded = Object.entries(store).map(([name, method]) => [
    name,
    (...args: unknown[]) =>
      (method as (...given: unknown[]) => Promise<unknown>)(...args).catch((cause: unknown) => {
        if (cause instanceof ServiceError) throw cause;
        const message = 'The store of problems is temporarily unavailable';
        throw new ServiceError('unavailable', message, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
      }),
  ]);
  return Object.fromEntries(guarded) as ProblemStore;
}

function ownersKey({ prefix }: RedisParts): string {
  return createKeys(prefix, 'problems')('owners');
}

function blobKeys({ prefix }: RedisParts, owner: string, sha256: string) {
  const keyOf = createKeys(`${prefix}:problems`, encodeURIComponent(owner));
  return { info: keyOf('blobs'), used: keyOf('used'), bytes: keyOf('bytes'), blob: keyOf('blob', sha256) };
}

function problemKeys({ prefix }: RedisParts, owner: string, id: string) {
  const keyOf = createKeys(`${prefix}:problems`, encodeURIComponent(owner));
  return {
    ids: keyOf('ids'),
    versions: keyOf('versions', id),
    bytes: keyOf('bytes'),
    contents: keyOf('contents', id),
  };
}

async function addBlob(
  parts: RedisParts,
  owner: string,
  sha256: string,
  content: Uint8Array,
): Promise<boolean> {
  const { client, bounds } = parts;
  const { info, used, bytes, blob } = blobKeys(parts, owner, sha256);
  await client.sadd(ownersKey(parts), owner);
  const [outcome, heldBlobs, heldBytes] = (await client.eval(
    ADD_BLOB,
    4,
    ...[info, used, bytes, blob],
    sha256,
    Buffer.from(content),
    content.length,
    isUtf8(content) ? 1 : 0,
    Date.now(),
    bounds.maxBlobs,
    bounds.maxBytes,
  )) as [string, number, number];
  if (outcome === 'full') {
    const held = { problems: 0, blobs: heldBlobs, bytes: heldBytes };
    assertRoom(held, { blobs: 1, bytes: content.length }, bounds);
  }
  return outcome === 'added';
}

async function addVersion(
  parts: RedisParts,
  owner: string,
  { id, version, content }: { id: string; version: string; content: ProblemContent },
): Promise<KeptVersion> {
  const { client, bounds } = parts;
  const { definition, files } = content;
  const text = JSON.stringify({ definition, files });
  const size = Buffer.byteLength(text);
  const { ids, versions, bytes, contents } = problemKeys(parts, owner, id);
  await client.sadd(ownersKey(parts), owner);
  const [outcome, figure, heldBytes, more] = (await client.eval(
    ADD_VERSION,
    4,
    ...[ids, versions, bytes, contents],
    id,
    version,
    text,
    size,
    Date.now(),
    bounds.maxProblems,
    bounds.maxBytes,
    bounds.maxVersions,
  )) as [string, string | number, number, number];
  if (outcome === 'full') {
    const held = { problems: Number(figure), blobs: 0, bytes: heldBytes };
    assertRoom(held, { problems: more, bytes: size }, bounds);
  }
  return { id, version, createdAtMs: Number(figure), definition, files };
}

async function findVersion(
  parts: RedisParts,
  owner: string,
  id: string,
  version: string | undefined,
): Promise<KeptVersion | null> {
  const { client } = parts;
  const { versions, contents } = problemKeys(parts, owner, id);
  const [latest] = version === undefined ? await client.zrevrange(versions, 0, 0) : [version];
  if (latest === undefined) return null;
  const [content, score] = await Promise.all([
    client.hget(contents, latest),
    client.zscore(versions, latest),
  ]);
  if (content === null || score === null) return null;
  const { definition, files } = JSON.parse(content.slice(content.indexOf(' '))) as ProblemContent;
  return { id, version: latest, createdAtMs: Number(score), definition, files };
}

function pairsIn(listed: readonly string[]): [string, string][] {
  return listed.flatMap((each, index) => (index % 2 === 0 ? [[each, listed[index + 1] ?? '']] : []));
}

async function cleanUp(parts: RedisParts): Promise<{ blobs: number; bytes: number }> {
  const { client, bounds } = parts;
  const removed = { blobs: 0, bytes: 0 };
  const before = Date.now() - bounds.unusedMs;
  for (const owner of await client.smembers(ownersKey(parts))) {
    const { info, used, bytes } = blobKeys(parts, owner, '');
    let named: Set<string> | null = null;
    for (let offset = 0; ; ) {
      const unused = await client.zrangebyscore(used, '-inf', before, 'LIMIT', offset, LOOKED_AT_ONCE);
      named ??= unused.length === 0 ? new Set() : await namedBy(parts, owner);
      for (const sha256 of unused) {
        if (named.has(sha256)) {
          offset += 1;
          continue;
        }
        const { blob } = blobKeys(parts, owner, sha256);
        const size = Number(await client.eval(REMOVE_BLOB, 4, info, used, bytes, blob, sha256, before));
        if (size === 0) continue;
        removed.blobs += 1;
        removed.bytes += size - 1;
      }
      if (unused.length < LOOKED_AT_ONCE) break;
    }
  }
  return removed;
}

async function namedBy(parts: RedisParts, owner: string): Promise<Set<string>> {
  const named = new Set<string>();
  for (const id of await parts.client.zrangebylex(problemKeys(parts, owner, '').ids, '-', '+')) {
    const { contents } = problemKeys(parts, owner, id);
    for (const version of await parts.client.hkeys(contents)) {
      const kept = await findVersion(parts, owner, id, version);
      for (const blob of kept === null ? [] : blobsNamed(kept)) named.add(blob);
    }
  }
  return named;
}

async function counts(parts: RedisParts) {
  const { client } = parts;
  const sum = { owners: 0, problems: 0, blobs: 0, bytes: 0 };
  for (const owner of await client.smembers(ownersKey(parts))) {
    const { info, bytes } = blobKeys(parts, owner, '');
    const [problems, blobs, held] = await Promise.all([
      client.zcard(problemKeys(parts, owner, '').ids),
      client.hlen(info),
      client.get(bytes),
    ]);
    if (problems + blobs > 0) sum.owners += 1;
    sum.problems += problems;
    sum.blobs += blobs;
    sum.bytes += Number(held ?? 0);
  }
  return sum;
}
