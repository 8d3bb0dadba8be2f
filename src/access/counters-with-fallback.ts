// Rate limits while the shared counters are unreachable. Losing them must neither stop the service nor lift the limits:
// each process counts for itself, from zero, until they are back.

import { setTimeout as delay } from 'node:timers/promises';
import type { RateCounters } from './rate-counters.ts';

/** Shared counters that do not answer within this time are considered lost; no request waits longer for them. */
const ANSWER_WITHIN_MS = 500;
/** After a failure they are not used for this long, so that few requests wait for counters that hang. */
const ASK_AGAIN_AFTER_MS = 5000;

export function createCountersWithFallback(
  shared: RateCounters,
  own: RateCounters,
  options: { readonly now?: () => number; readonly answerWithinMs?: number } = {},
): RateCounters {
  const { now = Date.now, answerWithinMs = ANSWER_WITHIN_MS } = options;
  let askAgainAtMs = 0;
  return {
    take: async (...args) => {
      if (now() >= askAgainAtMs) {
        try {
          return await within(answerWithinMs, shared.take(...args));
        } catch {
          askAgainAtMs = now() + ASK_AGAIN_AFTER_MS;
        }
      }
      return own.take(...args);
    },
  };
}

async function within<T>(limitMs: number, answer: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const expiry = delay(limitMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`no answer within ${limitMs} ms`);
  });
  expiry.catch(() => {});
  try {
    return await Promise.race([answer, expiry]);
  } finally {
    stop.abort();
  }
}
