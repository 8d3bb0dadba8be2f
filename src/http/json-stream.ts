// Writes JSON in pieces, as its reader takes them, so that a large answer neither holds the event loop nor is in memory
// twice.

import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { KIB } from '../units.ts';

/** Characters of a piece; what is escaped makes it six times as long. */
const PIECE_LENGTH = 64 * KIB;

/** A stream of the JSON of a plain value. `onPiece` gets the bytes of each piece. */
export function jsonStream(value: object, onPiece: (bytes: number) => void = () => {}): Readable {
  return Readable.from(paced(value, onPiece), { highWaterMark: 1 });
}

async function* paced(value: object, onPiece: (bytes: number) => void): AsyncGenerator<Buffer> {
  let text = '';
  for (const piece of pieces(value)) {
    text += piece;
    if (text.length < PIECE_LENGTH) continue;
    yield measured(text, onPiece);
    text = '';
    await nextTurn();
  }
  yield measured(text, onPiece);
}

function measured(text: string, onPiece: (bytes: number) => void): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  onPiece(bytes.length);
  return bytes;
}

function* pieces(value: unknown): Generator<string> {
  if (typeof value === 'string' && value.length > PIECE_LENGTH) yield* piecesOfText(value);
  else if (Array.isArray(value)) yield* piecesOfList(value);
  else if (typeof value === 'object' && value !== null) yield* piecesOfObject(value);
  else yield JSON.stringify(value);
}

/** No surrogate pair is cut: each half alone would be escaped. */
function* piecesOfText(text: string): Generator<string> {
  yield '"';
  for (let begin = 0; begin < text.length; ) {
    const last = text.charCodeAt(begin + PIECE_LENGTH - 1);
    const end = begin + PIECE_LENGTH - (last >= 0xd800 && last < 0xdc00 ? 1 : 0);
    yield JSON.stringify(text.slice(begin, end)).slice(1, -1);
    begin = end;
  }
  yield '"';
}

function* piecesOfList(list: readonly unknown[]): Generator<string> {
  yield '[';
  for (const [index, value] of list.entries()) {
    if (index > 0) yield ',';
    yield* pieces(value ?? null);
  }
  yield ']';
}

function* piecesOfObject(object: object): Generator<string> {
  let separator = '{';
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined) continue;
    yield `${separator}${JSON.stringify(name)}:`;
    yield* pieces(value);
    separator = ',';
  }
  yield separator === '{' ? '{}' : '}';
}
