// Writes a ZIP archive as it is read, one file at a time: the same bytes for the same files. Files are packed beside the
// event loop.

import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';
import { Zip, type ZipInputFile } from 'fflate';

/** The first time that an archive can have. */
const MODIFIED = new Date(1980, 0, 1);
const DEFLATED = 8;
const deflate = promisify(deflateRaw);

export async function* writeZip(
  files: AsyncIterable<readonly [path: string, content: Uint8Array]>,
): AsyncGenerator<Uint8Array> {
  const written: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    written.push(chunk);
  });
  for await (const [filename, content] of files) {
    const packed = await deflate(content);
    const file: ZipInputFile = {
      filename,
      mtime: MODIFIED,
      compression: DEFLATED,
      crc: crc32(content),
      size: content.length,
    };
    zip.add(file);
    file.ondata?.(null, packed, true);
    yield* written.splice(0);
  }
  zip.end();
  yield* written;
}
