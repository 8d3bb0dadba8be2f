// The contract of what is kept of problems: their versions, and the blobs that these name. Everything belongs to an owner,
// and does not exist for another. It knows nothing of HTTP, nor of how a problem is judged.

import type { ProblemDefinition } from '../api/problem.ts';

/** A file of the package that a problem was read from. */
export interface PackageFile {
  readonly path: string;
  readonly blob: string;
}

/** What never changes of a problem: its version is a digest of it. Data is in it, or in blobs that it names. */
export interface ProblemContent {
  readonly definition: ProblemDefinition;
  /** All files of the package, by path; `null` for a problem that is not from a package. */
  readonly files: readonly PackageFile[] | null;
}

export interface VersionEntry {
  readonly version: string;
  /** When it became the latest. */
  readonly createdAtMs: number;
}

export interface KeptVersion extends ProblemContent, VersionEntry {
  readonly id: string;
}

export interface BlobInfo {
  readonly bytes: number;
  /** It is valid UTF-8. */
  readonly isText: boolean;
}

interface ProblemCounts {
  readonly owners: number;
  readonly problems: number;
  readonly blobs: number;
  readonly bytes: number;
}

export interface StoreBounds {
  /** Of one owner, of blobs and versions together. */
  readonly maxBytes: number;
  /** Of one owner. */
  readonly maxProblems: number;
  /** Of one owner. */
  readonly maxBlobs: number;
  /** Of one problem. */
  readonly maxVersions: number;
  /** How long a blob is kept that nothing names. */
  readonly unusedMs: number;
}

/** All methods reject with `unavailable` if the store cannot be reached. */
export interface ProblemStore {
  /** `sha256` is the digest of the content. False if it was there already. Rejects with `too_large` if it has no room. */
  addBlob(owner: string, sha256: string, content: Uint8Array): Promise<boolean>;
  /** `null` if it is not there. One that is asked for counts as used. */
  findBlob(owner: string, sha256: string): Promise<BlobInfo | null>;
  readBlob(owner: string, sha256: string): Promise<Buffer | null>;
  /** Makes it the latest version, also if it was there. The oldest beyond the bound go. Rejects with `too_large`. */
  add(owner: string, id: string, version: string, content: ProblemContent): Promise<KeptVersion>;
  /** The latest version without `version`; `null` if it is not there. */
  find(owner: string, id: string, version?: string): Promise<KeptVersion | null>;
  /** The latest first; none if there is no such problem. */
  versions(owner: string, id: string): Promise<readonly VersionEntry[]>;
  /** Ids in order, after this one. */
  list(
    owner: string,
    options: { readonly after: string; readonly limit: number },
  ): Promise<readonly string[]>;
  /** All its versions. False if it was not there. Their blobs go when they were not used for a while. */
  remove(owner: string, id: string): Promise<boolean>;
  /** Removes blobs that nothing names and nobody used. */
  cleanUp(): Promise<{ readonly blobs: number; readonly bytes: number }>;
  counts(): Promise<ProblemCounts>;
  close(): Promise<void>;
}
