// Which uses that a rule is about harm nobody: calls that clear the screen or wait for a key, and the evaluation of what
// was typed in. A rule says what is harmless; here is how the call is found, and what its arguments may be.

import type { Arguments, Harmless, JudgedCall } from '../rule.ts';
import { type ConstantOf, createPaths, valuesByName } from './constants.ts';
import { rewritten, type Use } from './follow-use.ts';
import { at, type Grammar, isAt, type Node } from './grammar.ts';
import { occurrences, positionOf } from './occurrences.ts';
import { joinPath } from './vocabulary.ts';

const MAX_STEPS = 12;
const MAX_CHOICES = 8;
const MAX_DEPTH = 4;
const MAX_SOURCE = 4096;

export type Judgement = 'harmless' | 'mention' | 'refused';

export function createArguments(root: Node, grammar: Grammar): Arguments {
  const pathOf = createPaths(root, grammar);
  let values: ReturnType<typeof valuesByName> | undefined;
  const valuesOf = (name: string) => {
    values ??= valuesByName(root, grammar);
    return values.get(name) ?? [];
  };
  /** Parameters and loops give a name values that are not seen. */
  const owned = new Map<string, number>();
  const isAssignedOnly = (name: string, count: number) => {
    const known = owned.get(name) ?? ownPositions(root, grammar, name);
    owned.set(name, known);
    return known <= count;
  };
  const parts = { grammar, pathOf, valuesOf, isAssignedOnly };
  let imported: ReadonlyMap<string, string> | undefined;
  const textsOf = (name: string) => {
    imported ??= importedPaths(root, grammar);
    return [imported.get(name) ?? '', ...valuesOf(name).map((node) => node.text().slice(0, MAX_SOURCE))];
  };
  return {
    choicesOf: (node) => choicesOf(parts, node, 0),
    sourceOf: (node) => sourceOf(textsOf, node),
  };
}

function ownPositions(root: Node, grammar: Grammar, name: string): number {
  const nodes = occurrences(root, grammar.names, [name]).get(name) ?? [];
  return nodes.filter((node) => positionOf(grammar, node) === 'own').length;
}

/** What the names stand for that imports bring. */
function importedPaths(root: Node, grammar: Grammar): ReadonlyMap<string, string> {
  const kinds = grammar.importKinds.map((kind) => ({ kind }));
  const nodes = kinds.length === 0 ? [] : root.findAll({ rule: { any: kinds } });
  return new Map(nodes.flatMap((node) => grammar.imports(node)).map(({ name, path }) => [name ?? '', path]));
}

interface Parts {
  readonly grammar: Grammar;
  readonly pathOf: ConstantOf;
  valuesOf(name: string): readonly Node[];
  isAssignedOnly(name: string, count: number): boolean;
}

function choicesOf(parts: Parts, node: Node, depth: number): readonly string[] | null {
  if (depth > MAX_DEPTH) return null;
  const { grammar, pathOf, valuesOf, isAssignedOnly } = parts;
  const kind = String(node.kind());
  if (LISTS.has(kind)) return joinedWords(parts, node, depth);
  const assigned = grammar.names.includes(kind) ? valuesOf(node.text()) : undefined;
  const alternatives = assigned ?? grammar.alternatives?.[kind]?.(node);
  if (alternatives === undefined) {
    if (grammar.strings.includes(kind)) return filledTexts(parts, node, depth);
    const known = pathOf(node);
    return known === null || known.includes('?') ? null : [known];
  }
  const isKnown = assigned === undefined || isAssignedOnly(node.text(), assigned.length);
  if (!isKnown || alternatives.length === 0 || alternatives.length > MAX_CHOICES) return null;
  const choices = alternatives.map((each) => choicesOf(parts, each, depth + 1));
  return choices.some((each) => each === null) ? null : choices.flatMap((each) => each ?? []);
}

/** The texts that a string with values in it can be. */
function filledTexts(parts: Parts, node: Node, depth: number): readonly string[] | null {
  const values = node
    .children()
    .filter((child) => parts.grammar.interpolations.includes(String(child.kind())));
  const pattern = parts.pathOf(node);
  if (values.length === 0 || pattern === null)
    return pattern === null || pattern.includes('?') ? null : [pattern];
  const [value] = values.length === 1 ? (values[0]?.children() ?? []).filter((child) => child.isNamed()) : [];
  const choices = value ? choicesOf(parts, value, depth + 1) : null;
  const pieces = pattern.split('?');
  return choices === null || pieces.length !== 2 ? null : choices.map((choice) => pieces.join(choice));
}

