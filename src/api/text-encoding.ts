// How a request encodes inputs and expected outputs: as text, or as Base64 for bytes that are not text.

export const TEXT_ENCODINGS = ['utf8', 'base64'] as const;
export type TextEncoding = (typeof TEXT_ENCODINGS)[number];

/** Characters that standard Base64 does not have. A search for one character never backtracks. */
const NOT_BASE64 = /[^A-Za-z0-9+/]/;

/** Standard Base64 with padding, without line breaks. */
export function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) return false;
  const end = text.search(NOT_BASE64);
  return end === -1 || ['=', '=='].includes(text.slice(end, end + 3));
}

/** The number of bytes that the text represents. */
export function bytesIn(text: string, encoding: TextEncoding): number {
  return Buffer.byteLength(text, encoding);
}

export function bytesOfText(text: string, encoding: TextEncoding): Buffer {
  return Buffer.from(text, encoding);
}

/** The beginning of an encoded text, at most `bytes` long, cut between characters. */
export function beginningOfText(text: string, encoding: TextEncoding, bytes: number): string {
  if (encoding === 'base64') return text.slice(0, bytes - (bytes % 4));
  const beginning = Buffer.from(text.slice(0, bytes), 'utf8').subarray(0, bytes);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(beginning, { stream: true });
}
