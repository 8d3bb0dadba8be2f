// From source to analysis: parses a file, applies the rules of its language to the tree, and counts. It refuses
// nothing; what a finding means is the policy's.

import type { LanguageRules, Rule } from '../rule.ts';
import { type Complexity, complexityOf } from './complexity.ts';
import { type ConstantOf, createConstants, createPaths } from './constants.ts';
import type { Use } from './follow-use.ts';
import type { Grammar, Node } from './grammar.ts';
import { createArguments, type Judgement, judge } from './harmless.ts';
import { usesOf } from './names.ts';
import { isOutsidePath } from './outside-paths.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

/** Of one file; more say nothing more. */
const MAX_FINDINGS = 50;
const MAX_SNIPPET = 120;
/** Uses that may turn out harmless; a program that people write has fewer. */
const MAX_JUDGED = 1000;

/** One place that a rule is about. Lines and columns count from 1, columns in UTF-16 units. */
export interface Match {
  readonly rule: string;
  readonly line: number;
  readonly column: number;
  readonly snippet: string;
}

export interface FileAnalysis {
  readonly matches: readonly Match[];
  readonly complexity: Complexity;
  /** The parser found no sense in a part of it, which is no proof that the language does not. */
  readonly isBroken: boolean;
}

export interface LanguageAnalysis {
  readonly grammar: Grammar;
  readonly rules: LanguageRules;
  readonly vocabulary: Vocabulary;
}

export type Parse = (parser: string, source: string) => Node;

export function prepareLanguage(grammar: Grammar, rules: LanguageRules): LanguageAnalysis {
  return { grammar, rules, vocabulary: createVocabulary(rules, grammar) };
}

export function analyze(parse: Parse, language: LanguageAnalysis, source: string): FileAnalysis {
  const { grammar, rules, vocabulary } = language;
  const root = parse(grammar.parser, source);
  const texts = { constantOf: createConstants(root, grammar), pathOf: createPaths(root, grammar) };
  const found = createCollector(source);
  const judged = createJudged(grammar, root);
  for (const use of usesOf(root, grammar, vocabulary, texts.constantOf))
    for (const rule of vocabulary.rulesOf(use.path)) if (isAbout(rule, use, texts)) judged.add(rule, use);
  for (const { rule, node } of judged.found()) found.add(rule, node);
  for (const { id, tree, needs } of rules)
    if (tree && (needs?.test(source) ?? true)) for (const node of root.findAll(tree)) found.add(id, node);
  return {
    matches: found.matches(),
    complexity: complexityOf(root, grammar, source),
    isBroken: isBroken(root),
  };
}

/** A part that is missing is an empty one. */
function isBroken(root: Node): boolean {
  return root.find({ rule: { any: [{ kind: 'ERROR' }, { regex: '^$' }] } }) !== null;
}

/** Which uses count: an import counts unless all that the program does with it is harmless. */
function createJudged(grammar: Grammar, root: Node) {
  const args = createArguments(root, grammar);
  const judged: { rule: Rule; node: Node; judgement: Judgement }[] = [];
  return {
    add: (rule: Rule, use: Use) => {
      const judgement =
        rule.harmless && judged.length < MAX_JUDGED ? judge(rule.harmless, grammar, use, args) : 'refused';
      judged.push({ rule, node: use.node, judgement });
    },
    found: () => {
      const by = (wanted: Judgement) =>
        new Set(judged.filter(({ judgement }) => judgement === wanted).map(({ rule }) => rule));
      const [harmless, refused] = [by('harmless'), by('refused')];
      return judged.flatMap(({ rule, node, judgement }) => {
        if (judgement === 'harmless') return [{ rule: rule.harmless?.rule ?? rule.id, node }];
        const isExcused = judgement === 'mention' && harmless.has(rule) && !refused.has(rule);
        return isExcused ? [] : [{ rule: rule.id, node }];
      });
    },
  };
}

function isAbout(
  rule: Rule,
  { path, calls, node }: Use,
  { constantOf, pathOf }: { constantOf: ConstantOf; pathOf: ConstantOf },
): boolean {
  if (rule.except && isExcepted(rule.except, node)) return false;
  const file = rule.files?.[path];
  const positions = typeof file === 'number' ? [file] : file;
  if (positions?.some((index) => hasArgument(calls, index, pathOf, isOutsidePath))) return true;
  const text = rule.texts?.[path];
  if (text !== undefined)
    return hasArgument(calls, text.argument, constantOf, (value) => text.matches.test(value));
  return file === undefined;
}

/** Looks at the expression and at two around it: a name, its member, their call. */
function isExcepted(except: RegExp, node: Node): boolean {
  let around: Node | null = node;
  for (let count = 0; around !== null && count < 3; count += 1) {
    if (except.test(around.text().slice(0, MAX_SNIPPET))) return true;
    around = around.parent();
  }
  return false;
}

function hasArgument(
  calls: Use['calls'],
  index: number,
  constantOf: ConstantOf,
  isSought: (text: string) => boolean,
) {
  return calls.some((args) => {
    const argument = args[index];
    const text = argument ? constantOf(argument) : null;
    return text !== null && isSought(text);
  });
}

/** One match a rule and line, in the order of the source. */
function createCollector(source: string) {
  const byPlace = new Map<string, Match>();
  const lines = source.split('\n');
  return {
    add: (id: string, node: Node) => {
      const { line, column } = node.range().start;
      const key = `${id}:${line}`;
      if (byPlace.has(key) || byPlace.size >= MAX_FINDINGS) return;
      const snippet = (lines[line] ?? '').trim().slice(0, MAX_SNIPPET).toWellFormed();
      byPlace.set(key, { rule: id, line: line + 1, column: column + 1, snippet });
    },
    matches: () => [...byPlace.values()].sort((a, b) => a.line - b.line || a.column - b.column),
  };
}
