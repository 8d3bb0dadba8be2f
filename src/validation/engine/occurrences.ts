// Where names stand in a tree: every occurrence of some names, and whether each is a use or a definition.

import { at, type Grammar, isAt, type Node, type Position } from './grammar.ts';

export function occurrences(
  root: Node,
  kinds: readonly string[],
  names: readonly string[],
): Map<string, Node[]> {
  const found = new Map<string, Node[]>();
  const regex = `^(${names.map((name) => name.replaceAll('$', '\\$')).join('|')})$`;
  for (const node of root.findAll({ rule: { any: kinds.map((kind) => ({ kind })), regex } })) {
    const name = node.text();
    const nodes = found.get(name);
    if (nodes) nodes.push(node);
    else found.set(name, [node]);
  }
  return found;
}

export function positionOf(grammar: Grammar, node: Node): Position {
  const parent = node.parent();
  if (parent === null) return 'use';
  const position = grammar.position(node, parent);
  if (position !== 'use') return position;
  const member = grammar.members[String(parent.kind())];
  if (member && at(parent, member.object) !== null && isAt(node, parent, member.property)) return 'other';
  return 'use';
}
