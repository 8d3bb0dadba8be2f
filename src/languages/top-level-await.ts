// Whether code awaits outside of functions, which only the body of a module may. It is no parser: it follows brackets,
// and knows by the words before a brace whether a function's body begins there.

/** Words, arrows, brackets and line ends, one after the other; other signs matter only as what stands before a word. */
const TOKEN = /[\p{L}_$][\p{L}\p{N}_$]*|=>|\n|[^\s\p{L}_$]/gu;
/** Behind the parentheses of these a block begins; behind others a function's body. */
const STATEMENTS = new Set(['if', 'for', 'while', 'switch', 'with', 'catch', 'await']);
const WORD = /^[\p{L}\p{N}_$]/u;
/** Before a name that is declared: no module has one that is called `await`. */
const DECLARING = new Set(['function', 'class', 'const', 'let', 'var']);
/** Before a member's name. */
const MEMBER_BEGINS = new Set(['{', '}', ';', ',', 'async', 'static', 'get', 'set', 'readonly']);
/** Behind the parameters of a member: its body or its type. */
const MEMBER_FOLLOWS = /^[{:]$/;
/** Of the parameters of a member that is called `await`. */
const MAX_PARAMETERS = 200;

/** What may stand behind `await`: the beginning of a value. */
const VALUE_BEGINS = /^[\p{L}\p{N}_$"([{+\-!~/#]/u;

/** Between a function's parentheses and its body a brace behind one of these opens a type. */
const TYPE_FOLLOWS = /^[:<|&,]$/;

interface Open {
  readonly kind: '(' | '[' | '{' | 'class' | '=>';
  readonly isFunction: boolean;
  /** The word before a parenthesis. */
  readonly before: string;
  /** A function or class was announced whose body has not begun. */
  announced: 'function' | 'class' | null;
}

interface Scan {
  readonly open: Open[];
  functions: number;
  /** The word before the parentheses that ended last. */
  header: string;
  before: string;
}

/** `bare` is code without comments and with `""` for literals. */
export function awaitsOutsideFunctions(bare: string): boolean {
  const tokens = bare.match(TOKEN) ?? [];
  if (isDeclared(tokens)) return false;
  const scan: Scan = { open: [opened('{', false, '')], functions: 0, header: '', before: '' };
  for (const [index, token] of tokens.entries()) {
    const next = nextOf(tokens, index);
    const isName = token !== 'await' || scan.before === '.' || isMember(tokens, index, scan.before);
    if (!isName && scan.functions === 0 && VALUE_BEGINS.test(next)) return true;
    take(scan, token, next);
    if (token !== '\n') scan.before = token;
  }
  return false;
}

function isDeclared(tokens: readonly string[]): boolean {
  return tokens.some((token, index) => token === 'await' && DECLARING.has(tokens[index - 1] ?? ''));
}

/** `await(): void` in a type, or `await() {}` in a class or an object. */
function isMember(tokens: readonly string[], index: number, before: string): boolean {
  if (!MEMBER_BEGINS.has(before) || nextOf(tokens, index) !== '(') return false;
  let depth = 0;
  for (let at = index + 1; at < Math.min(tokens.length, index + MAX_PARAMETERS); at += 1) {
    if (tokens[at] === '(') depth += 1;
    else if (tokens[at] === ')') depth -= 1;
    if (depth === 0 && tokens[at] === ')') return MEMBER_FOLLOWS.test(nextOf(tokens, at));
  }
  return false;
}

function opened(kind: Open['kind'], isFunction: boolean, before: string): Open {
  return { kind, isFunction, before, announced: null };
}

function nextOf(tokens: readonly string[], index: number): string {
  for (let at = index + 1; at < Math.min(tokens.length, index + 50); at++) {
    const token = tokens[at] ?? '';
    if (token !== '\n') return token;
  }
  return '';
}

function take(scan: Scan, token: string, next: string): void {
  const inner = scan.open.at(-1);
  if (token === '=>') {
    if (inner) inner.announced = null;
    if (next !== '{') push(scan, opened('=>', true, ''));
  } else if (token === '(' || token === '[') push(scan, opened(token, false, scan.before));
  else if (token === '{') push(scan, braceFor(scan, inner));
  else if (token === ')' || token === ']' || token === '}') close(scan, token);
  else if (token === ',' || token === ';') endArrows(scan);
  else if (token === '\n') {
    if (isValueEnd(scan.before) && (WORD.test(next) || next === '@')) endArrows(scan);
  } else if (inner) announce(inner, token, scan.before);
}

function announce(inner: Open, token: string, before: string): void {
  if (before === '.') return;
  if (token === 'function' || token === 'async') inner.announced = 'function';
  else if (token === 'class') inner.announced = 'class';
}

function braceFor(scan: Scan, inner: Open | undefined): Open {
  const announced = inner?.announced ?? null;
  if (announced === 'function' && TYPE_FOLLOWS.test(scan.before)) return opened('{', false, '');
  if (inner) inner.announced = null;
  if (announced === 'class') return opened('class', false, '');
  const isBody = scan.before === ')' && !STATEMENTS.has(scan.header);
  const isFunction = announced === 'function' || scan.before === '=>' || isBody || inner?.kind === 'class';
  return opened('{', isFunction, '');
}

function push(scan: Scan, open: Open): void {
  scan.open.push(open);
  if (open.isFunction) scan.functions += 1;
}

function close(scan: Scan, token: string): void {
  endArrows(scan);
  const closed = scan.open.length > 1 ? scan.open.pop() : undefined;
  if (closed?.isFunction) scan.functions -= 1;
  if (token === ')') scan.header = closed?.before ?? '';
}

/** Functions whose body is an expression end with it. */
function endArrows(scan: Scan): void {
  while (scan.open.at(-1)?.kind === '=>') {
    scan.open.pop();
    scan.functions -= 1;
  }
}

function isValueEnd(token: string): boolean {
  return WORD.test(token) || token === ')' || token === ']' || token === '}' || token === '"';
}
