// Takes from JavaScript or TypeScript what only looks like code: comments, strings, regular expressions and the text of
// templates. It is no parser: where a slash could divide or begin a regular expression, it guesses by what stands before.

import { endOfLiteral } from './literal.ts';

const OPENING = /\/\/|\/\*|["'`/{}]/g;
/** What ends each, or hides an end; `endOfLiteral` takes them. */
const ENDS: Readonly<Record<string, RegExp>> = {
  '//': /(?=\n)/g,
  '/*': /\*\//g,
  '"': /\\[\s\S]|"|(?=\n)/g,
  "'": /\\[\s\S]|'|(?=\n)/g,
  '`': /\\[\s\S]|`|\$\{/g,
  '/': /\\.|\[(?:\\.|[^\\\]\n])*|\/|(?=\n)/g,
};

/** A slash behind one of these divides, unless it is a keyword that a value follows. */
const VALUE = /(?:[\p{L}\p{N}_$)\]}"]|\+\+|--)$/u;
const KEYWORD = /(?:^|[^\p{L}\p{N}_$.])(?:await|case|delete|do|else|in|of|return|throw|typeof|void|yield)$/u;
/** Behind the parentheses of these a statement begins, which a regular expression may do. */
const CONTROL = /(?:^|[^\p{L}\p{N}_$.])(?:if|while|for|with)\s*$/u;
const PARENTHESIS = /[()]/g;
/** Longer than any keyword. */
const TAIL_LENGTH = 12;

interface Scan {
  readonly code: string;
  readonly kept: string[];
  position: number;
  /** The last that was kept other than white space. */
  before: string;
  /** Whether each open parenthesis is that of a control statement, the innermost last. */
  readonly parentheses: boolean[];
  /** Whether the parenthesis that closed last was. */
  closedControl: boolean;
  /** Open braces in each template expression that the position is in, the innermost last. */
  readonly expressions: number[];
}

/** The code with every literal replaced by `""`, comments by nothing. What begins a line still does. */
export function withoutLiterals(code: string): string {
  const scan: Scan = {
    code,
    kept: [],
    position: 0,
    before: '',
    parentheses: [],
    closedControl: false,
    expressions: [],
  };
  while (scan.position < code.length) {
    OPENING.lastIndex = scan.position;
    const opening = OPENING.exec(code)?.[0] ?? '';
    const start = opening === '' ? code.length : OPENING.lastIndex - opening.length;
    keep(scan, code.slice(scan.position, start));
    scan.position = start + opening.length;
    if (isCode(scan, opening)) keep(scan, opening);
    else skip(scan, opening === '}' ? '`' : opening);
  }
  return scan.kept.join('');
}

function keep(scan: Scan, text: string): void {
  scan.kept.push(text);
  followParentheses(scan, text);
  scan.before = text.trimEnd().slice(-TAIL_LENGTH) || scan.before;
}

function followParentheses(scan: Scan, text: string): void {
  for (const { 0: parenthesis, index } of text.matchAll(PARENTHESIS)) {
    if (parenthesis === ')') scan.closedControl = scan.parentheses.pop() ?? false;
    else {
      const word = text.slice(Math.max(0, index - TAIL_LENGTH), index);
      scan.parentheses.push(CONTROL.test(word.trim() === '' ? `${scan.before}${word}` : word));
    }
  }
}

/** Whether it opens nothing. A brace that ends a template's expression opens the rest of the template's text. */
function isCode({ before, expressions, closedControl }: Scan, opening: string): boolean {
  if (opening === '/')
    return VALUE.test(before) && !KEYWORD.test(before) && !(before.endsWith(')') && closedControl);
  const depth = expressions.pop();
  if (depth !== undefined && (opening !== '}' || depth > 0)) {
    expressions.push(depth + (opening === '{' ? 1 : 0) - (opening === '}' ? 1 : 0));
  }
  return opening === '{' || opening === '' || (opening === '}' && (depth === undefined || depth > 0));
}

function skip(scan: Scan, opening: string): void {
  scan.position = endOfLiteral(scan.code, scan.position, ENDS[opening] ?? OPENING);
  if (opening === '//' || opening === '/*') return;
  keep(scan, '""');
  if (opening !== '`' || scan.code[scan.position - 1] !== '{') return;
  scan.expressions.push(0);
  scan.before = '{';
}
