// The text that an expression always has: a string, strings put together, or a name that is bound to one. It gives up
// rather than guess.

import { at, type Grammar, type Node } from './grammar.ts';

const MAX_DEPTH = 12;
const MAX_LENGTH = 4096;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', 0: '\0' };

/** `.` of PHP and `..` of Lua put texts together, as `/` does paths. */
const JOINING = new Set(['+', '/', '.', '..']);
const OPERATORS = new Set([...JOINING, '-', '*', '%']);

export type ConstantOf = (node: Node) => string | null;

/** Calls that answer what they are called on, a path below it, and a text that it is the pattern of. */
const SAME =
  /^(to_?(path|file|string|owned|uri|buf|path_buf)|clone|as_(ref|str|path)|c_str|string|into|(to)?absolute(path)?|normalize|resolve|expanduser|read_dir|unwrap)$/i;
const BELOW = /^(resolve|join|joinpath)$/;
const PATTERN = /^(format|formatted)$/;

/** `null` stands for what is known only at run time, or is too long to follow. */
export function createConstants(root: Node, grammar: Grammar): ConstantOf {
  return createReader(root, grammar, null);
}

/** The same for paths, of which a beginning is enough: what only the run will know becomes a `?`. */
export function createPaths(root: Node, grammar: Grammar): ConstantOf {
  return createReader(root, grammar, '?');
}

function createReader(root: Node, grammar: Grammar, unknown: string | null): ConstantOf {
  const named = new Map<string, string | null>();
  let values: ReturnType<typeof valuesByName> | undefined;
  const constantOf = (node: Node, depth: number): string | null => {
    if (depth > MAX_DEPTH) return null;
    const kind = String(node.kind());
    const inner = (child: Node) => constantOf(child, depth + 1);
    const part = (child: Node) => inner(child) ?? unknown;
    if (grammar.concatenations.includes(kind)) return joined(node, { inner, part, unknown });
    if (grammar.strings.includes(kind)) return literal(node, grammar, unknown === null ? null : part);
    if (grammar.names.includes(kind))
      return grammar.knownNames?.[node.text()] ?? nameConstant(node.text(), depth);
    if (grammar.transparent.includes(kind)) return onlyChild(node, inner);
    if (isPathCall(node, grammar)) return pathArguments(node, grammar, part);
    return unknown === null ? null : chained(node, grammar, { inner, part, unknown });
  };
  const nameConstant = (name: string, depth: number): string | null => {
    if (!/^\w{1,80}$/.test(name)) return null;
    const known = named.get(name);
    if (known !== undefined) return known;
    named.set(name, null);
    values ??= valuesByName(root, grammar);
    const [value, another] = values.get(name) ?? [];
    const text = value === undefined || another !== undefined ? null : constantOf(value, depth + 1);
    named.set(name, text);
    return text;
  };
  return (node) => constantOf(node, 0);
}

/** What each name of the program is bound to, found in one walk. */
export function valuesByName(root: Node, grammar: Grammar): ReadonlyMap<string, readonly Node[]> {
  const byName = new Map<string, Node[]>();
  const kinds = Object.keys(grammar.aliases).map((kind) => ({ kind }));
  for (const node of kinds.length === 0 ? [] : root.findAll({ rule: { any: kinds } })) {
    const places = grammar.aliases[String(node.kind())];
    const [target, value] = places ? [at(node, places.target), at(node, places.value)] : [];
    const name = /^[*&\s]*(\w{1,80})(\[\s*\])?$/.exec(target?.text() ?? '')?.[1];
    if (name === undefined || !value) continue;
    const known = byName.get(name);
    if (known) known.push(value);
    else byName.set(name, [value]);
  }
  return byName;
}

/** `inner` is what is known of a part, `part` never gives up on paths. */
interface Parts {
  readonly inner: (node: Node) => string | null;
  readonly part: (node: Node) => string | null;
  readonly unknown: string | null;
}

function joined(node: Node, { inner, unknown }: Parts): string | null {
  const operator = node
    .children()
    .find((child) => OPERATORS.has(child.text()))
    ?.text();
  const parts = node.children().filter((child) => child.isNamed() && !/comment/.test(String(child.kind())));
  const isBinary = String(node.kind()).includes('binary');
  // `"/etc/%s" % name` begins as its pattern does, and `Path("/etc") / name` is a path.
  if (isBinary && operator === '%') return unknown !== null && parts[0] ? inner(parts[0]) : null;
  if (isBinary && !JOINING.has(operator ?? '')) return null;
  // Each part is read once: expressions nest, and twice each would be many times the inner ones.
  const pieces = parts.map(inner);
  if (pieces.every((piece) => piece === null)) return null;
  return concatenated(
    pieces.map((piece) => piece ?? unknown),
    operator === '/' ? '/' : '',
  );
}

