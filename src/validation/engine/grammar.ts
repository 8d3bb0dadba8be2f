// The contract of a grammar: what a language's syntax tree calls names, members, calls and strings. With it the analysis
// reads all languages alike. It knows nothing of rules.

import type { SgNode } from '@ast-grep/napi';

export type Node = SgNode;

/** The field of a node in which another one stands; a number is its position among all children. */
export type Place = string | number;

/** What stands at a name: a use of it, a definition that makes it the program's own, or neither. */
export type Position = 'use' | 'own' | 'other';

/** One name that an import brings: `import os as o` binds `o` to `os`. `name` is `*` for all that is in `path`. */
export interface ImportedName {
  readonly name: string | null;
  readonly path: string;
  readonly node: Node;
}

/** What a call answers: the module that its first argument names, the argument, a member of it, or what a call of it would. */
type CallMeaning = 'module' | 'itself' | 'member' | 'call';

/** A use that no name in the tree shows, and the arguments of the calls in it. */
export interface HiddenUse {
  readonly path: string;
  readonly node: Node;
  readonly calls?: readonly (readonly Node[])[];
}

interface ComplexityKinds {
  /** Functions, methods and lambdas. */
  readonly functions: readonly string[];
  /** Each adds one to the cyclomatic complexity. */
  readonly branches: readonly string[];
  /** Operators that add one too, such as `&&`: the kind of the expression and the operators. */
  readonly operators: Readonly<Record<string, readonly string[]>>;
  /** What counts as one level of nesting. */
  readonly nesting: readonly string[];
}

export interface Grammar {
  /** Name of the parser. */
  readonly parser: string;
  /** Files of a submission that are source code, beside the main one. */
  readonly extensions: readonly string[];
  /** Kinds of nodes that are a name where it stands alone. */
  readonly names: readonly string[];
  /** Paths whose members need no import: `builtins` of Python; the empty one is the root of all paths. */
  readonly implicit: readonly string[];
  readonly importKinds: readonly string[];
  imports(node: Node): readonly ImportedName[];
  /** `a.b`: the kind, where `a` is, where `b` is. */
  readonly members: Readonly<Record<string, { object: Place; property: Place }>>;
  /** `a["b"]`. */
  readonly subscripts: Readonly<Record<string, { object: Place; index: Place }>>;
  /** `f(a)`: for a kind that is also a member, such as Java's method calls, no `callee`. */
  readonly calls: Readonly<Record<string, { callee?: Place; arguments: Place }>>;
  readonly argumentLists: readonly string[];
  /** `x = y`: what `x` is bound to when `y` is known. */
  readonly aliases: Readonly<Record<string, { target: Place; value: Place }>>;
  /** Names in the target of an alias, each with the member that it takes; `null` is the value itself. */
  aliasNames(target: Node): readonly { node: Node; member: string | null }[];
  /** Nodes that have the value of the node in them: brackets, casts. */
  readonly transparent: readonly string[];
  position(node: Node, parent: Node): Position;
  /** Kinds of nodes that name a member, for members of what is not known. */
  readonly properties: readonly string[];
  /** What is known calls by their path, and by the text of what is called when a known value is their argument. */
  readonly results: Readonly<Record<string, CallMeaning>>;
  readonly passes: Readonly<Record<string, CallMeaning>>;
  /** Makes one path of many: `__builtins__.eval` and `builtins.eval`. */
  readonly rewrites: readonly (readonly [RegExp, string])[];
  readonly strings: readonly string[];
  /** What in a string makes it depend on values. */
  readonly interpolations: readonly string[];
  /** Adjacent strings, and expressions with `+`. */
  readonly concatenations: readonly string[];
  /** Expressions whose value is one of several, such as `a if b else c`, and the nodes of those. */
  readonly alternatives?: Readonly<Record<string, (node: Node) => readonly Node[]>>;
  /** Calls that answer a path of a file, by the text of what is called, such as `Paths.get`. */
  readonly pathCalls?: RegExp;
  /** Function literals, whose `constructor` makes code of text. */
  readonly functionValues?: readonly string[];
  /** Kinds in which code is only a list of words, as in the macros of Rust, and what joins names in it. */
  readonly wordLists?: { readonly kinds: readonly string[]; readonly joints: readonly string[] };
  /** Further uses that no name in the tree shows, such as those in macros. */
  hiddenUses?(root: Node): readonly HiddenUse[];
  /** Names that always have the same text. */
  readonly knownNames?: Readonly<Record<string, string>>;
  readonly complexity: ComplexityKinds;
}

/** The node at a place of another one. */
export function at(node: Node, place: Place): Node | null {
  return typeof place === 'number'
    ? node.child(place < 0 ? node.children().length + place : place)
    : node.field(place);
}

/** What stands at some places of a node, as far as there is anything. */
export function allAt(...places: readonly Place[]) {
  return (node: Node): readonly Node[] => places.flatMap((place) => at(node, place) ?? []);
}

export function isAt(node: Node, parent: Node, place: Place): boolean {
  if (typeof place === 'number') return at(parent, place)?.id() === node.id();
  return parent.fieldChildren(place).some((child) => child.id() === node.id());
}

/** A `position` by tables of kinds: in which fields of which parents a name is a definition, and in which it is no name. */
export function positions(
  own: Readonly<Record<string, readonly Place[] | 'any'>>,
  other: Readonly<Record<string, readonly Place[] | 'any'>>,
): Grammar['position'] {
  const isIn = (places: readonly Place[] | 'any' | undefined, node: Node, parent: Node) =>
    places === 'any' || (places?.some((place) => isAt(node, parent, place)) ?? false);
  return (node, parent) => {
    const kind = String(parent.kind());
    if (isIn(own[kind], node, parent)) return 'own';
    return isIn(other[kind], node, parent) ? 'other' : 'use';
  };
}
