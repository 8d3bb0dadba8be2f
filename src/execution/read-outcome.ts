// What is known of a program's end beside its words: whether its runtime reported, by a way that its author does not
// write to, that an allocation failed.

import type { Language } from '../languages/language.ts';
import { readEnd } from '../languages/watched-end.ts';
import type { BoxOutcome } from '../sandbox/sandbox.ts';
import type { Toolchain } from '../toolchains/toolchain.ts';

export interface ReadOutcome {
  readonly outcome: BoxOutcome;
  /** Answers as the evidence does; only where there is none can the runtime's words decide. */
  readonly language: Pick<Language, 'ranOutOfMemory'>;
}

export function readOutcome(
  { language, toolchain }: { language: Language; toolchain: Pick<Toolchain, 'prebuiltParts'> },
  outcome: BoxOutcome,
): ReadOutcome {
  const { end, ranOutOfMemory } = readEnd(language, toolchain.prebuiltParts, outcome);
  return {
    outcome: { ...outcome, ...end },
    language: ranOutOfMemory === undefined ? language : { ranOutOfMemory: () => ranOutOfMemory },
  };
}
