// The stream of an attached container as the two things it carries: what its first process writes to stdout, and the
// lines it writes to stderr. Each piece has a header of eight bytes: the stream's number, three of nothing, its length.

import { Duplex } from 'node:stream';

const HEADER_BYTES = 8;
const STDERR = 2;
const MAX_LINE_BYTES = 4096;
const MAX_LINES = 256;
const LINE_END = 10;

/**
 * A stream to the container's stdin and from its stdout. `onLine` takes what it prints on stderr, as far as the bounds go,
 * and `onPrinted` the number of bytes printed so far.
 */
export function separateStreams(
  attached: Duplex,
  onLine: (line: string) => void,
  onPrinted: (bytes: number) => void = () => {},
): Duplex {
  const lines = createLineReader(onLine);
  let printed = 0;
  const separate = createSeparator((stream, bytes) => {
    if (stream === STDERR) {
      lines(bytes);
      printed += bytes.length;
      onPrinted(printed);
    } else if (!channel.destroyed && !channel.push(bytes)) attached.pause();
  });
  const channel = new Duplex({
    read: () => void attached.resume(),
    write: (chunk, _encoding, done) => void attached.write(chunk, done),
    final: (done) => void attached.end(done),
    destroy: (error, done) => {
      attached.destroy();
      done(error);
    },
  });
  attached.on('data', separate);
  attached.on('error', (error) => channel.destroy(error));
  attached.on('close', () => channel.destroy());
  attached.on('end', () => channel.destroy());
  return channel;
}

function createSeparator(deliver: (stream: number, bytes: Buffer) => void): (chunk: Buffer) => void {
  let header: Buffer = Buffer.alloc(0);
  let stream = 0;
  let left = 0;
  return (chunk) => {
    let rest = chunk;
    while (rest.length > 0) {
      if (left === 0) {
        const wanted = HEADER_BYTES - header.length;
        header = Buffer.concat([header, rest.subarray(0, wanted)]);
        rest = rest.subarray(wanted);
        if (header.length < HEADER_BYTES) return;
        stream = header.readUInt8(0);
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const bytes = rest.subarray(0, left);
      rest = rest.subarray(bytes.length);
      left -= bytes.length;
      deliver(stream, bytes);
    }
  };
}

/** The output may come from a program, without end: beyond the bounds it is not even read. */
function createLineReader(onLine: (line: string) => void): (bytes: Buffer) => void {
  let rest = '';
  let lines = 0;
  return (bytes) => {
    let from = 0;
    while (from < bytes.length && lines < MAX_LINES) {
      const found = bytes.indexOf(LINE_END, from);
      const end = found === -1 ? bytes.length : found;
      rest += bytes.toString('latin1', from, Math.min(end, from + MAX_LINE_BYTES - rest.length));
      from = end + 1;
      if (found === -1) return;
      if (rest !== '') {
        lines += 1;
        onLine(rest);
      }
      rest = '';
    }
  };
}
