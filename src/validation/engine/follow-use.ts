// Follows the use of a name outwards: what the expressions around it stand for, as far as that can be followed.

import type { ConstantOf } from './constants.ts';
import { at, type Grammar, isAt, type Node } from './grammar.ts';
import { joinPath } from './vocabulary.ts';

const MAX_STEPS = 64;
const COMPUTED = '<computed>';

/** One use. `calls` holds the arguments of each call on the way to it. */
export interface Use {
  readonly path: string;
  readonly node: Node;
  readonly calls: readonly (readonly Node[])[];
}

export interface Walk {
  readonly grammar: Grammar;
  readonly constantOf: ConstantOf;
  report(use: Use): void;
  /** A name of the program stands for a path from now on. */
  bindAlias(definition: Node, path: string, calls: Use['calls']): void;
}

/** Follows a use through members, calls and brackets, as far as its meaning is known. */
export function followUse(walk: Walk, use: Use, step: number): void {
  walk.report(use);
  const parent = use.node.parent();
  if (parent === null || step > MAX_STEPS) return;
  const { grammar } = walk;
  const kind = String(parent.kind());
  const next = outwards(walk, use, parent, kind);
  if (next !== null) followUse(walk, { ...use, node: parent, ...next }, step + 1);
  else if (grammar.wordLists?.kinds.includes(kind)) followWords(walk, use, step);
  else if (grammar.argumentLists.includes(kind)) passOn(walk, use, parent, step);
  else bindNames(walk, use, parent, kind);
}

/** What the parent stands for; `null` if it is not a value made of this one. */
function outwards(walk: Walk, use: Use, parent: Node, kind: string): Partial<Use> | null {
  const { node, path } = use;
  const { members, subscripts, calls, transparent } = walk.grammar;
  const [member, subscript, call] = [members[kind], subscripts[kind], calls[kind]];
  if (member && isAt(node, parent, member.object))
    return memberOf(walk, use, at(parent, member.property)?.text() ?? '', parent);
  if (subscript && isAt(node, parent, subscript.object))
    return { path: memberPath(walk, path, at(parent, subscript.index)) };
  const callee = call?.callee ?? member?.property;
  if (call && callee !== undefined && isAt(node, parent, callee)) return called(walk, use, parent);
  return transparent.includes(kind) ? {} : null;
}

/** A member, and at once the call of it in grammars whose method calls are one node. */
export function memberOf(walk: Walk, use: Use, name: string, parent: Node): Partial<Use> {
  const path = rewritten(walk.grammar, joinPath(use.path, name));
  const isCall =
    walk.grammar.calls[String(parent.kind())]?.callee === undefined &&
    String(parent.kind()) in walk.grammar.calls;
  if (!isCall) return { path };
  walk.report({ ...use, path, node: parent });
  return called(walk, { ...use, path }, parent);
}

function memberPath({ grammar, constantOf }: Walk, path: string, index: Node | null): string {
  return rewritten(grammar, joinPath(path, (index && constantOf(index)) ?? COMPUTED));
}

function called({ grammar, constantOf }: Walk, { path, calls }: Use, call: Node): Partial<Use> {
  const list = at(call, grammar.calls[String(call.kind())]?.arguments ?? '');
  const args = argumentsIn(list);
  const calledPath = rewritten(grammar, `${path}()`);
  if (grammar.results[calledPath] !== 'module') return { path: calledPath, calls: [...calls, args] };
  const module = args[0] ? constantOf(args[0]) : null;
  return { path: rewritten(grammar, module ?? '<computed module>'), calls: [] };
}

function argumentsIn(list: Node | null): readonly Node[] {
  const named = (list?.children() ?? []).filter(
    (child) => child.isNamed() && !/comment/.test(String(child.kind())),
  );
  return named.map((child) =>
    child.kind() === 'keyword_argument' ? (child.field('value') ?? child) : child,
  );
}

/** In `getattr(os, "system")` the known value is an argument, and the call is its member. */
function passOn(walk: Walk, use: Use, list: Node, step: number): void {
  const call = list.parent();
  const kind = call && walk.grammar.calls[String(call.kind())];
  if (!call || !kind || kind.callee === undefined) return;
  const meaning = walk.grammar.passes[at(call, kind.callee)?.text() ?? ''];
  const args = argumentsIn(list);
  if (meaning === undefined || args[0]?.id() !== use.node.id()) return;
  const path =
    meaning === 'itself'
      ? use.path
      : meaning === 'call'
        ? `${use.path}()`
        : memberPath(walk, use.path, args[1] ?? null);
  followUse(walk, { path, node: call, calls: [] }, step + 1);
}

function bindNames(walk: Walk, use: Use, parent: Node, kind: string): void {
  const alias = walk.grammar.aliases[kind];
  const target = alias && isAt(use.node, parent, alias.value) ? at(parent, alias.target) : null;
  if (target === null) return;
  for (const { node, member } of walk.grammar.aliasNames(target)) {
    const path = member === null ? use.path : rewritten(walk.grammar, joinPath(use.path, member));
    if (member !== null) walk.report({ ...use, path, node });
    walk.bindAlias(node, path, use.calls);
  }
}

/** `std :: process :: Command` as words of a macro. */
function followWords(walk: Walk, use: Use, step: number): void {
  const joints = walk.grammar.wordLists?.joints ?? [];
  let { path } = use;
  let node = use.node;
  for (let count = step; count < MAX_STEPS; count += 1) {
    const joint = node.next();
    const next = joint && joints.includes(joint.text()) ? joint.next() : null;
    if (next === null) return;
    path = rewritten(walk.grammar, joinPath(path, next.text()));
    node = next;
    walk.report({ ...use, path, node });
    const list = node.next();
    if (list && walk.grammar.wordLists?.kinds.includes(String(list.kind())))
      walk.report({ path: `${path}()`, node, calls: [...use.calls, argumentsIn(list)] });
  }
}

export function rewritten(grammar: Grammar, path: string): string {
  return grammar.rewrites.reduce((result, [from, to]) => result.replace(from, to), path);
}
