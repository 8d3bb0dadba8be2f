// Places in the person's files that compilers, stack traces and findings name: `main.c:3:10`, `File "main.py", line 3`.

interface Place {
  readonly path: string;
  readonly line: number;
  /** 0: the whole line. */
  readonly column: number;
}

export interface Segment {
  readonly text: string;
  readonly place: Place | null;
}

/** Longer texts are searched no further: marks and links are for people. */
const MAX_SEARCHED = 64 * 1024;
/** As many as a person would look at. */
const MAX_PLACES = 200;

/** Splits a text so that each place in one of the files is a segment of its own. */
export function splitPlaces(text: string, paths: readonly string[]): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const { index, length, place } of findPlaces(text, paths)) {
    if (index > end) segments.push({ text: text.slice(end, index), place: null });
    segments.push({ text: text.slice(index, index + length), place });
    end = index + length;
  }
  if (end < text.length) segments.push({ text: text.slice(end), place: null });
  return segments;
}

export interface FoundPlace {
  readonly index: number;
  readonly length: number;
  readonly place: Place;
}

export function findPlaces(text: string, paths: readonly string[]): FoundPlace[] {
  if (paths.length === 0) return [];
  const names = paths.map((path) => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  // In turn: path:3:10, path(3,10), File "path", line 3, path: line 3.
  const pattern = new RegExp(
    `(?:/code/|\\./)?(?<![\\w./])(${names})(?::(\\d+)(?::(\\d+))?|\\((\\d+),(\\d+)\\)|"?(?:,|:) line (\\d+))`,
    'g',
  );
  const places: FoundPlace[] = [];
  for (const match of text.slice(0, MAX_SEARCHED).replaceAll('/code/', '      ').matchAll(pattern)) {
    const [whole, path = '', line, column, otherLine, otherColumn, wordLine] = match;
    const place = {
      path,
      line: Number(line ?? otherLine ?? wordLine),
      column: Number(column ?? otherColumn ?? 0),
    };
    places.push({ index: match.index, length: whole.length, place });
    if (places.length === MAX_PLACES) break;
  }
  return places;
}
