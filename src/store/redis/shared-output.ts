// What running executions write, passed on to those in other processes who look on: asked for, bounded, and gone with the
// attempt. It is in no event: the events of tests have it all at the end.

import type { OutputChunk } from '../../execution/live-output.ts';
import { type Answer, type Scripts, textOf } from './scripts.ts';

/** How long an asking lasts; whoever looks on repeats it. */
const ASKED_MS = 15_000;

/** A place in the chunks of an execution. */
export interface OutputPlace {
  readonly fence: string;
  readonly number: string;
}

export interface SharedOutput {
  /** Asks whoever runs it, or begins it soon, for what it writes. Call it again every few seconds. */
  ask(id: string): Promise<void>;
  /** False if this process does not run it any more. `first` is the number of the first chunk; those before `oldest` are dropped. */
  write(
    id: string,
    chunks: readonly OutputChunk[],
    numbers: { readonly first: number; readonly oldest: number },
  ): Promise<boolean>;
  /** What came after a place, `null` for the beginning, and where that ends. */
  read(
    id: string,
    after: OutputPlace | null,
  ): Promise<{ readonly chunks: readonly OutputChunk[]; readonly place: OutputPlace }>;
}

export function createSharedOutput(scripts: Scripts): SharedOutput {
  return {
    ask: async (id) => void (await scripts.run('follow-output', id, ASKED_MS)),
    write: async (id, chunks, { first, oldest }) => {
      const parts = chunks.flatMap(({ testIndex, stream, offset, bytes }) => [
        ...[testIndex, stream, offset],
        Buffer.from(bytes),
      ]);
      const [isOurs] = await scripts.run('write-output', id, first, oldest, ...parts);
      return textOf(isOurs) === '1';
    },
    read: async (id, after) => {
      const [fence, number, parts] = await scripts.run(
        'read-output',
        id,
        after?.fence ?? '',
        after?.number ?? 0,
      );
      return {
        chunks: chunksOf(parts as readonly Answer[]),
        place: { fence: textOf(fence), number: textOf(number) },
      };
    },
  };
}

function chunksOf(parts: readonly Answer[]): OutputChunk[] {
  return Array.from({ length: parts.length / 4 }, (_, index) => {
    const [test, stream, offset, bytes] = parts.slice(4 * index, 4 * index + 4);
    return {
      testIndex: Number(textOf(test)),
      stream: textOf(stream) as OutputChunk['stream'],
      offset: Number(textOf(offset)),
      bytes: bytes as Buffer,
    };
  });
}
