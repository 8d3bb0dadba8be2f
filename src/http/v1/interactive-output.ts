// What a program writes as messages: texts that never cut a character in two, or Base64.

import type { OutputEncoding } from '../../execution/output.ts';

export interface OutputDecoder {
  decode(bytes: Buffer): string;
  /** What is left of a character that never ended. */
  end(): string;
}

/** Bytes that are not UTF-8 become U+FFFD. */
export function createOutputDecoder(encoding: OutputEncoding): OutputDecoder {
  if (encoding === 'base64') return { decode: (bytes) => bytes.toString('base64'), end: () => '' };
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return { decode: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
}
