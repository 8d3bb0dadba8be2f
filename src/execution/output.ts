// Turns the bytes that a program wrote into text, and the text back into exact bytes for clients that ask for them.

import { isUtf8 } from 'node:buffer';
import type { ExecutionResult } from './execution.ts';
import type { CompileRecord, ExecutionRecord, TestRecord } from './record.ts';

export type OutputEncoding = 'utf8' | 'base64';

/** `exactBase64` holds the bytes when the text is not all of them. */
export interface DecodedOutput {
  readonly text: string;
  readonly exactBase64: string | undefined;
}

/**
 * Bytes that are not UTF-8 become U+FFFD. A character that the output limit cut in two is left out: it is not the
 * program's mistake.
 */
export function decodeOutput(bytes: Uint8Array, isTruncated: boolean): DecodedOutput {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const text = decoder.decode(bytes, { stream: isTruncated });
  return { text, exactBase64: isUtf8(bytes) ? undefined : Buffer.from(bytes).toString('base64') };
}

/** The beginning of an output, for an answer that does not show all of it. */
export function beginningOf(bytes: Uint8Array, shownBytes: number): Uint8Array {
  return bytes.length > shownBytes ? bytes.subarray(0, shownBytes) : bytes;
}

/** The fields of a record for two outputs. */
export function outputFields(stdout: DecodedOutput, stderr: DecodedOutput) {
  return {
    stdout: stdout.text,
    stderr: stderr.text,
    ...(stdout.exactBase64 !== undefined && { stdoutBase64: stdout.exactBase64 }),
    ...(stderr.exactBase64 !== undefined && { stderrBase64: stderr.exactBase64 }),
  };
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
  const { stdoutBase64, stderrBase64, ...compile } = record;
  if (encoding === 'utf8') return { ...compile, output: readable(compile, compile.message) };
  const exact = {
    stdout: stdoutBase64 ?? toBase64(compile.stdout),
    stderr: stderrBase64 ?? toBase64(compile.stderr),
  };
  const bytes = { stdout: fromBase64(exact.stdout), stderr: fromBase64(exact.stderr) };
  return {
    ...compile,
    ...exact,
    output: Buffer.from(readable(bytes, compile.message), 'latin1').toString('base64'),
  };
}

/** What the compiler wrote, whichever stream it used; where it wrote nothing, what is said of it. */
function readable(
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
  message: string | null,
): string {
  if (stdout === '' && stderr === '') return message ?? '';
  const isLineOpen = stdout !== '' && stderr !== '' && !stdout.endsWith('\n');
  return `${stdout}${isLineOpen ? '\n' : ''}${stderr}`;
}

/** The bytes as characters of their numbers. */
function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1');
}

/** What is `null`, as in hidden tests, stays `null`. */
function presentTest(record: TestRecord, encoding: OutputEncoding) {
  const { stdoutBase64, stderrBase64, ...test } = record;
  if (encoding === 'utf8') return test;
  return {
    ...test,
    stdout: stdoutBase64 ?? (test.stdout === null ? null : toBase64(test.stdout)),
    stderr: stderrBase64 ?? (test.stderr === null ? null : toBase64(test.stderr)),
  };
}

function toBase64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
