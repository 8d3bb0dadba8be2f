// Tasks and events as bytes: JSON, compressed if that is worth it.

import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRaw } from 'node:zlib';

/** Shorter texts are stored as they are. */
const MIN_COMPRESSED_BYTES = 1024;
/** The first byte says how the others are written. */
const PLAIN = 0;
const DEFLATED = 1;

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

export interface Body {
  readonly stored: Buffer;
  /** Of the text. */
  readonly bytes: number;
}

export async function encodeBody(value: unknown): Promise<Body> {
  const text = Buffer.from(JSON.stringify(value));
  const isLong = text.length >= MIN_COMPRESSED_BYTES;
  const written = isLong ? await deflate(text, { level: constants.Z_BEST_SPEED }) : text;
  return { stored: Buffer.concat([Buffer.of(isLong ? DEFLATED : PLAIN), written]), bytes: text.length };
}

/** Rejects for what is no such body. */
export async function decodeBody(stored: Buffer): Promise<unknown> {
  const rest = stored.subarray(1);
  const text = stored[0] === DEFLATED ? await inflate(rest) : rest;
  return JSON.parse(text.toString('utf8'));
}
