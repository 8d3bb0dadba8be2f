// Letters of ASCII in both cases as the same, for checkers with `case_sensitive: false`. Other letters and bytes keep
// their case: what counts as the same does not depend on an encoding.

import type { TextOptions } from './checker.ts';
import { firstDifference } from './text.ts';

export interface CaseRule {
  /** Whether two pieces are the same. */
  readonly same: (wanted: string, got: string) => boolean;
  /** Where two pieces that are not the same first differ. */
  readonly differAt: (wanted: string, got: string) => number;
  /** A text in which what is the same has the same characters, at the same positions. */
  readonly fold: (text: string) => string;
}

const SENSITIVE: CaseRule = {
  same: (wanted, got) => wanted === got,
  differAt: firstDifference,
  fold: (text) => text,
};

const INSENSITIVE: CaseRule = {
  same: (wanted, got) =>
    wanted === got || (wanted.length === got.length && foldAscii(wanted) === foldAscii(got)),
  differAt: (wanted, got) => firstDifference(foldAscii(wanted), foldAscii(got)),
  fold: foldAscii,
};

export function caseRule({ case_sensitive = true }: TextOptions): CaseRule {
  return case_sensitive ? SENSITIVE : INSENSITIVE;
}

function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
