// The stream of an attached container as the two things it carries: what its first process writes to stdout, and the
// lines it writes to stderr. Each piece has a header of eight bytes: the stream's number, three of nothing, its length.

import { Duplex } from 'node:stream';

const HEADER_BYTES = 8;
const STDERR = 2;
const MAX_LINE_CHARACTERS = 4096;

/** A stream to the container's stdin and from its stdout. `onLine` takes what it says on stderr. */
export function separateStreams(attached: Duplex, onLine: (line: string) => void): Duplex {
  const lines = createLineReader(onLine);
  const separate = createSeparator((stream, bytes) => {
    if (stream === STDERR) lines(bytes);
    else if (!channel.destroyed && !channel.push(bytes)) attached.pause();
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

function createLineReader(onLine: (line: string) => void): (bytes: Buffer) => void {
  let rest = '';
  return (bytes) => {
    const lines = (rest + bytes.toString('latin1')).split('\n');
    rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
    for (const line of lines) if (line !== '') onLine(line.slice(0, MAX_LINE_CHARACTERS));
  };
}
