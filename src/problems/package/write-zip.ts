// Writes a ZIP archive: the same bytes for the same files.

import { type AsyncZippable, zip } from 'fflate';

/** The first time that an archive can have. */
const MODIFIED = new Date(1980, 0, 1);

export function writeZip(files: ReadonlyMap<string, Uint8Array>): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const entries: AsyncZippable = Object.fromEntries(files);
  zip(entries, { mtime: MODIFIED }, (error, archive) => {
    if (error === null) resolve(Buffer.from(archive.buffer, archive.byteOffset, archive.length));
    else reject(error);
  });
  return promise;
}
