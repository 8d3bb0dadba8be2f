// The text that an expression always has: a string, strings put together, or a name that is bound to one. It gives up
// rather than guess.

import { at, type Grammar, type Node } from './grammar.ts';

const MAX_DEPTH = 12;
const MAX_LENGTH = 4096;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', 0: '\0' };

export type ConstantOf = (node: Node) => string | null;

/** `null` is what only the run will know, or what is too long to look at. */
export function createConstants(root: Node, grammar: Grammar): ConstantOf {
  const named = new Map<string, string | null>();
  const constantOf = (node: Node, depth: number): string | null => {
    if (depth > MAX_DEPTH) return null;
    const kind = String(node.kind());
    const inner = (child: Node) => constantOf(child, depth + 1);
    if (grammar.concatenations.includes(kind)) return joined(node, inner);
    if (grammar.strings.includes(kind)) return literal(node, grammar);
    if (grammar.names.includes(kind)) return nameConstant(node.text(), depth);
    if (grammar.transparent.includes(kind)) return onlyChild(node, inner);
    if (grammar.pathCalls?.test(node.text().slice(0, 40))) return firstArgument(node, grammar, inner);
    return null;
  };
  const nameConstant = (name: string, depth: number): string | null => {
    if (!/^\w{1,80}$/.test(name)) return null;
    const known = named.get(name);
    if (known !== undefined) return known;
    named.set(name, null);
    const values = valuesOf(root, grammar, name);
    const [value] = values;
    const text = value === undefined || values.length > 1 ? null : constantOf(value, depth + 1);
    named.set(name, text);
    return text;
  };
  return (node) => constantOf(node, 0);
}

function valuesOf(root: Node, grammar: Grammar, name: string): readonly Node[] {
  return Object.entries(grammar.aliases).flatMap(([kind, { target, value }]) => {
    const regex = `^[*&\\s]*${name}(\\[\\s*\\])?$`;
    const has = typeof target === 'string' ? { field: target, regex } : { regex };
    return root.findAll({ rule: { kind, has } }).flatMap((node) => {
      const found = at(node, target)?.text().includes(name) ? at(node, value) : null;
      return found === null ? [] : [found];
    });
  });
}

function joined(node: Node, constantOf: ConstantOf): string | null {
  const isSum = node.children().some((child) => child.text() === '+');
  if (String(node.kind()).includes('binary') && !isSum) return null;
  const parts = node.children().filter((child) => child.isNamed());
  let text = '';
  for (const part of parts) {
    const piece = constantOf(part);
    if (piece === null || text.length + piece.length > MAX_LENGTH) return null;
    text += piece;
  }
  return text;
}

function literal(node: Node, grammar: Grammar): string | null {
  const kinds = node.children().map((child) => String(child.kind()));
  if (kinds.some((kind) => grammar.interpolations.includes(kind))) return null;
  const text = node.text();
  if (text.length > MAX_LENGTH) return null;
  const [, prefix = '', , quoted] = /^([A-Za-z]*)(#*["'`]{3}|#*["'`])([\s\S]*)["'`]#*$/.exec(text) ?? [];
  if (quoted === undefined) return text;
  const body = /["'`]{3}/.test(text.slice(prefix.length, prefix.length + 3))
    ? quoted.replace(/["'`]{2}$/, '')
    : quoted;
  return /r/i.test(prefix) ? body : unescaped(body);
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

/** `Paths.get("/etc", "passwd")` is a path of parts. */
function firstArgument(node: Node, grammar: Grammar, constantOf: ConstantOf): string | null {
  const list = node.children().find((child) => grammar.argumentLists.includes(String(child.kind())));
  const parts = (list?.children() ?? []).filter((child) => child.isNamed()).map(constantOf);
  return parts.length > 0 && parts.every((part) => part !== null) ? parts.join('/') : null;
}