function concatenated(pieces: readonly (string | null)[], separator: string): string | null {
  if (pieces.some((piece) => piece === null)) return null;
  const text = pieces.join(separator);
  return text.length > MAX_LENGTH ? null : text;
}

function literal(node: Node, grammar: Grammar, part: Parts['part'] | null): string | null {
  const kinds = node.children().map((child) => String(child.kind()));
  if (kinds.some((kind) => grammar.interpolations.includes(kind)))
    return part === null ? null : interpolated(node, grammar, part);
  const text = node.text();
  if (text.length > MAX_LENGTH) return null;
  const [, prefix = '', , quoted] = /^([A-Za-z]*)(#*["'`]{3}|#*["'`])([\s\S]*)["'`]#*$/.exec(text) ?? [];
  if (quoted === undefined) return text;
  const body = /["'`]{3}/.test(text.slice(prefix.length, prefix.length + 3))
    ? quoted.replace(/["'`]{2}$/, '')
    : quoted;
  return /r/i.test(prefix) ? body : unescaped(body);
}

/** `/${directory}/passwd`, piece by piece. */
function interpolated(node: Node, grammar: Grammar, part: Parts['part']): string | null {
  const pieces = node.children().map((child) => {
    const kind = String(child.kind());
    if (!grammar.interpolations.includes(kind)) return /content|fragment/.test(kind) ? child.text() : '';
    const value = child.children().find((each) => each.isNamed());
    return value === undefined ? '?' : part(value);
  });
  return concatenated(pieces, '');
}

/** Escapes that letters can be written with; of others the backslash goes. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,5})\}|([0-7]{2,3})|([\s\S]))/g,
    (_all, x, u, braced, octal, single) => {
      const hexadecimal = x ?? u ?? braced;
      if (hexadecimal !== undefined) return String.fromCodePoint(Number.parseInt(hexadecimal, 16));
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      return ESCAPES[single] ?? single;
    },
  );
}

function onlyChild(node: Node, constantOf: ConstantOf): string | null {
  const children = node.children().filter((child) => child.isNamed());
  return children.length === 1 && children[0] ? constantOf(children[0]) : null;
}

function isPathCall(node: Node, grammar: Grammar): boolean {
  const list = argumentsOf(node, grammar);
  if (grammar.pathCalls === undefined || list === null) return false;
  const called = `${node.text().slice(0, list.range().start.index - node.range().start.index)}(`;
  return grammar.pathCalls.exec(called)?.[0] === called;
}

/** `Paths.get("/etc", "passwd")` is a path of parts. */
function pathArguments(node: Node, grammar: Grammar, part: Parts['part']): string | null {
  const parts = namedIn(argumentsOf(node, grammar)).map(part);
  return parts.length > 0 ? concatenated(parts, '/') : null;
}

/** `Path.of("/etc").resolve("passwd")`, `"/etc/{}".format(name)`, `p.to_string()`. */
function chained(node: Node, grammar: Grammar, { inner, part }: Parts): string | null {
  const receiver = receiverOf(node, grammar);
  const base = receiver === null ? null : inner(receiver.object);
  if (receiver === null || base === null) return null;
  if (PATTERN.test(receiver.name)) return base.replaceAll(/\{\w*\}|%s/g, '?');
  const parts = namedIn(argumentsOf(node, grammar)).map(part);
  if (BELOW.test(receiver.name) && parts.length > 0) return concatenated([base, ...parts], '/');
  return SAME.test(receiver.name) ? base : null;
}

/** What a method is called on when it is a text or a path. */
function receiverOf(node: Node, grammar: Grammar): { object: Node; name: string } | null {
  const callee = grammar.calls[String(node.kind())]?.callee;
  const member = callee === undefined ? node : at(node, callee);
  const places = member ? grammar.members[String(member.kind())] : undefined;
  const [object, name] = member && places ? [at(member, places.object), at(member, places.property)] : [];
  if (!object || !name) return null;
  const isValue = [...grammar.names, ...grammar.strings].includes(String(object.kind()));
  return isValue || String(object.kind()) in grammar.calls ? { object, name: name.text() } : null;
}

function argumentsOf(node: Node, grammar: Grammar): Node | null {
  const kinds = [...grammar.argumentLists, ...(grammar.wordLists?.kinds ?? [])];
  return node.children().find((child) => kinds.includes(String(child.kind()))) ?? null;
}

function namedIn(list: Node | null): readonly Node[] {
  return (list?.children() ?? []).filter((child) => child.isNamed());
}
