// How an output differs from the expected one: the first difference in words, and lines with the words that differ.

import { diffArrays, diffWordsWithSpace } from 'diff';

const MAX_LINES = 2000;
const MAX_MS = 100;
const MAX_WORD_DIFF_CHARACTERS = 2000;
/** Lines around the first difference when the texts are too long, or too different, for a whole comparison. */
const WINDOW_LINES = 60;
const MAX_SHOWN_LINE = 500;
const MAX_QUOTED = 60;

export interface Piece {
  readonly text: string;
  readonly isChanged: boolean;
}

export type DiffRow =
  | { readonly kind: 'same'; readonly text: string }
  | {
      readonly kind: 'changed';
      readonly expected: readonly Piece[] | null;
      readonly got: readonly Piece[] | null;
    };

export interface Difference {
  readonly sentence: string;
  readonly rows: readonly DiffRow[];
  /** The rows are only those around the first difference, which is on this line. */
  readonly windowAt: number | null;
  readonly lacksLastNewline: 'expected' | 'got' | null;
}

export function differenceOf(expected: string, got: string): Difference {
  const [wanted, output] = [linesOf(expected), linesOf(got)];
  const at = firstDifferentLine(wanted, output);
  const isLong = wanted.length > MAX_LINES || output.length > MAX_LINES;
  const rows = isLong ? null : rowsOf(wanted, output);
  const from = Math.max(0, at - 10);
  return {
    sentence: sentenceOf(wanted, output, at),
    rows:
      rows ?? windowRows(wanted.slice(from, from + WINDOW_LINES), output.slice(from, from + WINDOW_LINES)),
    windowAt: rows === null ? at + 1 : null,
    lacksLastNewline: lastNewline(expected, got),
  };
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function firstDifferentLine(expected: readonly string[], got: readonly string[]): number {
  let line = 0;
  while (line < expected.length && line < got.length && expected[line] === got[line]) line += 1;
  return line;
}

function sentenceOf(expected: readonly string[], got: readonly string[], at: number): string {
  if (at === expected.length && at === got.length) return 'Only the newline at the end differs.';
  if (withoutSpace(expected.join('\n')) === withoutSpace(got.join('\n'))) return 'Only white space differs.';
  if (got.length === 0) return 'There is no output.';
  if (at === got.length) return `Output ends early, after line ${at}.`;
  if (at === expected.length) return `Output goes on after line ${at}, where the expected output ends.`;
  return `Line ${at + 1} differs: expected ${quote(expected[at] ?? '')}, got ${quote(got[at] ?? '')}.`;
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, '');
}

function quote(text: string): string {
  return `"${text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text}"`;
}

function lastNewline(expected: string, got: string): Difference['lacksLastNewline'] {
  if (expected.endsWith('\n') === got.endsWith('\n') || expected === '' || got === '') return null;
  return got.endsWith('\n') ? 'expected' : 'got';
}

/** `null` if the comparison takes too long. */
function rowsOf(expected: readonly string[], got: readonly string[]): DiffRow[] | null {
  const changes = diffArrays([...expected], [...got], { timeout: MAX_MS });
  if (changes === undefined) return null;
  const rows: DiffRow[] = [];
  for (let index = 0; index < changes.length; index += 1) {
    const change = changes[index];
    if (change === undefined) continue;
    const next = changes[index + 1];
    if (!change.added && !change.removed) {
      rows.push(...change.value.map((text): DiffRow => ({ kind: 'same', text: shorten(text) })));
    } else if (change.removed && next?.added) {
      rows.push(...pairRows(change.value, next.value));
      index += 1;
    } else rows.push(...(change.removed ? pairRows(change.value, []) : pairRows([], change.value)));
  }
  return rows;
}

function windowRows(expected: readonly string[], got: readonly string[]): DiffRow[] {
  return pairRows(expected, got).map((row, index) =>
    expected[index] === got[index] ? { kind: 'same', text: shorten(expected[index] ?? '') } : row,
  );
}

/** Changed lines side by side, the words that differ marked. */
function pairRows(expected: readonly string[], got: readonly string[]): DiffRow[] {
  return Array.from({ length: Math.max(expected.length, got.length) }, (_, index): DiffRow => {
    const [wanted, output] = [expected[index], got[index]];
    if (wanted === undefined) return { kind: 'changed', expected: null, got: whole(output ?? '') };
    if (output === undefined) return { kind: 'changed', expected: whole(wanted), got: null };
    return { kind: 'changed', ...wordPieces(wanted, output) };
  });
}

function wordPieces(wanted: string, output: string): { expected: Piece[]; got: Piece[] } {
  if (wanted.length + output.length > MAX_WORD_DIFF_CHARACTERS)
    return { expected: whole(wanted), got: whole(output) };
  const changes = diffWordsWithSpace(wanted, output);
  const piece = ({ value, added, removed }: (typeof changes)[number]): Piece => ({
    text: value,
    isChanged: added || removed,
  });
  return {
    expected: changes.filter(({ added }) => !added).map(piece),
    got: changes.filter(({ removed }) => !removed).map(piece),
  };
}

function whole(text: string): Piece[] {
  return [{ text: shorten(text), isChanged: true }];
}

function shorten(text: string): string {
  return text.length > MAX_SHOWN_LINE ? `${text.slice(0, MAX_SHOWN_LINE)}…` : text;
}
