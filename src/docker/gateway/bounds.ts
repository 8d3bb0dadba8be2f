// How many requests of each kind are answered at the same time. What waits for long is counted apart, so that it never
// keeps a quick one from being answered.

import { Refusal } from './refusal.ts';

/** Kinds of requests, by what their answers wait for. */
export type RequestKind = 'quick' | 'wait' | 'progress';

export type Bounds = Readonly<Record<RequestKind, Bound>>;

interface Bound {
  /** Counts one more until it is disposed of. Throws a `Refusal` when there are too many. */
  hold(): Disposable;
}

const MAX_QUICK = 256;
/** Together with those below it, fewer than the engine's client has connections for. */
const MAX_WAITS = 192;
const MAX_PROGRESS = 8;

export function createBounds(): Bounds {
  return {
    quick: createBound(MAX_QUICK, 'requests'),
    wait: createBound(MAX_WAITS, 'waits'),
    progress: createBound(MAX_PROGRESS, 'pulls and removals of images'),
  };
}

function createBound(maximum: number, what: string): Bound {
  let held = 0;
  return {
    hold() {
      if (held >= maximum) throw new Refusal(`there are ${maximum} ${what} already`, 503);
      held += 1;
      return {
        [Symbol.dispose]() {
          held -= 1;
        },
      };
    },
  };
}
