// Follows members that rules name on any object, such as `setAccessible`, from the member's name outwards.

import { followUse, memberOf, type Walk } from './follow-use.ts';
import { at, isAt, type Node } from './grammar.ts';
import { occurrences, positionOf } from './occurrences.ts';
import { joinPath } from './vocabulary.ts';

export function followMembers(walk: Walk, root: Node, members: readonly string[]): void {
  const { grammar } = walk;
  if (members.length === 0) return;
  for (const [name, nodes] of occurrences(root, grammar.properties, members)) {
    if (nodes.some((node) => positionOf(grammar, node) === 'own')) continue;
    for (const node of nodes) followMember(walk, name, node);
  }
  followSubscripts(walk, root, members);
}

function followMember(walk: Walk, name: string, node: Node): void {
  const parent = node.parent();
  const member = parent && walk.grammar.members[String(parent.kind())];
  if (!parent || !member || !isAt(node, parent, member.property)) return;
  const object = at(parent, member.object);
  for (const path of object === null ? [] : ['?', ...objectPaths(walk, object)]) {
    const next = memberOf(walk, { path, node, calls: [] }, name, parent);
    followUse(walk, { path, calls: [], node: parent, ...next }, 0);
  }
}

/** The same for `x["constructor"]`. */
function followSubscripts(walk: Walk, root: Node, members: readonly string[]): void {
  const regex = `^["'\`](${members.join('|')})["'\`]$`;
  for (const [kind, { object, index }] of Object.entries(walk.grammar.subscripts)) {
    if (typeof index !== 'string') continue;
    for (const node of root.findAll({ rule: { kind, has: { field: index, regex } } })) {
      const [known, name] = [at(node, object), at(node, index)?.text().slice(1, -1) ?? ''];
      const paths = known === null ? [] : ['?', ...objectPaths(walk, known)];
      for (const path of paths) followUse(walk, { path: joinPath(path, name), calls: [], node }, 0);
    }
  }
}

function objectPaths({ grammar, constantOf }: Walk, object: Node): string[] {
  const kind = String(object.kind());
  const inner = grammar.transparent.includes(kind)
    ? object.children().find((child) => child.isNamed())
    : object;
  if (inner && grammar.functionValues?.includes(String(inner.kind()))) return ['<function>'];
  const member = grammar.members[kind];
  if (member) return propertyPath(at(object, member.property)?.text());
  const subscript = grammar.subscripts[kind];
  const index = subscript ? at(object, subscript.index) : null;
  if (subscript === undefined || index === null) return [];
  const name = constantOf(index);
  if (name !== null) return propertyPath(name);
  // An element of a list, as in `x.__mro__[1]`, is known by the list.
  const list = at(object, subscript.object);
  const ofList = list ? grammar.members[String(list.kind())] : undefined;
  return list && ofList ? propertyPath(at(list, ofList.property)?.text()) : [];
}

function propertyPath(property: string | undefined): string[] {
  return property ? [`?.${property}`] : [];
}