/** The words of a command in a list, as one line. */
function joinedWords(parts: Parts, list: Node, depth: number): readonly string[] | null {
  const items = namedIn(list.field('value') ?? list).filter((each) => !/type/.test(String(each.kind())));
  const words = items.map((each) => choicesOf(parts, each, depth + 1));
  return words.every((each) => each?.length === 1) ? [words.flat().join(' ')] : null;
}

const LISTS = new Set(['list', 'tuple', 'array', 'array_creation_expression', 'array_initializer']);

function sourceOf(textsOf: (name: string) => readonly string[], node: Node): string {
  const seen = new Set<string>();
  let source = '';
  let text = node.text().slice(0, MAX_SOURCE);
  for (let depth = 0; depth < MAX_DEPTH && text !== '' && source.length < MAX_SOURCE; depth += 1) {
    source += `${text}\n`;
    const words = [...new Set(text.match(/\b[A-Za-z_]\w{0,79}\b/g))].filter((word) => !seen.has(word));
    for (const word of words) seen.add(word);
    text = words.flatMap(textsOf).filter(Boolean).join('\n').slice(0, MAX_SOURCE);
  }
  return source.slice(0, MAX_SOURCE);
}

/** Climbs from a use to the call that it is in, as `os.system` to `os.system("clear")`. */
export function judge(harmless: Harmless, grammar: Grammar, use: Use, args: Arguments): Judgement {
  const made = callMade(harmless, grammar, use);
  if (made !== null) return harmless.isHarmless(made, args) ? 'harmless' : 'refused';
  const passed = harmless.isHarmlessArgument ? callAround(grammar, use.node) : null;
  if (passed !== null && harmless.isHarmlessArgument?.(passed, args)) return 'harmless';
  if (isImport(grammar, use.node) || harmless.mentions?.test(use.path)) return 'mention';
  return harmless.isHarmlessText?.(use.node) ? 'harmless' : 'refused';
}

function callMade({ calls }: Harmless, grammar: Grammar, use: Use): JudgedCall | null {
  const callee = use.path
    .split('()')
    .findIndex((_part, index, all) => calls.test(all.slice(0, index + 1).join('()')));
  const made = callee === -1 ? undefined : use.calls[callee];
  if (made !== undefined) return { node: use.node, written: use.node.text(), args: listOf(grammar, made) };
  let { path, node } = use;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    if (isMethodCall(grammar, node) && calls.test(path)) return callAt(grammar, node, node);
    const parent = node.parent();
    if (parent === null) return null;
    const kind = String(parent.kind());
    const { callee: place } = grammar.calls[kind] ?? {};
    const member = grammar.members[kind];
    if (place !== undefined && isAt(node, parent, place)) {
      if (calls.test(path)) return callAt(grammar, parent, node);
      path = `${path}()`;
    } else if (member && isAt(node, parent, member.object))
      path = rewritten(grammar, joinPath(path, at(parent, member.property)?.text() ?? ''));
    else if (!grammar.transparent.includes(kind)) return null;
    node = parent;
  }
  return null;
}

/** The arguments as they are written, those with a keyword among them. */
function listOf(grammar: Grammar, values: readonly Node[]): readonly Node[] {
  const around = values[0]?.parent() ?? null;
  const list = around?.kind() === 'keyword_argument' ? around.parent() : around;
  return list && grammar.argumentLists.includes(String(list.kind())) ? namedIn(list) : values;
}

/** In Java a call is one node with its method's name. */
function isMethodCall(grammar: Grammar, node: Node): boolean {
  const call = grammar.calls[String(node.kind())];
  return call !== undefined && call.callee === undefined;
}

function callAt(grammar: Grammar, call: Node, callee: Node): JudgedCall {
  const list = at(call, grammar.calls[String(call.kind())]?.arguments ?? '');
  return { node: call, written: callee.text(), args: namedIn(list) };
}

/** The call whose argument a node is. */
function callAround(grammar: Grammar, node: Node): JudgedCall | null {
  const list = node.parent();
  const call = list && grammar.argumentLists.includes(String(list.kind())) ? list.parent() : null;
  const callee = call && at(call, grammar.calls[String(call.kind())]?.callee ?? '');
  return call && callee ? callAt(grammar, call, callee) : null;
}

function namedIn(list: Node | null): readonly Node[] {
  return (list?.children() ?? []).filter((child) => child.isNamed() && !/comment/.test(String(child.kind())));
}

/** Names that an import or a pattern binds, whose uses are judged where they are. */
function isImport(grammar: Grammar, node: Node): boolean {
  let around: Node | null = node;
  for (let step = 0; around !== null && step < MAX_DEPTH; step += 1) {
    const kind = String(around.kind());
    if (grammar.importKinds.includes(kind) || kind.endsWith('_pattern')) return true;
    around = around.parent();
  }
  return false;
}
