// The consequences of findings: which reject a submission and which are only reported. It makes findings of matches,
// figures over their limits and sources that could not be read; the settings decide.

import type { Finding } from '../errors.ts';
import { COMPLEXITY_LIMITS } from '../limits.ts';
import { ANALYSES } from './catalog.ts';
import type { FileAnalysis, Match } from './engine/analyze.ts';
import type { AnalysisOutcome } from './engine/analyzer.ts';
import { TEXT_RULES } from './engine/source-text.ts';
import { PRESET_NAMES, PRESETS } from './presets.ts';
import type { Severity } from './rule.ts';

type Severities = Readonly<Record<string, Severity | 'off'>>;
type ComplexityLimits = Readonly<Record<string, number>>;

export interface Policy {
  /** Severities by `language/rule`, where `*` is any: what the operator chose, then those of a preset. */
  readonly layers: readonly Severities[];
  readonly limits: ComplexityLimits;
}

/**
 * Makes a policy of settings: rules as `course` and `python/network=off`, limits as `nesting=100`. Throws for a rule that
 * does not exist, one that is named twice, and a preset that does not stand first.
 */
export function createPolicy(settings: {
  readonly rules: readonly string[];
  readonly limits: readonly string[];
}): Policy {
  const [first = '', ...rest] = settings.rules;
  const preset = PRESET_NAMES.find((name) => name === first);
  const chosen = pairsOf('VALIDATION_RULES', preset === undefined ? settings.rules : rest);
  for (const [rule] of chosen) checkRule(rule);
  const limits = pairsOf('COMPLEXITY_LIMITS', settings.limits).map(([figure, limit]) => [
    figure,
    Number(limit),
  ]);
  return {
    layers: [Object.fromEntries(chosen) as Severities, preset === undefined ? {} : PRESETS[preset]],
    limits: { ...COMPLEXITY_LIMITS, ...Object.fromEntries(limits) },
  };
}

/** Why a policy cannot be made of these settings; none when it can. */
export function policyProblems(settings: Parameters<typeof createPolicy>[0]): readonly string[] {
  try {
    createPolicy(settings);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

function pairsOf(setting: string, items: readonly string[]): [string, string][] {
  const pairs = items.map((item) => item.split('=') as [string, string]);
  const names = pairs.map(([name]) => name);
  const misplaced = names.find((name) => PRESET_NAMES.some((preset) => preset === name));
  if (misplaced !== undefined)
    throw new Error(
      `${setting} may name one preset, and it comes first, got ${misplaced} after another item`,
    );
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new Error(`${setting} names ${repeated} more than once`);
  return pairs;
}

/** One file and what was found in its text. */
export interface InspectedFile {
  readonly path: string;
  readonly matches: readonly Match[];
}

const EXHAUSTED = 'analysis/limit';
const UNAVAILABLE = 'analysis/unavailable';
const MESSAGES: ReadonlyMap<string, { message: string; severity: Severity }> = new Map([
  ...Object.entries(ANALYSES).flatMap(([language, { rules }]) =>
    rules.map(({ id, message, severity }) => [`${language}/${id}`, { message, severity }] as const),
  ),
  ...Object.entries(TEXT_RULES).map(([rule, message]) => [rule, { message, severity: 'error' }] as const),
  [EXHAUSTED, { message: 'The code cannot be checked', severity: 'error' }],
  [UNAVAILABLE, { message: 'The code was not checked', severity: 'warning' }],
]);

const RULES: readonly string[] = [
  ...MESSAGES.keys(),
  ...Object.keys(COMPLEXITY_LIMITS).map((figure) => `complexity/${figure}`),
];

/** Throws when a setting names a rule that does not exist. */
function checkRule(written: string): void {
  if (RULES.some((rule) => isNamed(written, rule))) return;
  throw new Error(
    `VALIDATION_RULES must name rules that exist, got ${JSON.stringify(written)}; ${rulesLike(written)}; presets are ${PRESET_NAMES.join(', ')}`,
  );
}

/** The rules of the language that is named, or all of them. */
function rulesLike(written: string): string {
  const [language] = written.split('/');
  const same = RULES.filter((rule) => rule.startsWith(`${language}/`));
  return same.length > 0 ? `rules of ${language} are ${same.join(', ')}` : `rules are ${RULES.join(', ')}`;
}

/** The findings under a policy, those that are switched off left out. */
export function findingsOf(
  policy: Policy,
  language: string,
  files: readonly InspectedFile[],
  outcome: AnalysisOutcome,
): readonly Finding[] {
  const found = files.flatMap(({ path, matches }, index) => {
    const analysis = outcome.type === 'done' ? outcome.files[index] : undefined;
    const ofTree = (analysis?.matches ?? []).map((match) => ({
      ...match,
      rule: `${language}/${match.rule}`,
    }));
    return [...matches, ...ofTree, ...complexityMatches(policy.limits, analysis)].map((match) => ({
      ...match,
      file: path,
    }));
  });
  const all: (Noted & { file: string })[] = [...found, ...outcomeMatches(files, outcome)];
  return all.flatMap(({ note, ...match }) => {
    const { message, severity } = MESSAGES.get(match.rule) ?? { message: '', severity: 'error' as const };
    const chosen = chosenSeverity(policy, match.rule) ?? severity;
    if (chosen === 'off') return [];
    return [{ ...match, severity: chosen, message: [message, note].filter(Boolean).join(': ') }];
  });
}

type Noted = Match & { readonly note?: string };

function complexityMatches(limits: ComplexityLimits, analysis: FileAnalysis | undefined): Noted[] {
  const figures = Object.entries(analysis?.complexity ?? {});
  return figures.flatMap(([figure, value]) => {
    const limit = limits[figure];
    if (limit === undefined || value <= limit) return [];
    const note = `${figure.replace('_', ' ')} must be at most ${limit}, got ${value}`;
    return [{ rule: `complexity/${figure}`, line: 1, column: 1, snippet: '', note }];
  });
}

function outcomeMatches(
  files: readonly InspectedFile[],
  outcome: AnalysisOutcome,
): (Noted & { file: string })[] {
  if (outcome.type === 'done') return [];
  const rule = outcome.type === 'exhausted' ? EXHAUSTED : UNAVAILABLE;
  // Why we failed is for the log, not for clients.
  const note = outcome.type === 'exhausted' ? { note: outcome.reason } : {};
  return [{ rule, line: 1, column: 1, snippet: '', file: files[0]?.path ?? '', ...note }];
}

/** The most exact of the settings that name the rule; a preset comes after all of them. */
function chosenSeverity({ layers }: Policy, rule: string): Severity | 'off' | undefined {
  const [language = '', id = ''] = rule.split('/');
  const names = [rule, `${language}/*`, `*/${id}`, '*/*'];
  return layers.flatMap((layer) => names.flatMap((name) => layer[name] ?? []))[0];
}

function isNamed(written: string, rule: string): boolean {
  const [writtenParts, ruleParts] = [written.split('/'), rule.split('/')];
  return writtenParts.every((part, index) => part === '*' || part === ruleParts[index]);
}
