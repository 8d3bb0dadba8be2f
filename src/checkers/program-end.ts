// What a checker program can say: how such a program ended, and the decision on the output that follows from it. Each
// protocol is a file of its own; this one has what they share. It knows nothing of boxes or limits.

export const PROTOCOLS = ['testlib', 'icpc'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** Which program it is, as sentences about it begin. */
export type Subject = 'The checker' | 'The interactor';

/** How such a program ended by itself. */
export interface ProgramEnd {
  readonly subject: Subject;
  readonly exitCode: number;
  readonly stderr: string;
  /** Files of the feedback directory by their paths; empty in a protocol without one. */
  readonly feedback: ReadonlyMap<string, Uint8Array>;
}

export interface Decision {
  readonly status: 'accepted' | 'partially_accepted' | 'wrong_answer' | 'checker_error';
  /** 0 to 1. */
  readonly score: number;
  /** For the learner, or with `checker_error` for the author of the problem. */
  readonly message: string | null;
  /** For the author of the problem alone. */
  readonly judgeMessage: string | null;
}

/** Characters of a message of a problem's program that are passed on. */
const MAX_MESSAGE = 4096;

/** The text in a message: without white space around it, of bounded length; `null` if nothing is left. */
export function messageFrom(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  return trimmed.length > MAX_MESSAGE ? `${trimmed.slice(0, MAX_MESSAGE).toWellFormed()}…` : trimmed;
}

export function checkerError(message: string, said: string | null = null): Decision {
  return {
    status: 'checker_error',
    score: 0,
    message: said === null ? message : `${message} ${said}`,
    judgeMessage: null,
  };
}

/** The decision with a score from 0 to 1. */
export function scored(score: number, message: string | null, judgeMessage: string | null = null): Decision {
  const status = score >= 1 ? 'accepted' : score > 0 ? 'partially_accepted' : 'wrong_answer';
  return { status, score, message, judgeMessage };
}

const NUMBER = /^[+-]?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})(?:e[+-]?\d{1,4})?$/i;

/** A score as it is written; `null` for what is no number, and for one that is negative or not finite. */
export function parseScore(text: string): number | null {
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) && number >= 0 ? Math.abs(number) : null;
}
