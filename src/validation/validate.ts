// The validation of code: looks at a submission's sources and says what was found, what it means and what it cost. It
// gives advice early and cheaply; whether programs can do harm is the sandbox's business, not its.

import { hash } from 'node:crypto';
import { type Finding, ServiceError } from '../errors.ts';
import { ANALYSIS_LIMITS } from '../limits.ts';
import type { Log } from '../log.ts';
import { ANALYSES } from './catalog.ts';
import type { AnalysisOutcome, Analyzer } from './engine/analyzer.ts';
import type { Complexity } from './engine/complexity.ts';
import { textMatches } from './engine/source-text.ts';
import { findingsOf, type Policy } from './policy.ts';

export interface Source {
  readonly path: string;
  readonly content: Buffer;
}

/** Whether code that breaks a rule is refused. */
export type ValidationMode = 'enforce' | 'warn' | 'off';

/** What was seen in a submission. */
export interface Validation {
  readonly findings: readonly Finding[];
  /** Figures of each source file; none of a file that could not be read. */
  readonly complexity: readonly { readonly file: string; readonly figures: Complexity }[];
  /** SHA-256 of language, names and contents: identifies a submission without revealing its code. */
  readonly codeHash: string;
  /** The main source may have a syntax error. */
  readonly isBroken: boolean;
  readonly timeMs: number;
}

export interface Validator {
  /** The first source is the main one. Rejects with `queue_full` only; what is found is in the answer. */
  validate(languageId: string, sources: readonly Source[]): Promise<Validation>;
}

/** What is remembered of code that was seen: under one policy it is always the same. */
type Seen = Pick<Validation, 'findings' | 'complexity' | 'isBroken'>;

interface Remembered {
  readonly seen: Seen;
  readonly isFinal: boolean;
}

interface ValidatorParts {
  readonly analyzer: Analyzer;
  readonly log: Pick<Log, 'error'>;
}

export function createValidator(policy: Policy, parts: ValidatorParts): Validator {
  const remembered = new Map<string, Promise<Remembered>>();
  return {
    validate: async (languageId, sources) => {
      const started = performance.now();
      const codeHash = codeHashOf(languageId, sources);
      const known = await remember(remembered, codeHash, async () => {
        const looked = await look(parts, languageId, sources, codeHash);
        return { seen: seen(policy, languageId, looked), isFinal: looked.outcome.type !== 'unavailable' };
      });
      return { ...known, codeHash, timeMs: performance.now() - started };
    },
  };
}

const NOTHING: AnalysisOutcome = { type: 'done', files: [] };

interface Looked {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly outcome: AnalysisOutcome;
}

async function look(
  parts: ValidatorParts,
  language: string,
  sources: readonly Source[],
  codeHash: string,
): Promise<Looked> {
  const files = sourcesOf(language, sources);
  if (files.length === 0) return { files, outcome: NOTHING };
  const outcome = await parts.analyzer.analyze({ language, sources: files.map(({ text }) => text) });
  if (outcome.type === 'unavailable')
    parts.log.error({ language, code_sha256: codeHash, reason: outcome.reason }, 'code could not be checked');
  return { files, outcome };
}

function seen(policy: Policy, languageId: string, { files, outcome }: Looked): Seen {
  const inspected = files.map(({ path, text }) => ({ path, matches: textMatches(text) }));
  return {
    findings: findingsOf(policy, languageId, inspected, outcome),
    complexity: complexityOf(outcome, files),
    isBroken: outcome.type === 'done' && outcome.files[0]?.isBroken === true,
  };
}

/** The main source, and files that are named like source code of the language. */
function sourcesOf(
  languageId: string,
  sources: readonly Source[],
): readonly { path: string; text: string }[] {
  const analysis = ANALYSES[languageId];
  if (analysis === undefined) return [];
  const isSource = ({ path }: Source) =>
    analysis.grammar.extensions.some((extension) => path.endsWith(extension));
  return sources
    .filter((source, index) => index === 0 || isSource(source))
    .map(({ path, content }) => ({ path, text: content.toString('utf8') }));
}

/** SHA-256 of language, names and contents. */
export function codeHashOf(languageId: string, sources: readonly Source[]): string {
  const parts = sources.flatMap(({ path, content }) => [
    Buffer.from(`\0${path}\0${content.length}\0`),
    content,
  ]);
  return hash('sha256', Buffer.concat([Buffer.from(languageId), ...parts]));
}

/** The same code is looked at once, also when it comes again while that is under way. What is not final is forgotten. */
async function remember(
  remembered: Map<string, Promise<Remembered>>,
  key: string,
  look: () => Promise<Remembered>,
): Promise<Seen> {
  const promise = remembered.get(key) ?? look();
  remembered.delete(key);
  remembered.set(key, promise);
  const [oldest] = remembered.keys();
  if (remembered.size > ANALYSIS_LIMITS.cached && oldest !== undefined) remembered.delete(oldest);
  try {
    const { seen, isFinal } = await promise;
    if (!isFinal) remembered.delete(key);
    return seen;
  } catch (error) {
    remembered.delete(key);
    throw error;
  }
}

function complexityOf(
  outcome: AnalysisOutcome,
  looked: readonly { path: string }[],
): Validation['complexity'] {
  if (outcome.type !== 'done') return [];
  return outcome.files.map(({ complexity }, index) => ({
    file: looked[index]?.path ?? '',
    figures: complexity,
  }));
}

const MAX_SHOWN_FINDINGS = 3;

/** Throws `code_rejected` for findings that refuse a submission. */
export function refuseFindings(findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const shown = errors.slice(0, MAX_SHOWN_FINDINGS).map(sentenceOf);
  const omitted = errors.length - shown.length;
  const detail = shown.join('; ') + (omitted > 0 ? `; and ${omitted} more` : '');
  throw new ServiceError('code_rejected', detail, { findings });
}

/** `main.py:1:8: Using the network is not allowed (python/network)`. */
export function sentenceOf({ file, line, column, message, rule }: Finding): string {
  return `${file}:${line}:${column}: ${message} (${rule})`;
}
