// What becomes of what was found: which findings refuse a submission, which are only told. It makes findings of matches,
// figures over their limits and sources that could not be read; the settings decide.

import type { Finding } from '../errors.ts';
import { COMPLEXITY_LIMITS } from '../limits.ts';
import type { FileAnalysis, Match } from './analyze.ts';
import type { AnalysisOutcome } from './analyzer.ts';
import { ANALYSES } from './catalog.ts';
import type { Severity } from './rule.ts';
import { TEXT_RULES } from './source-text.ts';

type ComplexityLimits = Readonly<Record<string, number>>;

export interface Policy {
  /** Rules whose severity the operator chose, by `language/rule`, where `*` is any. */
  readonly rules: Readonly<Record<string, Severity | 'off'>>;
  readonly limits: ComplexityLimits;
}

/** Makes a policy of settings: rules as `python/network=off`, limits as `nesting=100`. Throws for a rule that there is not. */
export function createPolicy(settings: {
  readonly rules: readonly string[];
  readonly limits: readonly string[];
}): Policy {
  const pairs = (list: readonly string[]) => list.map((item) => item.split('=') as [string, string]);
  const limits = pairs(settings.limits).map(([figure, limit]) => [figure, Number(limit)]);
  const policy = {
    rules: Object.fromEntries(pairs(settings.rules)) as Policy['rules'],
    limits: { ...COMPLEXITY_LIMITS, ...Object.fromEntries(limits) },
  };
  checkPolicy(policy);
  return policy;
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

/** Throws when a setting names a rule that there is not. */
function checkPolicy({ rules }: Policy): void {
  const known = [...MESSAGES.keys(), ...Object.keys(ANALYSES).map((language) => `${language}/x`)];
  for (const written of Object.keys(rules)) {
    if (written.startsWith('complexity/') || known.some((rule) => isNamed(written, rule))) continue;
    throw new Error(
      `VALIDATION_RULES names ${written}, which is no rule. Rules are ${[...MESSAGES.keys()].join(', ')}`,
    );
  }
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

/** The most exact of the settings that name the rule. */
function chosenSeverity({ rules }: Policy, rule: string): Severity | 'off' | undefined {
  const [language = '', id = ''] = rule.split('/');
  return rules[rule] ?? rules[`${language}/*`] ?? rules[`*/${id}`] ?? rules['*/*'];
}

function isNamed(written: string, rule: string): boolean {
  const [writtenParts, ruleParts] = [written.split('/'), rule.split('/')];
  return writtenParts.every((part, index) => part === '*' || part === ruleParts[index]);
}
