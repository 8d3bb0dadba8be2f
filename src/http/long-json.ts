// Writes a long answer as JSON in pieces, between which the event loop goes on with other work. It knows nothing of what the
// answer says.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Characters of texts that are written at once: a few milliseconds even where each is escaped. */
const PIECE_CHARACTERS = 256 * 1024;
/** Shorter answers are written at once. */
const LONG_CHARACTERS = 1024 * 1024;

/** A hook of routes whose answers may be long: those are bytes of JSON when they reach the serializer. */
export async function writeLongAnswer(
  _request: FastifyRequest,
  reply: FastifyReply,
  answer: unknown,
): Promise<unknown> {
  if (lengthOfTexts(answer) < LONG_CHARACTERS) return answer;
  const body = await jsonOf(answer);
  reply.serializer((written) => written);
  return body;
}

function lengthOfTexts(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((length, part) => length + lengthOfTexts(part), 0);
}

/** The same JSON as that of `JSON.stringify`, or one that is read as the same value. */
export async function jsonOf(value: unknown): Promise<Buffer> {
  const written: Buffer[] = [];
  let waiting = '';
  for (const piece of jsonPieces(value)) {
    waiting += piece;
    if (waiting.length < PIECE_CHARACTERS) continue;
    written.push(Buffer.from(waiting));
    waiting = '';
    await nextTurn();
  }
  return Buffer.concat([...written, Buffer.from(waiting)]);
}

function* jsonPieces(value: unknown): Generator<string> {
  if (typeof value === 'string') yield* textPieces(value);
  else if (typeof value !== 'object' || value === null) yield JSON.stringify(value);
  else if (Array.isArray(value))
    yield* listPieces(
      '[',
      value.map((item) => ['', item]),
      ']',
    );
  else yield* listPieces('{', namedParts(value), '}');
}

/** Half of a character that is cut in two is written as an escape, and so is the other half: JSON reads both as one. */
function* textPieces(text: string): Generator<string> {
  yield '"';
  for (let start = 0; start < text.length; start += PIECE_CHARACTERS) {
    yield JSON.stringify(text.slice(start, start + PIECE_CHARACTERS)).slice(1, -1);
  }
  yield '"';
}

function* listPieces(
  open: string,
  parts: readonly (readonly [name: string, value: unknown])[],
  close: string,
): Generator<string> {
  yield open;
  for (const [index, [name, value]] of parts.entries()) {
    yield `${index > 0 ? ',' : ''}${name}`;
    yield* jsonPieces(value);
  }
  yield close;
}

function namedParts(value: object): [string, unknown][] {
  return Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([name, part]) => [`${JSON.stringify(name)}:`, part]);
}
