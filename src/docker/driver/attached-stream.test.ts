// The stream of an attached container taken apart: whatever the pieces are that it comes in, both outputs arrive whole and
// in order, and the ends of either side reach the other.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Duplex, PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { separateStreams } from './attached-stream.ts';

const STDOUT = 1;
const STDERR = 2;

function piece(stream: number, content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content as string);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

/** An attached stream, fed by `input`; what is written to it is in `written`. */
function attach() {
  const input = new PassThrough();
  const written: Buffer[] = [];
  const attached = Duplex.from({
    readable: input,
    writable: new PassThrough().on('data', (bytes: Buffer) => void written.push(bytes)),
  });
  const lines: string[] = [];
  const stdout: Buffer[] = [];
  const channel = separateStreams(attached, (line) => void lines.push(line));
  channel.on('data', (bytes: Buffer) => void stdout.push(bytes));
  const closed = new Promise((resolve) => channel.once('close', resolve));
  return { input, written, attached, channel, lines, closed, stdout: () => Buffer.concat(stdout) };
}

async function separate(chunks: readonly Uint8Array[]) {
  const { input, stdout, lines, closed } = attach();
  for (const chunk of chunks) input.write(chunk);
  input.end();
  await closed;
  return { stdout: stdout(), lines };
}

test('both outputs arrive, the one as bytes and the other as lines', async () => {
  const pieces = [
    piece(STDOUT, 'one '),
    piece(STDERR, 'first\nsec'),
    piece(STDOUT, 'two'),
    piece(STDERR, 'ond\n'),
  ];
  const { stdout, lines } = await separate(pieces);
  assert.equal(stdout.toString(), 'one two');
  assert.deepEqual(lines, ['first', 'second']);
});

test('a header may be split at any byte', async () => {
  const bytes = Buffer.concat([piece(STDOUT, 'abc'), piece(STDERR, 'line\n'), piece(STDOUT, 'def')]);
  for (let at = 0; at <= bytes.length; at++) {
    const { stdout, lines } = await separate([bytes.subarray(0, at), bytes.subarray(at)]);
    assert.equal(stdout.toString(), 'abcdef', `split at ${at}`);
    assert.deepEqual(lines, ['line'], `split at ${at}`);
  }
});

test('a piece without content changes nothing', async () => {
  const { stdout, lines } = await separate([
    piece(STDOUT, ''),
    piece(STDERR, ''),
    piece(STDOUT, 'x'),
    piece(STDERR, '\n\nline\n'),
  ]);
  assert.equal(stdout.toString(), 'x');
  assert.deepEqual(lines, ['line']);
});

test('any pieces, cut anywhere, arrive as they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(STDOUT, STDERR), fc.uint8Array({ maxLength: 300 })), {
        maxLength: 12,
      }),
      fc.array(fc.nat(4000), { maxLength: 12 }),
      async (contents, places) => {
        const bytes = Buffer.concat(contents.map(([stream, content]) => piece(stream, content)));
        const cuts = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
        const chunks = [0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index] ?? bytes.length));
        const { stdout, lines } = await separate(chunks.filter(({ length }) => length > 0));
        const of = (wanted: number) =>
          Buffer.concat(contents.filter(([stream]) => stream === wanted).map(([, content]) => content));
        assert.ok(stdout.equals(of(STDOUT)));
        const wholeLines = of(STDERR).toString('latin1').split('\n').slice(0, -1);
        assert.deepEqual(
          lines,
          wholeLines.filter((line) => line !== ''),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('a line has a bound', async () => {
  const endless = Array.from({ length: 20 }, () => piece(STDERR, 'x'.repeat(10_000)));
  const { lines } = await separate([...endless, piece(STDERR, '\nnext\n')]);
  assert.equal(lines.length, 2);
  assert.ok((lines[0]?.length ?? 0) <= 4096);
  assert.equal(lines[1], 'next');
});

test('lines have a bound in number, and what comes after it is only counted', async () => {
  const input = new PassThrough();
  const attached = Duplex.from({ readable: input, writable: new PassThrough().resume() });
  const lines: string[] = [];
  let printed = 0;
  const channel = separateStreams(
    attached,
    (line) => lines.push(line),
    (bytes) => {
      printed = bytes;
    },
  );
  const closed = once(channel, 'close');
  const before = process.cpuUsage();
  const flood = piece(STDERR, 'a\n'.repeat(32_768));
  for (let sent = 0; sent < 400; sent++) input.write(flood);
  input.end();
  await closed;
  const { user, system } = process.cpuUsage(before);
  assert.equal(lines.length, 256);
  assert.equal(printed, 400 * 65_536);
  assert.ok(user + system < 2_000_000, `${user + system} µs of CPU time for 26 MB`);
});

test('what is written goes to the container as it is', async () => {
  const { channel, written, attached } = attach();
  channel.write('some');
  channel.end(' words');
  await once(attached, 'finish');
  assert.equal(Buffer.concat(written).toString(), 'some words');
});

test('a reader that is slow holds the container up, and loses nothing', async () => {
  const input = new PassThrough();
  const attached = Duplex.from({ readable: input, writable: new PassThrough().resume() });
  const channel = separateStreams(attached, () => {});
  const content = Buffer.alloc(512 * 1024, 'x');
  for (let sent = 0; sent < 8; sent++) input.write(piece(STDOUT, content));
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(channel.readableLength < 8 * content.length, 'all of it is in memory');
  let got = 0;
  channel.on('data', (bytes: Buffer) => {
    got += bytes.length;
    if (got === 8 * content.length) input.end();
  });
  await once(channel, 'close');
  assert.equal(got, 8 * content.length);
});

for (const [how, end] of [
  ['ends', (_attached: Duplex, input: PassThrough) => void input.end()],
  ['breaks', (attached: Duplex) => void attached.destroy(new Error('reset'))],
  ['is closed', (attached: Duplex) => void attached.destroy()],
] as const)
  test(`the channel is closed when the container's stream ${how}`, async () => {
    const { attached, input, channel } = attach();
    channel.on('error', () => {});
    const closed = new Promise((resolve) => channel.once('close', resolve));
    end(attached, input);
    await closed;
    assert.equal(channel.destroyed, true);
    assert.equal(attached.destroyed, true);
  });

test('the container loses its stream when the channel is closed', async () => {
  const { attached, channel } = attach();
  attached.on('error', () => {}); // of this test's own stream: it tells that it did not end by itself
  const closed = new Promise((resolve) => attached.once('close', resolve));
  channel.destroy();
  await closed;
  assert.equal(attached.destroyed, true);
});
