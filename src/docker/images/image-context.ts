// The context of a build: a tar archive of a Dockerfile and the files it copies. Equal entries produce equal archives,
// on any machine and at any time.

import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';

/** `path` is where it stands in the archive. `source` is a file or directory of this machine. */
export type ContextEntry =
  | { readonly path: string; readonly content: string | Buffer; readonly executable?: boolean }
  | { readonly path: string; readonly source: string; readonly executable?: boolean }
  | { readonly path: string; readonly link: string }
  | { readonly path: string; readonly directory: true };

/** Errors, such as a missing file, come through the stream. */
export function packContext(entries: readonly ContextEntry[]): Readable {
  const archive = pack();
  void writeAll(archive, entries).then(
    () => archive.finalize(),
    (error) => archive.destroy(error),
  );
  return Readable.from(archive);
}

type Archive = ReturnType<typeof pack>;

async function writeAll(archive: Archive, entries: readonly ContextEntry[]): Promise<void> {
  for (const entry of entries) {
    if ('source' in entry) await writeSource(archive, entry.path, entry.source, entry.executable);
    else if ('link' in entry)
      await write(archive, { name: entry.path, type: 'symlink', linkname: entry.link });
    else if ('directory' in entry) await write(archive, { name: entry.path, type: 'directory', mode: 0o755 });
    else await writeFile(archive, entry.path, Buffer.from(entry.content), entry.executable);
  }
}

async function writeSource(archive: Archive, path: string, source: string, executable?: boolean) {
  const found = await stat(source);
  if (found.isFile())
    return writeFile(archive, path, await readFile(source), executable ?? (found.mode & 0o111) !== 0);
  await write(archive, { name: path, type: 'directory', mode: 0o755 });
  const entries = await readdir(source, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const [name, from] = [join(path, entry.name), join(source, entry.name)];
    if (entry.isSymbolicLink())
      await write(archive, { name, type: 'symlink', linkname: await readlink(from) });
    else await writeSource(archive, name, from);
  }
}

/** Readable by everyone, whatever the umask was when the file was created. */
function writeFile(archive: Archive, name: string, content: Buffer, executable = false): Promise<void> {
  return write(archive, { name, mode: executable ? 0o755 : 0o644 }, content);
}

function write(
  archive: Archive,
  header: Parameters<Archive['entry']>[0],
  content: Buffer = Buffer.alloc(0),
): Promise<void> {
  return new Promise((resolve, reject) => {
    const full = { ...header, mtime: new Date(0) };
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    if (header.linkname === undefined) archive.entry(full, content, done);
    else archive.entry(full, done);
  });
}
