// What programs write while they run, for those who look on in this process: nothing is read unless somebody asked before
// the test began, and a bounded amount is kept for each execution, so that a slow reader misses some and holds up nobody.

import type { OnOutput } from '../sandbox/sandbox.ts';
import { MIB } from '../units.ts';

/** Kept of one execution; what is older is dropped. */
const KEPT_BYTES = MIB;
/** What a chunk costs beside its bytes. */
const CHUNK_BYTES = 256;

export interface OutputChunk {
  readonly testIndex: number;
  readonly stream: 'stdout' | 'stderr';
  /** Bytes of the stream before it. It is 0 again if the test is run again. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** One reader of an execution's output. */
export interface LiveOutput extends Disposable {
  /** What came since the last call, as far as it is kept. */
  take(): readonly OutputChunk[];
  /** Resolves when there is something to take, or after `wake`. */
  changed(): Promise<void>;
  wake(): void;
  /** Adds what another process read; only this reader gets it. */
  receive(chunk: OutputChunk): void;
}

export interface LiveOutputs {
  /** From what is kept on. Tests that begin while somebody follows have live output. */
  follow(executionId: string): LiveOutput;
  /** Begins an execution; with `isKept` its output is kept for those who come later, until it is disposed. */
  begin(executionId: string, isKept: boolean): Disposable;
  /** Receives a test's output; `undefined` if nobody wants it. */
  sink(executionId: string, testIndex: number): OnOutput | undefined;
  /** A test has ended: its record has what was not taken yet. */
  forget(executionId: string, testIndex: number): void;
}

interface Channel {
  readonly ring: Ring<OutputChunk & { readonly number: number }>;
  nextNumber: number;
  users: number;
  readonly readers: Set<() => void>;
}

export function createLiveOutputs(): LiveOutputs {
  const channels = new Map<string, Channel>();
  const use = (id: string) => {
    const channel = channels.get(id) ?? {
      ...{ ring: createRing(), nextNumber: 0, users: 0 },
      readers: new Set<() => void>(),
    };
    channels.set(id, channel);
    channel.users += 1;
    const release = () => {
      channel.users -= 1;
      if (channel.users === 0) channels.delete(id);
    };
    return { channel, release };
  };
  return {
    follow: (id) => {
      const { channel, release } = use(id);
      return followChannel(channel, release);
    },
    begin: (id, isKept) => {
      const known = channels.get(id);
      // An attempt before this one may have left some.
      known?.ring.keepOnly(() => false);
      if (!isKept) return { [Symbol.dispose]: () => {} };
      return { [Symbol.dispose]: use(id).release };
    },
    sink: (id, testIndex) => {
      const channel = channels.get(id);
      return channel && sinkOf(channel, testIndex);
    },
    forget: (id, testIndex) => {
      channels.get(id)?.ring.keepOnly((chunk) => chunk.testIndex !== testIndex);
    },
  };
}

function followChannel(channel: Channel, release: () => void): LiveOutput {
  const received = createRing<OutputChunk>();
  let next = 0;
  let isWoken = false;
  let resolve = () => {};
  const wake = () => {
    isWoken = true;
    resolve();
  };
  channel.readers.add(wake);
  return {
    take: () => {
      const taken = channel.ring.chunks().filter(({ number }) => number >= next);
      next = channel.nextNumber;
      const others = received.chunks();
      received.keepOnly(() => false);
      return [...taken, ...others];
    },
    receive: (chunk) => {
      received.add(chunk);
      wake();
    },
    changed: async () => {
      if (!isWoken) {
        await new Promise<void>((resolved) => {
          resolve = resolved;
        });
      }
      isWoken = false;
    },
    wake,
    [Symbol.dispose]: () => {
      channel.readers.delete(wake);
      release();
    },
  };
}

function sinkOf(channel: Channel, testIndex: number): OnOutput {
  const offsets = { stdout: 0, stderr: 0 };
  return (stream, bytes) => {
    const offset = offsets[stream];
    offsets[stream] += bytes.length;
    const number = channel.nextNumber;
    channel.nextNumber += 1;
    // A copy: the bytes may be a small part of what was read.
    channel.ring.add({ testIndex, stream, offset, number, bytes: Uint8Array.from(bytes) });
    for (const wake of channel.readers) wake();
  };
}

interface Ring<Chunk> {
  add(chunk: Chunk): void;
  chunks(): readonly Chunk[];
  keepOnly(isKept: (chunk: Chunk) => boolean): void;
}

/** The latest chunks, as many as are kept of one execution. */
function createRing<Chunk extends OutputChunk>(): Ring<Chunk> {
  let chunks: Chunk[] = [];
  let size = 0;
  return {
    add: (chunk) => {
      chunks.push(chunk);
      size += sizeOf(chunk);
      let dropped = 0;
      for (; size > KEPT_BYTES; dropped += 1) size -= sizeOf(chunks[dropped]);
      if (dropped > 0) chunks.splice(0, dropped);
    },
    chunks: () => chunks,
    keepOnly: (isKept) => {
      chunks = chunks.filter(isKept);
      size = chunks.reduce((sum, chunk) => sum + sizeOf(chunk), 0);
    },
  };
}

function sizeOf(chunk: OutputChunk | undefined): number {
  return CHUNK_BYTES + (chunk?.bytes.length ?? 0);
}
