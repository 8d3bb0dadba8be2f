// Turns the bytes that a program wrote into what a record keeps of them, and that into text or into the exact bytes for
// clients that ask for them.

import { isUtf8 } from 'node:buffer';
import type { ExecutionResult } from '../api/execution.ts';
import { KIB } from '../units.ts';
import type { CompileRecord, ExecutionRecord, Output, TestRecord } from './record.ts';

export type OutputEncoding = 'utf8' | 'base64';

/** Bytes at the end of an output that hold more characters than any verdict needs. */
const LAST_WORDS_BYTES = 16 * KIB;
/** Bytes of U+FFFD, which takes the place of a byte that is not UTF-8. */
const REPLACEMENT_BYTES = 3;
/** Of one character in UTF-8. */
const MAX_CHARACTER_BYTES = 4;

/** Bytes of JSON that each byte of a text takes: what is escaped takes more than one. */
const JSON_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const isShort = [0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x22, 0x5c].includes(byte);
  return isShort ? 2 : byte < 0x20 ? 6 : 1;
});
const MAX_JSON_BYTES = Math.max(...JSON_BYTES);

/** Keeps the bytes as text where they are the UTF-8 of one. */
export function outputOf(bytes: Uint8Array, isTruncated: boolean): Output {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? buffer.toString('utf8') : { base64: buffer.toString('base64'), isTruncated };
}

/** How many bytes an output has. */
export function bytesInOutput(output: Output): number {
  return typeof output === 'string' ? Buffer.byteLength(output) : Buffer.byteLength(output.base64, 'base64');
}

/** The beginning of an output that takes at most this many bytes in the JSON of an answer. */
export function beginningOf(bytes: Uint8Array, maxJsonBytes: number): Uint8Array {
  if (bytes.length * MAX_JSON_BYTES <= maxJsonBytes) return bytes;
  const beginning = bytes.subarray(0, maxJsonBytes);
  const bytesOfOther = isBeginningOfUtf8(beginning) ? 1 : REPLACEMENT_BYTES;
  let jsonBytes = 0;
  for (let end = 0; end < beginning.length; end += 1) {
    const byte = beginning[end] ?? 0;
    jsonBytes += byte < 0x80 ? (JSON_BYTES[byte] ?? MAX_JSON_BYTES) : bytesOfOther;
    if (jsonBytes > maxJsonBytes) return beginning.subarray(0, end);
  }
  return beginning;
}

/** Whether these bytes are UTF-8 up to a last character that may have been cut. */
function isBeginningOfUtf8(bytes: Uint8Array): boolean {
  const end = beginningOfLastCharacter(bytes);
  return isUtf8(bytes.subarray(0, end)) && isBeginningOfCharacter(bytes.subarray(end));
}

function beginningOfLastCharacter(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 0 && bytes.length - end < MAX_CHARACTER_BYTES && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80)
    end -= 1;
  return (bytes[end - 1] ?? 0) >= 0xc0 ? end - 1 : bytes.length;
}

function isBeginningOfCharacter(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The end of what a program wrote, as text: where a runtime says why it ends. */
export function lastWordsOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(-LAST_WORDS_BYTES));
}

/** The result as clients see it, every `stdout` and `stderr` as text or as Base64 of the exact bytes. */
export function presentResult(record: ExecutionRecord, encoding: OutputEncoding): ExecutionResult {
  return {
    ...record,
    compile: record.compile && presentCompile(record.compile, encoding),
    results: record.results.map((test) => presentTest(test, encoding)),
  };
}

export function presentCompile(record: CompileRecord, encoding: OutputEncoding) {
  const { stdout, stderr, message } = record;
  return {
    ...record,
    stdout: presented(stdout, encoding),
    stderr: presented(stderr, encoding),
    output: encoding === 'utf8' ? readable(stdout, stderr, message) : readableBytes(stdout, stderr, message),
  };
}

/** What the compiler wrote, whichever stream it used; where it wrote nothing, what is said of it. */
function readable(stdout: Output, stderr: Output, message: string | null): string {
  if (stdout === '' && stderr === '') return message ?? '';
  const [first, second] = [textOf(stdout), textOf(stderr)];
  const isLineOpen = first !== '' && second !== '' && !first.endsWith('\n');
  return `${first}${isLineOpen ? '\n' : ''}${second}`;
}

/** The same in Base64, with the bytes that are no text. */
function readableBytes(stdout: Output, stderr: Output, message: string | null): string {
  const asCharacters = (output: Output) => bytesOfOutput(output).toString('latin1');
  const said = message === null ? null : asCharacters(message);
  return Buffer.from(readable(asCharacters(stdout), asCharacters(stderr), said), 'latin1').toString('base64');
}

/** What is `null`, as in hidden tests, stays `null`. */
export function presentTest(record: TestRecord, encoding: OutputEncoding) {
  const { stdout, stderr } = record;
  return {
    ...record,
    stdout: stdout === null ? null : presented(stdout, encoding),
    stderr: stderr === null ? null : presented(stderr, encoding),
  };
}

function presented(output: Output, encoding: OutputEncoding): string {
  if (encoding === 'utf8') return textOf(output);
  return typeof output === 'string' ? bytesOfOutput(output).toString('base64') : output.base64;
}

/**
 * Bytes that are not UTF-8 become U+FFFD. A character that the output limit cut in two is left out: it is not the
 * program's mistake.
 */
function textOf(output: Output): string {
  if (typeof output === 'string') return output;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return decoder.decode(bytesOfOutput(output), { stream: output.isTruncated });
}

/** Exactly what is kept. */
export function bytesOfOutput(output: Output): Buffer {
  return typeof output === 'string' ? Buffer.from(output, 'utf8') : Buffer.from(output.base64, 'base64');
}
