// What the names of a program stand for: it follows imports, other names for the same thing, members and calls, and
// reports each use by its path, such as `os.system()`. What it cannot follow, it leaves out.

import type { ConstantOf } from './constants.ts';
import { followMembers } from './follow-members.ts';
import { followUse, rewritten, type Use, type Walk } from './follow-use.ts';
import type { Grammar, Node } from './grammar.ts';
import { occurrences, positionOf } from './occurrences.ts';
import { joinPath, type Vocabulary } from './vocabulary.ts';

/** Names may be bound to names that are bound to names. */
const MAX_ROUNDS = 4;
/** As `node = node.next` makes ever new ones. */
const MAX_PATHS = 8;
const WORD = /[\p{L}\p{N}_$]+/gu;

interface Names extends Walk {
  readonly bindings: Map<string, Binding>;
  readonly pending: Set<string>;
}

interface Binding {
  /** What it stands for, with the arguments of the calls on the way there. */
  readonly paths: Map<string, Use['calls']>;
  /** Of these, those whose uses were followed already. */
  readonly followed: Set<string>;
  /** A definition of the program's own hides an implicit name. */
  readonly isWeak: boolean;
  /** Definitions that are known to bind it to the paths. */
  readonly definitions: Set<number>;
}

export function usesOf(
  root: Node,
  grammar: Grammar,
  vocabulary: Vocabulary,
  constantOf: ConstantOf,
): readonly Use[] {
  const uses: Use[] = [];
  // Most names of interest are in no program: those that are not need not be looked for in the tree.
  const words = new Set(root.text().match(WORD));
  const names: Names = {
    grammar,
    constantOf,
    bindings: new Map(),
    pending: new Set(),
    report: (use) => uses.push(use),
    bindAlias: (definition, path, calls) =>
      bind(names, definition.text(), path, { isWeak: false, definition, calls }),
  };
  for (const prefix of grammar.implicit) bindAll(names, prefix, vocabulary);
  for (const node of nodesOf(root, grammar.importKinds)) bindImports(names, node, vocabulary);
  for (let round = 0; round < MAX_ROUNDS && names.pending.size > 0; round += 1)
    followNames(names, root, words);
  const members = vocabulary.members.filter((name) => words.has(name));
  followMembers(names, root, members);
  for (const use of grammar.hiddenUses?.(root) ?? []) names.report({ calls: [], ...use });
  return uses;
}

function nodesOf(root: Node, kinds: readonly string[]): readonly Node[] {
  return kinds.length === 0 ? [] : root.findAll({ rule: { any: kinds.map((kind) => ({ kind })) } });
}

function bindAll(names: Names, prefix: string, vocabulary: Vocabulary): void {
  for (const name of vocabulary.headsBelow(prefix))
    bind(names, name, joinPath(prefix, name), { isWeak: true });
}

function bindImports(names: Names, node: Node, vocabulary: Vocabulary): void {
  for (const { name, path, node: place } of names.grammar.imports(node)) {
    const canonical = rewritten(names.grammar, path);
    const parts = canonical.split('.');
    for (let count = 1; count <= parts.length; count += 1)
      names.report({ path: parts.slice(0, count).join('.'), node: place, calls: [] });
    if (name === '*') bindAll(names, canonical, vocabulary);
    else if (name !== null) bind(names, name, canonical, { isWeak: false });
  }
}

function bind(
  names: Names,
  name: string,
  path: string,
  { isWeak, definition, calls = [] }: { isWeak: boolean; definition?: Node; calls?: Use['calls'] },
): void {
  const known = names.bindings.get(name);
  if (known && known.isWeak === isWeak && known.paths.has(path)) {
    if (definition) known.definitions.add(definition.id());
    return;
  }
  const isReplaced = known === undefined || (known.isWeak && !isWeak);
  const binding = isReplaced
    ? { paths: new Map(), followed: new Set<string>(), isWeak, definitions: new Set<number>() }
    : known;
  if (definition) binding.definitions.add(definition.id());
  if (binding.paths.size >= MAX_PATHS) return;
  binding.paths.set(path, calls);
  names.bindings.set(name, binding);
  names.pending.add(name);
}

function followNames(names: Names, root: Node, words: ReadonlySet<string>): void {
  const pending = [...names.pending].filter((name) => words.has(name));
  names.pending.clear();
  if (pending.length === 0) return;
  for (const [name, nodes] of occurrences(root, names.grammar.names, pending)) {
    const binding = names.bindings.get(name);
    if (binding === undefined) continue;
    const placed = nodes.map((node) => ({ node, position: positionOf(names.grammar, node) }));
    const isHidden = placed.some(
      ({ node, position }) => position === 'own' && !binding.definitions.has(node.id()),
    );
    if (isHidden && (binding.isWeak || binding.definitions.size > 0)) continue;
    const paths = [...binding.paths].filter(([path]) => !binding.followed.has(path));
    for (const [path, calls] of paths) {
      binding.followed.add(path);
      for (const { node, position } of placed)
        if (position === 'use') followUse(names, { path, node, calls }, 0);
    }
  }
}
