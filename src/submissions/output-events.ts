// Makes the `output` events of one reader: live chunks as they come, whatever they are cut at, and before the event of a
// test the rest of what it wrote, so that nothing is missing but what an event says was dropped.

import type { LiveOutput } from '../execution/live-output.ts';
import { bytesOfOutput } from '../execution/output.ts';
import type { TestRecord } from '../execution/record.ts';
import type { OutputEvent, View } from './executions.ts';

/** For more output, so that each letter does not become an event. */
export const GATHER_MS = 20;

export interface OutputEvents {
  /** Of what came since the last call. */
  next(): readonly OutputEvent[];
  /** Of what its record has more; none for a hidden test. */
  restOf(test: TestRecord): readonly OutputEvent[];
  /** The execution begins again. */
  reset(): void;
}

type StreamName = OutputEvent['data']['stream'];

interface Piece {
  readonly testIndex: number;
  readonly stream: StreamName;
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** More may follow that completes a character. */
  readonly isOpen: boolean;
}

interface Reading {
  /** The offset of what comes next. */
  next: number;
  readonly decoder: InstanceType<typeof TextDecoder>;
}

export function createOutputEvents(
  live: Pick<LiveOutput, 'take'> | null,
  { encoding }: Pick<View, 'encoding'>,
): OutputEvents {
  const readings = new Map<string, Reading>();
  /** Tests whose record was read: what comes late of them from another process is in it. */
  const ended = new Set<number>();
  const eventsOf = (piece: Piece): OutputEvent[] => {
    const key = `${piece.testIndex} ${piece.stream}`;
    const reading = readings.get(key) ?? { next: 0, decoder: new TextDecoder('utf-8', { ignoreBOM: true }) };
    readings.set(key, reading);
    const missed = piece.offset - reading.next;
    // What stands before a gap is complete no more, and a test that is run again begins anew.
    const left = missed === 0 || encoding === 'base64' ? '' : reading.decoder.decode();
    reading.next = piece.offset + piece.bytes.length;
    const text =
      encoding === 'base64'
        ? Buffer.from(piece.bytes).toString('base64')
        : reading.decoder.decode(piece.bytes, { stream: piece.isOpen });
    const { testIndex: test_index, stream } = piece;
    const dropped = Math.max(0, missed);
    const event = (data: string, dropped_bytes: number): OutputEvent => ({
      id: null,
      type: 'output',
      data: { test_index, stream, data, encoding, dropped_bytes },
    });
    return [
      ...(left === '' ? [] : [event(left, 0)]),
      ...(text === '' && dropped === 0 ? [] : [event(text, dropped)]),
    ];
  };
  return {
    next: () =>
      joined((live?.take() ?? []).filter(({ testIndex }) => !ended.has(testIndex))).flatMap((chunk) =>
        eventsOf({ ...chunk, isOpen: true }),
      ),
    restOf: (test) => {
      ended.add(test.index);
      return (['stdout', 'stderr'] as const).flatMap((stream) => {
        const output = test[stream];
        if (output === null) return [];
        const key = `${test.index} ${stream}`;
        const offset = readings.get(key)?.next ?? 0;
        const bytes = bytesOfOutput(output).subarray(offset);
        const rest = { testIndex: test.index, stream, offset, bytes, isOpen: test[`${stream}_truncated`] };
        const events = eventsOf(rest);
        readings.delete(key);
        return events;
      });
    },
    reset: () => {
      readings.clear();
      ended.clear();
    },
  };
}

type Chunk = Omit<Piece, 'isOpen'>;

/** With those of a stream that follow each other as one. */
function joined(chunks: readonly Chunk[]): Chunk[] {
  const runs: Chunk[][] = [];
  for (const chunk of chunks) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const isNext =
      last !== undefined &&
      last.testIndex === chunk.testIndex &&
      last.stream === chunk.stream &&
      last.offset + last.bytes.length === chunk.offset;
    if (isNext) run?.push(chunk);
    else runs.push([chunk]);
  }
  return runs.map((run) => ({ ...(run[0] as Chunk), bytes: Buffer.concat(run.map(({ bytes }) => bytes)) }));
}
