// How a program's end is read where its runtime is watched: a part of the language then ends a program whose runtime
// could not allocate, when nobody caught that, by a signal that nothing else uses. What it printed proves nothing.

import type { Language } from './language.ts';

/** The kernel never sends it, and no program has a use for it. */
const ALLOCATION_FAILED = 'SIGSTKFLT';
/** Its number on every architecture that the service runs on. */
export const ALLOCATION_FAILED_NUMBER = 16;
/**
 * What a program sends itself instead of signals that are left to the runtime, by their numbers: real-time signals,
 * which no runtime uses.
 */
export const OWN_SIGNALS = { 4: 44, 5: 45, 6: 46 } as const;
const SENT_BY_ITSELF: ReadonlyMap<string, string> = new Map([
  [`SIG${OWN_SIGNALS[4]}`, 'SIGILL'],
  [`SIG${OWN_SIGNALS[5]}`, 'SIGTRAP'],
  [`SIG${OWN_SIGNALS[6]}`, 'SIGABRT'],
]);

export interface End {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export interface WatchedEnd {
  /** How the program would have ended without the part. */
  readonly end: End;
  /** `undefined` if only the runtime's own output shows it. */
  readonly ranOutOfMemory: boolean | undefined;
}

/** `parts` are those of the toolchain. */
export function readEnd(
  { watch }: Pick<Language, 'watch'>,
  parts: readonly string[],
  { exitCode, signal }: End,
): WatchedEnd {
  const end = { exitCode, signal };
  if (watch === undefined || !parts.includes(watch.part)) return { end, ranOutOfMemory: undefined };
  if (signal === ALLOCATION_FAILED) return { end: watch.usualEnd, ranOutOfMemory: true };
  const own = SENT_BY_ITSELF.get(signal ?? '');
  if (own !== undefined) return { end: { exitCode: null, signal: own }, ranOutOfMemory: false };
  const isRuntimes = signal !== null && watch.runtimeSignals.includes(signal);
  return { end, ranOutOfMemory: isRuntimes ? undefined : false };
}
