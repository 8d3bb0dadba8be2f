// The contract of a rule, and of the list of rules of a language. A rule is data: what it looks for, why, and samples
// that prove it. Rules are advice to the author of a program; the sandbox is what holds.

import type { NapiConfig } from '@ast-grep/napi';
import type { Node } from './engine/grammar.ts';

/** An `error` refuses the code under `enforce`; a `warning` never does. */
export type Severity = 'error' | 'warning';

/** A call of something that a rule is about. */
export interface JudgedCall {
  /** The call itself. */
  readonly node: Node;
  /** What is called, as the program writes it. */
  readonly written: string;
  readonly args: readonly Node[];
}

/** What can be said of an argument without running the program. */
export interface Arguments {
  /** Every text that it can be, words of lists put together, `null` when there may be others. */
  choicesOf(node: Node): readonly string[] | null;
  /** Its source, and that of the values which the names in it were given. */
  sourceOf(node: Node): string;
}

export interface Harmless {
  /** The rule under which what is harmless is reported: a warning. */
  readonly rule: string;
  /** Paths of what is called. */
  readonly calls: RegExp;
  /** Paths that alone neither harm nor help, such as the name of a type. */
  readonly mentions?: RegExp;
  isHarmless(call: JudgedCall, args: Arguments): boolean;
  /** The same for what is handed to another function, as in `map(eval, words)`. */
  isHarmlessArgument?(call: JudgedCall, args: Arguments): boolean;
  /** The same for text that the parser does not read, such as the body of a macro. */
  isHarmlessText?(node: Node): boolean;
}

export interface Rule {
  /** Unique in its language, such as `process`. */
  readonly id: string;
  readonly severity: Severity;
  /** The message about a match. */
  readonly message: string;
  readonly why: string;
  /**
   * Names as the analysis resolves them, whatever they are called in the program: `os.system` is the member of a module,
   * `eval()` a call, `os.<computed>` a member that only the run will know, `?.x` a member of anything, `a.**` all in `a`.
   */
  readonly uses?: readonly string[];
  /** Calls that open files, and the positions of the paths, which are refused when they are beyond the work directory. */
  readonly files?: Readonly<Record<string, number | readonly number[]>>;
  /** Calls with a constant argument that matches. */
  readonly texts?: Readonly<Record<string, { argument: number; matches: RegExp }>>;
  /** The text around a use, such as the whole call, that is harmless after all. */
  readonly except?: RegExp;
  /** Findings of the rule that are harmless and only cause a warning. */
  readonly harmless?: Harmless;
  /** A rule of ast-grep on the tree itself. */
  readonly tree?: NapiConfig;
  /** What every source has that `tree` finds something in: compiling the patterns of `tree` takes longer than this. */
  readonly needs?: RegExp;
  /** Programs that the rule finds. */
  readonly refuses: readonly string[];
  /** Programs that look alike and pass: in a string, a comment, under another meaning. */
  readonly allows: readonly string[];
}

export type LanguageRules = readonly Rule[];

/** `each('os', 'system popen')` is `os.system` and `os.popen`. */
export function each(prefix: string, names: string): string[] {
  return names
    .split(/\s+/)
    .filter((name) => name !== '')
    .map((name) => (prefix === '' ? name : `${prefix}.${name}`));
}

/** The same text for many calls. */
export const withText = (names: string, argument: number, matches: RegExp) =>
  Object.fromEntries(names.split(' ').map((name) => [name, { argument, matches }]));
