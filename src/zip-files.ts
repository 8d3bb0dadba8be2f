// The files of a ZIP archive that a client sends. Every size is bounded before and while it is unpacked, and what the
// archive says of itself is never trusted.

import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';

const inflate = promisify(inflateRaw);
const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
/** In place of a size or a position that is in a field of ZIP64. */
const IN_ZIP64 = 0xffffffff;
/** Of a name, and of the directories in it: what is done with each of them takes time. */
const MAX_NAME_LENGTH = 512;
const MAX_NAME_PARTS = 32;
/** Of the file modes that Unix writes. */
const FILE_TYPE = 0o170000;
const REGULAR_FILE = 0o100000;

export interface ZipFile {
  readonly path: string;
  readonly content: Buffer;
}

export interface ZipBounds {
  readonly files: number;
  /** Of all files together. */
  readonly bytes: number;
}

/** A sentence about an archive that cannot be unpacked. */
export class ZipFault extends Error {}

interface Entry {
  readonly name: string;
  readonly isEncrypted: boolean;
  readonly isRegular: boolean;
  readonly method: number;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly offset: number;
}

/** Directories are left out. Rejects with a `ZipFault`. */
export async function filesInZip(archive: Buffer, bounds: ZipBounds): Promise<ZipFile[]> {
  const entries = entriesOf(archive, bounds.files).filter(({ name }) => !name.endsWith('/'));
  if (entries.length > bounds.files) throw new ZipFault(`must have at most ${bounds.files} files`);
  const files: ZipFile[] = [];
  const names = new Set<string>();
  let left = bounds.bytes;
  for (const entry of entries) {
    const written = entry.name.replaceAll('\\', '/');
    const path = relativePath(written);
    const name = JSON.stringify(entry.name.slice(0, 100));
    if (path === null) throw new ZipFault(`must not have ${name}, which leaves the directory`);
    if (path.length > MAX_NAME_LENGTH || path.split('/').length > MAX_NAME_PARTS) {
      throw new ZipFault(
        `must have names of at most ${MAX_NAME_LENGTH} characters in ${MAX_NAME_PARTS} directories, got ${name}`,
      );
    }
    if (names.has(path)) throw new ZipFault(`must have each file once, and has ${name} twice`);
    names.add(path);
    if (!entry.isRegular) throw new ZipFault(`must have regular files only, not ${name}`);
    if (entry.isEncrypted) throw new ZipFault(`must not be encrypted, as ${name} is`);
    const content = await contentOf(archive, entry, left);
    if (content === null)
      throw new ZipFault(`must have at most ${bounds.bytes} bytes unpacked; ${name} has more`);
    if (crc32(content) !== entry.crc) throw new ZipFault(`has ${name}, whose content does not have its CRC`);
    left -= content.length;
    files.push({ path, content });
  }
  return files;
}

/** `null` for a name that leaves the directory or names none. */
function relativePath(name: string): string | null {
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name) || name.includes('\0')) return null;
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..') || parts[0]?.startsWith('-')) return null;
  return parts.join('/');
}

function broken(): ZipFault {
  return new ZipFault('is not a valid ZIP archive');
}

function zip64(): ZipFault {
  return new ZipFault('must not use ZIP64, which only larger archives need');
}

/** The entries of the directory, which stands at the end. It may name as many directories as files. */
function entriesOf(archive: Buffer, maxFiles: number): Entry[] {
  const end = endOf(archive);
  const count = archive.readUInt16LE(end + 10);
  if (count > 2 * maxFiles) throw new ZipFault(`must have at most ${maxFiles} files`);
  const entries: Entry[] = [];
  let position = archive.readUInt32LE(end + 16);
  if (position === IN_ZIP64) throw zip64();
  for (let index = 0; index < count; index += 1) {
    if (position + ENTRY_BYTES > end || archive.readUInt32LE(position) !== ENTRY_SIGNATURE) throw broken();
    const nameBytes = archive.readUInt16LE(position + 28);
    const mode = archive.readUInt32LE(position + 38) >>> 16;
    if ([20, 24, 42].some((at) => archive.readUInt32LE(position + at) === IN_ZIP64)) throw zip64();
    const name = archive.toString('utf8', position + ENTRY_BYTES, position + ENTRY_BYTES + nameBytes);
    entries.push({
      name,
      isEncrypted: (archive.readUInt16LE(position + 8) & ENCRYPTED) !== 0,
      isRegular: (mode & FILE_TYPE) === 0 || (mode & FILE_TYPE) === REGULAR_FILE,
      method: archive.readUInt16LE(position + 10),
      crc: archive.readUInt32LE(position + 16),
      compressedBytes: archive.readUInt32LE(position + 20),
      offset: archive.readUInt32LE(position + 42),
    });
    const extraBytes = archive.readUInt16LE(position + 30);
    position += ENTRY_BYTES + nameBytes + extraBytes + archive.readUInt16LE(position + 32);
  }
  return entries;
}

/** A comment may follow the end of the directory. */
function endOf(archive: Buffer): number {
  const first = Math.max(0, archive.length - END_BYTES - MAX_COMMENT_BYTES);
  for (let position = archive.length - END_BYTES; position >= first; position -= 1) {
    if (archive.readUInt32LE(position) === END_SIGNATURE) return position;
  }
  throw broken();
}

/** `null` if it has more bytes than that. */
async function contentOf(archive: Buffer, entry: Entry, maxBytes: number): Promise<Buffer | null> {
  const { offset, compressedBytes, method } = entry;
  if (offset + LOCAL_BYTES > archive.length) throw broken();
  const names = archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
  const start = offset + LOCAL_BYTES + names;
  if (start + compressedBytes > archive.length) throw broken();
  const bytes = archive.subarray(start, start + compressedBytes);
  if (method === STORED) return bytes.length > maxBytes ? null : bytes;
  if (method !== DEFLATED) throw new ZipFault('must be packed with deflate');
  try {
    return await inflate(bytes, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') return null;
    throw broken();
  }
}
