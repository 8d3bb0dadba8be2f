// A large text as the page can show it: cut by lines and by bytes, in chunks that the browser lays out only when they
// come into view.

const CHUNK_LINES = 100;
const FIRST_LINES = 1500;
const LAST_LINES = 500;
const MAX_SHOWN_CHARACTERS = 64 * 1024;
const MAX_LINE_CHARACTERS = 4000;

export interface OutputParts {
  readonly first: readonly string[];
  /** Lines between the first and the last that are not shown. */
  readonly leftOutLines: number;
  readonly last: readonly string[];
}

/** `more` is how many lines beyond the first were asked for. */
export function splitOutput(text: string, more: number): OutputParts {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const first = takeLines(lines, FIRST_LINES + more, MAX_SHOWN_CHARACTERS + more * 100);
  const rest = lines.length - first.length;
  const last = takeLines(
    lines.slice(-Math.min(rest, LAST_LINES) || lines.length).toReversed(),
    Math.min(rest, LAST_LINES),
    MAX_SHOWN_CHARACTERS / 4,
  );
  return {
    first: chunksOf(first),
    leftOutLines: rest - last.length,
    last: chunksOf(last.toReversed()),
  };
}

function takeLines(lines: readonly string[], maxLines: number, maxCharacters: number): string[] {
  const taken: string[] = [];
  let characters = 0;
  for (const line of lines) {
    if (taken.length >= maxLines || (taken.length > 0 && characters >= maxCharacters)) break;
    const shown = cutLine(line);
    characters += shown.length + 1;
    taken.push(shown);
  }
  return taken;
}

function cutLine(line: string): string {
  if (line.length <= MAX_LINE_CHARACTERS) return line;
  const left = line.length - MAX_LINE_CHARACTERS;
  return `${line.slice(0, MAX_LINE_CHARACTERS)} … ${left.toLocaleString('en')} characters more`;
}

function chunksOf(lines: readonly string[]): string[] {
  const chunks: string[] = [];
  for (let start = 0; start < lines.length; start += CHUNK_LINES) {
    chunks.push(lines.slice(start, start + CHUNK_LINES).join('\n'));
  }
  return chunks;
}
