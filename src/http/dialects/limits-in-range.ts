// What dialects make of the limits in a request: clients write larger ones than a run may have, and smaller ones.

import { REQUEST_LIMITS } from '../../limits.ts';

/** Seconds of a run; the default if there is no positive number. */
export function timeLimitFrom(seconds: number | null): number {
  return within(REQUEST_LIMITS.time_limit, seconds);
}

/** MB of a run; the default if there is no positive number. */
export function memoryLimitFrom(megabytes: number | null): number {
  return within(REQUEST_LIMITS.memory_limit, megabytes);
}

/** Seconds of wall-clock time, at least the shortest that a run may have. */
export function wallLimitFrom(seconds: number): number {
  return Math.max(REQUEST_LIMITS.time_limit.minimum, seconds);
}

function within(range: { default: number; minimum: number; maximum: number }, wanted: number | null): number {
  if (wanted === null || !(wanted > 0)) return range.default;
  return Math.min(range.maximum, Math.max(range.minimum, wanted));
}
