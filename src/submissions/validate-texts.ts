// Checks the texts of a request for what a schema cannot say: that they can be written as UTF-8, that code and
// arguments hold no NUL, and that they are not too large.

import { bytesIn, isBase64, type TextEncoding } from '../api/text-encoding.ts';
import { type FieldReason, ServiceError } from '../errors.ts';
import { REQUEST_SIZES } from '../limits.ts';
import { reason, rejectIfAny, shown } from './field-reason.ts';
import type { ResolvedRequest } from './resolved-request.ts';

/** UTF-8 takes at most this for each UTF-16 code unit. */
const MAX_BYTES_OF_UNIT = 3;

interface Text {
  readonly path: string;
  readonly text: string;
}

/** What programs read, or are expected to write. */
interface StreamText extends Text {
  readonly encoding: TextEncoding;
}

/** Throws `invalid_request` with every reason found, or `too_large` for the code. */
export function validateTexts(request: ResolvedRequest, maxCodeLength: number): void {
  const sources = present([{ path: 'code', text: request.code }]);
  const args = argumentsOf(request);
  const streams = streamsOf(request);
  for (const { path, text } of sources) rejectLongCode(path, text, maxCodeLength);
  rejectIfAny([
    ...missingCode(request),
    ...[...sources, ...args, ...streams].flatMap(brokenUnicode),
    ...streams.flatMap(brokenBase64),
    ...[...sources, ...args].flatMap(nulCharacter),
    ...argumentSizeReasons(request),
    ...sizeReasons(streams),
  ]);
}

/** Counts characters as the schema does: code points, not the halves of a surrogate pair. */
export function rejectLongCode(path: string, text: string, maxCodeLength: number): void {
  if (text.length <= maxCodeLength) return;
  const length = codePointsOf(text);
  if (length <= maxCodeLength) return;
  const found = reason(path, `must have at most ${maxCodeLength} characters, got ${length}`);
  throw new ServiceError('too_large', found.message, { errors: [found] });
}

export function nulCharacter({ path, text }: Text): FieldReason[] {
  return text.includes('\0') ? [reason(path, 'must not contain NUL characters')] : [];
}

/** A lone surrogate would reach the program as another character. */
export function brokenUnicode({ path, text }: Text): FieldReason[] {
  return text.isWellFormed() ? [] : [reason(path, 'must be valid Unicode, got a lone surrogate')];
}

function brokenBase64({ path, text, encoding }: StreamText): FieldReason[] {
  if (encoding !== 'base64' || isBase64(text)) return [];
  return [reason(path, `must be Base64 with padding, got ${shown(text)}`)];
}

function missingCode({ code, files }: ResolvedRequest): FieldReason[] {
  const isPresent = code !== undefined ? code !== '' : (files ?? []).length > 0;
  return isPresent ? [] : [reason('code', 'is required (or files)')];
}

function codePointsOf(text: string): number {
  let count = 0;
  for (const _character of text) count += 1;
  return count;
}

interface ArgumentList {
  readonly path: string;
  readonly args: readonly string[];
}

/** The request's list and those of tests, each for runs of its own. */
function argumentLists({ args, test_cases }: ResolvedRequest): ArgumentList[] {
  const ofTests = (test_cases ?? []).map((test, index) => ({
    path: `test_cases[${index}].args`,
    args: test.args ?? [],
  }));
  return [{ path: 'args', args: args ?? [] }, ...ofTests];
}

function argumentsOf(request: ResolvedRequest): Text[] {
  return argumentLists(request).flatMap(({ path, args }) =>
    args.map((text, index) => ({ path: `${path}[${index}]`, text })),
  );
}

function argumentSizeReasons(request: ResolvedRequest): FieldReason[] {
  return argumentLists(request).flatMap(({ path, args }) => {
    const bytes = args.reduce((sum, text) => sum + Buffer.byteLength(text, 'utf8'), 0);
    if (bytes <= REQUEST_SIZES.argumentsBytes) return [];
    return [reason(path, `must have at most ${REQUEST_SIZES.argumentsBytes} bytes together, got ${bytes}`)];
  });
}

function streamsOf(request: ResolvedRequest): StreamText[] {
  const ofTests = (request.test_cases ?? []).flatMap(
    ({ input, expected_output, encoding = 'utf8' }, index) => [
      { path: `test_cases[${index}].input`, text: input, encoding },
      { path: `test_cases[${index}].expected_output`, text: expected_output, encoding },
    ],
  );
  return present([
    { path: 'stdin', text: request.stdin, encoding: request.stdin_encoding ?? 'utf8' },
    ...ofTests,
  ]);
}

function present<T extends { readonly text: string | undefined }>(
  texts: readonly T[],
): (T & { text: string })[] {
  return texts.filter((entry): entry is T & { text: string } => entry.text !== undefined);
}

function sizeReasons(streams: readonly StreamText[]): FieldReason[] {
  const mostBytes = streams.reduce((sum, { text }) => sum + MAX_BYTES_OF_UNIT * text.length, 0);
  if (mostBytes <= REQUEST_SIZES.textBytes) return []; // no need to count them
  const sizes = streams.map(({ path, text, encoding }) => ({ path, bytes: bytesIn(text, encoding) }));
  const tooLarge = sizes.filter(({ bytes }) => bytes > REQUEST_SIZES.textBytes);
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (tooLarge.length === 0 && total > REQUEST_SIZES.allTextsBytes) {
    const message = `stdin and test_cases must have at most ${REQUEST_SIZES.allTextsBytes} bytes together, got ${total}`;
    return [{ path: 'test_cases', message }];
  }
  return tooLarge.map(({ path, bytes }) =>
    reason(path, `must have at most ${REQUEST_SIZES.textBytes} bytes, got ${bytes}`),
  );
}
