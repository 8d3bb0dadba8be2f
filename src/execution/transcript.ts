// What two programs said to each other, in order and with times: as much of it as is kept.

import { KIB } from '../units.ts';

export type Speaker = 'program' | 'interactor';

const MAX_BYTES = 64 * KIB;

export type Transcript = readonly {
  readonly from: Speaker;
  readonly text: string;
  /** Since the beginning. */
  readonly at_ms: number;
}[];

interface Entry {
  readonly from: Speaker;
  readonly pieces: Buffer[];
  readonly atMs: number;
}

export function createTranscript() {
  const begin = performance.now();
  const entries: Entry[] = [];
  let bytes = 0;
  let kept = 0;
  return {
    add(from: Speaker, written: Buffer): void {
      bytes += written.length;
      const piece = written.subarray(0, MAX_BYTES - kept);
      if (piece.length === 0) return;
      kept += piece.length;
      const last = entries.at(-1);
      if (last?.from === from) last.pieces.push(piece);
      else entries.push({ from, pieces: [piece], atMs: performance.now() - begin });
    },
    /** All that was said, also what is not kept. */
    bytes: () => bytes,
    whole: (): Transcript =>
      entries.map(({ from, pieces, atMs }) => ({
        from,
        text: Buffer.concat(pieces).toString('utf8'),
        at_ms: Math.round(atMs * 10) / 10,
      })),
  };
}
