// What is in the archive that a build sends.

import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { test } from 'node:test';
import { extract } from 'tar-stream';
import { packContext } from './image-context.ts';

test('files, directories, links and whole trees are packed, readable for everyone', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'image-context-'));
  try {
    await mkdir(join(directory, 'inner'));
    await writeFile(join(directory, 'inner/tool'), 'run', { mode: 0o700 });
    await writeFile(join(directory, 'note'), 'text', { mode: 0o600 });
    await symlink('note', join(directory, 'alias'));
    await chmod(directory, 0o700);
    const entries = [
      { path: 'Dockerfile', content: 'FROM scratch\n' },
      { path: 'empty', directory: true },
      { path: 'tmp', link: '/box/tmp' },
      { path: 'tree', source: directory },
      { path: 'program', source: join(directory, 'note'), executable: true },
    ] as const;
    const found = await unpack(packContext(entries));
    assert.deepEqual(found, [
      ['Dockerfile', 'file', 0o644, 'FROM scratch\n'],
      ['empty', 'directory', 0o755, ''],
      ['tmp', 'symlink', '/box/tmp', ''],
      ['tree', 'directory', 0o755, ''],
      ['tree/alias', 'symlink', 'note', ''],
      ['tree/inner', 'directory', 0o755, ''],
      ['tree/inner/tool', 'file', 0o755, 'run'],
      ['tree/note', 'file', 0o644, 'text'],
      ['program', 'file', 0o755, 'text'],
    ]);
    const [first, second] = await Promise.all([1, 2].map(() => buffer(packContext(entries))));
    assert.deepEqual(first, second);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('a file that is not there ends the archive with an error', async () => {
  await assert.rejects(buffer(packContext([{ path: 'a', source: '/no/such/file' }])), { code: 'ENOENT' });
});

async function unpack(archive: NodeJS.ReadableStream) {
  const entries: unknown[] = [];
  for await (const entry of archive.pipe(extract())) {
    const { name, type, mode, linkname } = entry.header;
    entries.push([name, type, type === 'symlink' ? linkname : mode, await text(entry)]);
  }
  return entries;
}
