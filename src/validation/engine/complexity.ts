// How complex a source is, in figures: lengths, nesting, cyclomatic complexity, tokens. It judges none of them.

import type { Grammar, Node } from './grammar.ts';

/** The figures, as answers and settings name them. */
export interface Complexity {
  readonly characters: number;
  readonly lines: number;
  readonly longest_line: number;
  readonly tokens: number;
  readonly functions: number;
  readonly nesting: number;
  /** Cyclomatic: of the file, and of the function that has most. */
  readonly complexity: number;
  readonly function_complexity: number;
}

/** Words and signs; that in comments and strings they count too makes it an estimate. */
const TOKEN = /\w+|[^\w\s]/g;

export function complexityOf(root: Node, grammar: Grammar, source: string): Complexity {
  const lines = source.split('\n');
  return {
    characters: source.length,
    lines: lines.length,
    longest_line: lines.reduce((longest, line) => Math.max(longest, line.length), 0),
    tokens: source.match(TOKEN)?.length ?? 0,
    ...structureOf(root, grammar.complexity, source),
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
  /** A chain of `else if` is one level, though each stands in the one before. */
  readonly isElseIf: boolean;
}

/** One pass over the nodes that matter, in the order of the source: those that are open at a place are a stack. */
function structureOf(root: Node, kinds: Grammar['complexity'], source: string) {
  const functions: { complexity: number }[] = [];
  const open: (Span & { readonly own: { complexity: number } | null; readonly deepens: boolean })[] = [];
  const [isFunction, isNesting] = [new Set(kinds.functions), new Set(kinds.nesting)];
  const branches = new Set([...kinds.branches, ...Object.keys(kinds.operators)]);
  let nesting = 0;
  let depth = 0;
  let complexity = 1;
  for (const span of spansOf(root, kinds, source)) {
    while (open.length > 0 && (open.at(-1) as Span).end <= span.start) if (open.pop()?.deepens) depth -= 1;
    if (branches.has(span.kind)) {
      complexity += 1;
      const around = open.findLast(({ own }) => own !== null)?.own;
      if (around) around.complexity += 1;
    }
    const own = isFunction.has(span.kind) ? { complexity: 1 } : null;
    if (own) functions.push(own);
    const deepens = isNesting.has(span.kind) && !span.isElseIf;
    open.push({ ...span, own, deepens });
    if (deepens) nesting = Math.max(nesting, ++depth);
  }
  const function_complexity = functions.reduce((most, each) => Math.max(most, each.complexity), 0);
  return {
    functions: functions.length,
    nesting,
    complexity: complexity + functions.length,
    function_complexity,
  };
}

function spansOf(root: Node, kinds: Grammar['complexity'], source: string): readonly Span[] {
  const plain = [...new Set([...kinds.functions, ...kinds.branches, ...kinds.nesting])];
  // Each pattern is parsed anew, so only those that can match.
  const operators = Object.entries(kinds.operators)
    .map(([kind, signs]) => ({ kind, present: signs.filter((sign) => source.includes(sign)) }))
    .filter(({ present }) => present.length > 0)
    .map(({ kind, present }) => ({
      kind,
      has: { any: present.map((sign) => ({ pattern: sign })), field: 'operator' },
    }));
  const rules = [...plain.map((kind) => ({ kind })), ...operators];
  const nodes = root.findAll({ rule: { any: rules } });
  return nodes.map((node) => {
    const { start, end } = node.range();
    const kind = String(node.kind());
    const isElseIf = kind.startsWith('if_') && String(node.prev()?.kind()) === 'else';
    return { start: start.index, end: end.index, kind, isElseIf };
  });
}
