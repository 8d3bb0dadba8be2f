// Walks over a text or a byte string without copying it: its lines and its tokens, in linear time. White space is that
// of ASCII, as in C's `isspace`, so that a verdict does not depend on a locale or on a version of Unicode.

const SPACE = 0x20;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Space, tab, line feed, vertical tab, form feed and carriage return. */
function isWhiteSpace(codeUnit: number): boolean {
  return codeUnit === SPACE || (codeUnit >= TAB && codeUnit <= CARRIAGE_RETURN);
}

function trimmedEnd(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && isWhiteSpace(text.charCodeAt(last - 1))) last -= 1;
  return last;
}

/**
 * The lines of a text up to its last line that is not blank, each without its trailing white space. A carriage return
 * before a line feed is trailing white space, so CRLF and LF give the same lines.
 */
export function* trimmedLines(text: string): Generator<string, undefined> {
  const end = trimmedEnd(text, 0, text.length);
  let start = 0;
  while (start < end) {
    const lineEnd = endOfLine(text, start, end);
    yield text.slice(start, trimmedEnd(text, start, lineEnd));
    start = lineEnd + 1;
  }
}

/** Where these lines start and end, as long as `visit` returns true. */
export function trimmedLineRanges(text: string, visit: (start: number, end: number) => boolean): void {
  const end = trimmedEnd(text, 0, text.length);
  let start = 0;
  while (start < end) {
    const lineEnd = endOfLine(text, start, end);
    if (!visit(start, trimmedEnd(text, start, lineEnd))) return;
    start = lineEnd + 1;
  }
}

function endOfLine(text: string, start: number, end: number): number {
  const lineFeed = text.indexOf('\n', start);
  return lineFeed === -1 ? end : Math.min(lineFeed, end);
}

/** The pieces of a text between white space. */
export function* tokens(text: string): Generator<string, undefined> {
  let position = 0;
  while (position < text.length) {
    while (position < text.length && isWhiteSpace(text.charCodeAt(position))) position += 1;
    const start = position;
    while (position < text.length && !isWhiteSpace(text.charCodeAt(position))) position += 1;
    if (position > start) yield text.slice(start, position);
  }
}

/** The white space before each token and after the last: one piece more than there are tokens, any of them empty. */
export function* gaps(text: string): Generator<string, undefined> {
  let position = 0;
  for (;;) {
    const start = position;
    while (position < text.length && isWhiteSpace(text.charCodeAt(position))) position += 1;
    yield text.slice(start, position);
    if (position === text.length) return;
    while (position < text.length && !isWhiteSpace(text.charCodeAt(position))) position += 1;
  }
}

/** The lines that have tokens, each as its tokens with one space between. A lone carriage return ends a line too. */
export function* tokenLines(text: string): Generator<string, undefined> {
  let start = 0;
  while (start < text.length) {
    let end = start;
    while (end < text.length && !isLineEnd(text.charCodeAt(end))) end += 1;
    const line = [...tokens(text.slice(start, end))].join(' ');
    if (line !== '') yield line;
    start = end + 1;
  }
}

function isLineEnd(codeUnit: number): boolean {
  return codeUnit === LINE_FEED || codeUnit === CARRIAGE_RETURN;
}

/** True when two texts differ in nothing but the white space around their tokens. */
export function haveSameTokens(one: string, other: string): boolean {
  const ofOther = tokens(other);
  for (const token of tokens(one)) if (token !== ofOther.next().value) return false;
  return ofOther.next().value === undefined;
}

/** Where two texts first differ: the length of what they have in common at their start. */
export function firstDifference(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  let position = 0;
  while (position < length && one.charCodeAt(position) === other.charCodeAt(position)) position += 1;
  return position;
}
