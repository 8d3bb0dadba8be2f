// Reads tables, code and links in a Markdown text. It knows only the Markdown that the documents use.

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** All tables, in order. Cells are trimmed; `\|` is a bar. A fenced block has no tables. */
export function tablesOf(markdown: string): Table[] {
  const lines = withoutFences(markdown).split('\n');
  const tables: Table[] = [];
  for (let at = 0; at + 1 < lines.length; at++) {
    if (!isRow(lines[at]) || !/^\|(\s*:?-+:?\s*\|)+\s*$/.test(lines[at + 1] ?? '')) continue;
    const header = cellsOf(lines[at] ?? '');
    const end = lines.findIndex((line, index) => index > at + 1 && !isRow(line));
    tables.push({ header, rows: lines.slice(at + 2, end < 0 ? undefined : end).map(cellsOf) });
  }
  return tables;
}

/** The words in backticks, outside fenced blocks. */
export function codesIn(text: string): string[] {
  return [...withoutFences(text).matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

/** Targets of links and images within the project. */
export function localLinksOf(markdown: string): string[] {
  return [...withoutFences(markdown).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchor of each heading, made as GitHub makes it. */
export function anchorsOf(markdown: string): string[] {
  return [...withoutFences(markdown).matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function withoutFences(markdown: string): string {
  return markdown.replace(/^ *(```|~~~)[\s\S]*?^ *\1\s*$/gm, '');
}

function isRow(line: string | undefined): boolean {
  return line?.startsWith('|') ?? false;
}

function cellsOf(line: string): string[] {
  const cells = line
    .trim()
    .replace(/\|$/, '')
    .split(/(?<!\\)\|/);
  return cells.slice(1).map((cell) => cell.trim().replaceAll('\\|', '|'));
}
