// How a request writes what programs read and are expected to write: as text, or as Base64 of bytes that are no text.

export const TEXT_ENCODINGS = ['utf8', 'base64'] as const;
export type TextEncoding = (typeof TEXT_ENCODINGS)[number];

/** What standard Base64 is not made of. A search for one character never goes back, whatever the length. */
const NOT_BASE64 = /[^A-Za-z0-9+/]/;

/** Standard Base64 with padding, without line breaks. */
export function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) return false;
  const end = text.search(NOT_BASE64);
  return end === -1 || ['=', '=='].includes(text.slice(end, end + 3));
}

/** How many bytes the text stands for. */
export function bytesIn(text: string, encoding: TextEncoding): number {
  return Buffer.byteLength(text, encoding);
}

export function bytesOfText(text: string, encoding: TextEncoding): Buffer {
  return Buffer.from(text, encoding);
}

/** The beginning of a text in at most so many bytes of it as it is written, cut between characters. */
export function beginningOfText(text: string, encoding: TextEncoding, bytes: number): string {
  if (encoding === 'base64') return text.slice(0, bytes - (bytes % 4));
  const beginning = Buffer.from(text.slice(0, bytes), 'utf8').subarray(0, bytes);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(beginning, { stream: true });
}
