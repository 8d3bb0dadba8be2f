// Files that become part of a program while it is compiled, and whose text its output or the compiler's messages show:
// what the preprocessor of C includes, the macros of Rust, the references of TypeScript.

import type { HiddenUse, Node } from './grammar.ts';
import { isOutsidePath, isOutsideSource } from './outside-paths.ts';

/** The path of the use, for rules. */
const OUTSIDE = 'file outside';
const MAX_DIRECTIVES = 500;
const MAX_LINE = 4096;

/** `#` in every spelling, and the paths of a directive; of `import "x";` too, which C++ 20 has. */
const DIRECTIVE =
  /^\s*(?:(?:#|%:|\?\?=)\s*(?:include|include_next|import|embed)\b|(?:export\s+)?import(?=\s*["<]))\s*(.*)$/;
/** From where messages of the compiler take the lines that they show. */
const LINE_MARKER = /^\s*(?:#|%:|\?\?=)\s*(?:line\s+)?\d+\s+"([^"]*)"/;
const PATH = /^(?:"([^"]*)"|<([^>]*)>)/;
const DIRECTIVES = /#|%:|\?\?=|\bimport\b/;
const QUESTION =
  /\b__has_(?:include|include_next|embed)\s*\(\s*(?:"([^"]*)"|<([^>]*)>)|\bdependency\s*"([^"]*)"/g;

/** What a C file includes by an absolute path, from far above it, or by a name that only the preprocessor knows. */
export function includedOutside(root: Node): HiddenUse[] {
  return logicalLines(root.text())
    .filter(({ text }) => isOutsideDirective(text))
    .slice(0, MAX_DIRECTIVES)
    .map(({ line }) => ({ path: OUTSIDE, node: nodeAt(root, line) }));
}

function isOutsideDirective(text: string): boolean {
  const asked = [...text.matchAll(QUESTION)].map(
    ([, quoted, angled, other]) => quoted ?? angled ?? other ?? '',
  );
  if (/#|%:|\?\?=/.test(text) && asked.some(isOutsideSource)) return true;
  const shown = LINE_MARKER.exec(text)?.[1];
  if (shown !== undefined) return isOutsideSource(shown);
  const rest = DIRECTIVE.exec(text)?.[1]?.trim();
  if (rest === undefined || rest === '') return false;
  const [, quoted, angled] = PATH.exec(rest) ?? [];
  const path = quoted ?? angled;
  return path === undefined
    ? /^[A-Za-z_]/.test(rest) && !/^import\b/.test(text.trim())
    : isOutsideSource(path.trim());
}

/** Lines as the preprocessor sees them: continued ones put together, comments left out. */
function logicalLines(source: string): readonly { text: string; line: number }[] {
  if (!/include|embed|import|dependency|#|%:|\\\n/.test(source)) return [];
  const lines: { text: string; line: number }[] = [];
  let isComment = false;
  let pending = '';
  for (const [line, text] of source.split('\n').entries()) {
    pending += text.slice(0, MAX_LINE);
    if (pending.endsWith('\\') && pending.length < MAX_LINE) {
      pending = pending.slice(0, -1);
      continue;
    }
    const stripped = withoutComments(pending, isComment);
    isComment = stripped.isComment;
    pending = '';
    if (DIRECTIVES.test(stripped.text)) lines.push({ text: stripped.text, line });
  }
  return lines;
}

/** A comment's place is taken by a blank; what stands in quotes is no comment. */
function withoutComments(text: string, startsInComment: boolean): { text: string; isComment: boolean } {
  let isComment = startsInComment;
  let kept = '';
  for (const token of text.match(/\/\*|\*\/|\/\/|"(?:\\.|[^"\\])*(?:"|\\?$)|[^/*"]+|[\s\S]/g) ?? []) {
    if (isComment) isComment = token !== '*/';
    else if (token === '/*') [isComment, kept] = [true, `${kept} `];
    else if (token === '//') break;
    else kept += token;
  }
  return { text: kept, isComment };
}

/** The smallest node that begins on a line, or has it. */
function nodeAt(root: Node, line: number): Node {
  let node = root;
  for (;;) {
    const inner = node
      .children()
      .find((child) => child.range().start.line <= line && child.range().end.line >= line);
    if (inner === undefined || node.range().start.line === line) return node;
    node = inner;
  }
}

const INCLUDING = '^include(_str|_bytes)?$';

/** `include_str!("/etc/passwd")` wherever it stands, in the words of another macro too. */
export function macroIncludes(root: Node): HiddenUse[] {
  if (!root.text().includes('include')) return [];
  const names = root.findAll({ rule: { kind: 'identifier', regex: INCLUDING } }).slice(0, MAX_DIRECTIVES);
  return names.flatMap((node) => {
    const around = node.parent();
    if (around?.kind() === 'use_as_clause' || around?.parent()?.kind() === 'use_as_clause')
      return [{ path: OUTSIDE, node }];
    const whole = around?.kind() === 'scoped_identifier' ? around : node;
    const words = whole.next()?.text() === '!' ? whole.next()?.next() : null;
    return words && isOutsideMacro(root, words) ? [{ path: OUTSIDE, node }] : [];
  });
}

/** The path is put together of texts; one that a macro is given may be any text of the program. */
function isOutsideMacro(root: Node, words: Node): boolean {
  const isGiven = words.find({ rule: { kind: 'metavariable' } }) !== null;
  if (!isGiven) return leavesProgram(textOf(words));
  return root.findAll({ rule: { any: STRINGS } }).some((each) => leavesProgram(literalText(each)));
}

const STRINGS = [{ kind: 'string_literal' }, { kind: 'raw_string_literal' }];

/** Texts in brackets joined, as `concat!` does; a variable of the environment is some text. */
function textOf(words: Node): string {
  let text = '';
  let macro = '';
  for (const child of words.children()) {
    const kind = String(child.kind());
    if (kind === 'identifier') macro = child.text();
    else if (kind === 'token_tree') text += macroText(macro, child);
    else if (STRINGS.some((each) => each.kind === kind)) text += literalText(child);
  }
  return text;
}

function macroText(macro: string, words: Node): string {
  if (/^(option_)?env$/.test(macro)) return '?';
  return macro === 'stringify' ? words.text().slice(1, -1).trim() : textOf(words);
}

function literalText(node: Node): string {
  const written = node.text().replace(/^b?r?#*"|"#*$/g, '');
  if (node.kind() === 'raw_string_literal') return written;
  return written.replace(/\\(?:x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,5})\}|([\s\S]))/g, (_all, x, u, single) =>
    x || u ? String.fromCodePoint(Number.parseInt(x ?? u, 16)) : single,
  );
}

/** After a variable any `..` may lead anywhere. */
function leavesProgram(path: string): boolean {
  return isOutsidePath(path) || isOutsideSource(path) || /^\?.*\.\./.test(path);
}

/** `/// <reference path="/etc/passwd" />`. */
export function references(root: Node): HiddenUse[] {
  if (!root.text().includes('///')) return [];
  const comments = root.findAll({ rule: { kind: 'comment', regex: '^///\\s*<' } }).slice(0, MAX_DIRECTIVES);
  return comments.flatMap((node) => {
    const [, path] = /\b(?:path|types)\s*=\s*["']([^"']*)["']/.exec(node.text().slice(0, MAX_LINE)) ?? [];
    return path !== undefined && isOutsideSource(path) ? [{ path: OUTSIDE, node }] : [];
  });
}
