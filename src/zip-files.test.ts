// Which archives of clients are unpacked, and which are not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import { filesInZip, ZipFault } from './zip-files.ts';

const BOUNDS = { files: 3, bytes: 1000 };
type Files = Parameters<typeof zipSync>[0];
const zip = (files: Files) => Buffer.from(zipSync(files));
const text = strToU8('text');

async function refused(archive: Buffer): Promise<string> {
  const found = await filesInZip(archive, BOUNDS).catch((error: unknown) => error);
  assert.ok(found instanceof ZipFault, `it was unpacked: ${JSON.stringify(found)}`);
  return found.message;
}

test('an archive has files, packed or stored, and directories', async () => {
  const archive = zip({
    'a.txt': text,
    lib: { 'b.txt': [text, { level: 0 }] },
    './c': strToU8('x'.repeat(900)),
  });
  const files = await filesInZip(archive, BOUNDS);
  assert.deepEqual(
    files.map(({ path, content }) => [path, content.length]),
    [
      ['a.txt', 4],
      ['lib/b.txt', 4],
      ['c', 900],
    ],
  );
});

test('an archive that leaves its directory, or has what is no file, is refused', async () => {
  assert.match(await refused(zip({ '../a': text })), /"\.\.\/a", which leaves/);
  assert.match(await refused(zip({ 'a\\..\\..\\b': text })), /leaves/);
  const link = zip({ a: [text, { os: 3, attrs: 0o120777 << 16 }] });
  assert.match(await refused(link), /regular files only, not "a"/);
});

test('an archive with absolute names, names twice or encrypted files is refused', async () => {
  assert.match(await refused(zip({ '/etc/passwd': text })), /"\/etc\/passwd", which leaves/);
  assert.match(await refused(zip({ 'C:\\a': text })), /leaves/);
  assert.match(await refused(zip({ 'a/b': text, 'a//b': text })), /"a\/\/b" twice/);
  const encrypted = zip({ a: text });
  encrypted.writeUInt16LE(1, encrypted.indexOf('PK\x01\x02', 0, 'latin1') + 8);
  assert.match(await refused(encrypted), /must not be encrypted, as "a" is/);
});

test('an archive with names that are too long or too deep is refused', async () => {
  assert.match(await refused(zip({ ['x'.repeat(513)]: text })), /names of at most 512 characters in 32/);
  assert.match(
    await refused(zip({ [`${'a/'.repeat(32)}x`]: text })),
    /names of at most 512 characters in 32/,
  );
});

test('an archive in the form of large ones is refused as such', async () => {
  for (const [signature, at] of [
    ['PK\x05\x06', 16],
    ['PK\x01\x02', 20],
    ['PK\x01\x02', 24],
    ['PK\x01\x02', 42],
  ] as const) {
    const archive = zip({ a: text });
    archive.writeUInt32LE(0xffffffff, archive.indexOf(signature, 0, 'latin1') + at);
    assert.match(await refused(archive), /must not use ZIP64/, `${at}`);
  }
});

test('an archive whose content does not have its CRC is refused', async () => {
  const changed = zip({ a: [text, { level: 0 }] });
  changed.write('T', changed.indexOf('text', 0, 'latin1'));
  assert.match(await refused(changed), /"a", whose content does not have its CRC/);
});

test('an archive with too much in it is refused, whatever it says of its sizes', async () => {
  const many = Object.fromEntries(Array.from({ length: 4 }, (_, index) => [`${index}`, text]));
  assert.match(await refused(zip(many)), /at most 3 files/);
  const bomb = zip({ a: new Uint8Array(100_000) });
  const entry = bomb.indexOf('PK\x01\x02', 0, 'latin1');
  bomb.writeUInt32LE(4, entry + 24);
  assert.match(await refused(bomb), /at most 1000 bytes unpacked/);
});

test('what is no archive is refused', async () => {
  const whole = zip({ a: strToU8('some text of an archive') });
  for (let length = 0; length < whole.length; length += 7) await refused(whole.subarray(0, length));
  const wrong = Buffer.from(whole);
  wrong.fill(0xff, 31, 45);
  assert.match(await refused(wrong), /not a valid ZIP/);
});
