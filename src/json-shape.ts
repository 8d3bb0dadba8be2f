// Scans the bytes of a JSON body before it is parsed: how deep it is nested, how many values it has and how long its
// strings are. One pass that ends at the first bound, so that no body costs more than its bytes. It does not decide
// whether the body is JSON.

export interface ShapeBounds {
  /** Objects and arrays within each other. */
  readonly depth: number;
  readonly values: number;
  /** Bytes of a string as it is written, by the field that it is the value of, and of all other strings and names. */
  readonly stringBytes: ReadonlyMap<string, number>;
  readonly otherStringBytes: number;
}

export type ShapeFault =
  | { readonly kind: 'depth' | 'values' | 'token'; readonly field: string }
  | { readonly kind: 'string'; readonly field: string; readonly bytes: number };

/** A number that JSON does not have, and the field that it is the value of. */
interface OddNumber {
  readonly field: string;
  readonly written: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** What a byte outside of strings means to the scan; white space means nothing. */
const KIND = { space: 0, other: 1, quote: 2, colon: 3, comma: 4, opening: 5, closing: 6, letter: 7 } as const;
const KINDS = kindsOfBytes();
/** A number, or a word such as `true`. */
export const MAX_TOKEN_BYTES = 400;
const ODD_NUMBER = /^(?:NaN|Infinity)\b/;
const LONGEST_ODD_NUMBER = 9;
/** Names of fields are shorter; only this much of a longer one is read. */
const NAME_BYTES = 64;
/** Bytes of a string that are read one by one, before the rest is searched for its end. */
const NEAR_BYTES = 256;

export interface Shape {
  readonly fault: ShapeFault | null;
  /** Looked for as far as the scan came. */
  readonly oddNumber: OddNumber | null;
}

export function shapeOf(body: Buffer, bounds: ShapeBounds): Shape {
  const scan: Scan = { bounds, body, depth: 0, values: 1, field: '', oddNumber: null, begin: 0, end: 0 };
  let token = 0;
  for (let position = 0; position < body.length; position += 1) {
    const kind = KINDS[body[position] as number] as number;
    token = kind === KIND.other || kind === KIND.letter ? token + 1 : 0;
    if (token > MAX_TOKEN_BYTES) return faulty(scan, { kind: 'token', field: scan.field });
    if (kind <= KIND.other) continue;
    if (kind === KIND.quote) {
      scan.begin = position + 1;
      scan.end = endOfString(body, position + 1);
      position = scan.end;
    }
    const fault = faultAt(scan, kind, position);
    if (fault !== null) return faulty(scan, fault);
  }
  return { fault: null, oddNumber: scan.oddNumber };
}

/** How far the scan has come. */
interface Scan {
  readonly bounds: ShapeBounds;
  readonly body: Buffer;
  depth: number;
  values: number;
  field: string;
  oddNumber: OddNumber | null;
  /** Of the last string. */
  begin: number;
  end: number;
}

function faulty({ oddNumber }: Scan, fault: ShapeFault): Shape {
  return { fault, oddNumber };
}

function faultAt(scan: Scan, kind: number, position: number): ShapeFault | null {
  const { bounds } = scan;
  if (kind === KIND.quote) return stringFault(scan, bounds.stringBytes.get(scan.field));
  if (kind === KIND.letter) scan.oddNumber ??= oddNumberAt(scan.body, position, scan.field);
  else if (kind === KIND.closing) scan.depth -= 1;
  else if (kind === KIND.colon) {
    scan.field = nameAt(scan);
    return stringFault(scan, undefined);
  } else {
    scan.values += 1;
    if (kind === KIND.opening) scan.depth += 1;
    if (scan.depth > bounds.depth) return { kind: 'depth', field: scan.field };
    if (scan.values > bounds.values) return { kind: 'values', field: scan.field };
  }
  return null;
}

/** A byte's kind by its number. `N` and `I` begin numbers that JSON does not have, and nothing else outside of strings. */
function kindsOfBytes(): Uint8Array {
  const kinds = new Uint8Array(256).fill(KIND.other);
  const marks = {
    space: ' \t\r\n',
    quote: '"',
    colon: ':',
    comma: ',',
    opening: '[{',
    closing: ']}',
    letter: 'NI',
  };
  for (const [kind, characters] of Object.entries(marks))
    for (const character of characters) kinds[character.charCodeAt(0)] = KIND[kind as keyof typeof marks];
  return kinds;
}

/** Where the quote is that ends a string, or the end of the body. A long string is searched for its next quote. */
function endOfString(body: Buffer, begin: number): number {
  let position = begin;
  for (;;) {
    const far = Math.min(position + NEAR_BYTES, body.length);
    while (position < far && body[position] !== QUOTE) position += body[position] === BACKSLASH ? 2 : 1;
    if (position < far || position >= body.length) return Math.min(position, body.length);
    const quote = body.indexOf(QUOTE, position);
    if (quote < 0) return body.length;
    if (!isEscaped(body, position, quote)) return quote;
    position = quote + 1;
  }
}

/** Whether an odd number of backslashes is before the quote; none of those before `begin` belongs to them. */
function isEscaped(body: Buffer, begin: number, quote: number): boolean {
  let first = quote;
  while (first > begin && body[first - 1] === BACKSLASH) first -= 1;
  return (quote - first) % 2 === 1;
}

function stringFault(
  { begin, end, field, bounds }: Scan,
  bound = bounds.otherStringBytes,
): ShapeFault | null {
  const bytes = end - begin;
  return bytes > bound ? { kind: 'string', field, bytes } : null;
}

function nameAt({ body, begin, end }: Scan): string {
  return body.toString('latin1', begin, Math.min(end, begin + NAME_BYTES));
}

function oddNumberAt(body: Buffer, position: number, field: string): OddNumber | null {
  const [name] = ODD_NUMBER.exec(body.toString('latin1', position, position + LONGEST_ODD_NUMBER)) ?? [];
  if (name === undefined) return null;
  const before = position > 0 ? body.toString('latin1', position - 1, position) : '';
  return { field, written: before === '-' || before === '+' ? before + name : name };
}
