// Which steps of time a question about the last hours covers.

import { HOUR_MS, RESOLUTIONS, type Resolution, type Window } from './metrics.ts';

/** Up to so many hours, the fine steps are kept long enough. */
const FINE_HOURS = 24;
/** Up to so many hours, a series shows fine steps one by one; a longer one shows hours. */
const FINE_SERIES_HOURS = 6;

/** The start of the step that a moment is in. */
export function stepStart(resolution: Resolution, atMs: number): number {
  const { stepMs } = RESOLUTIONS[resolution];
  return Math.floor(atMs / stepMs) * stepMs;
}

/** The whole of the last hours: it begins with the step in which the first of them began. */
export function windowOf(hours: number, nowMs: number, finest: Resolution = 'fine'): Window {
  const resolution = hours <= FINE_HOURS ? finest : 'hour';
  return {
    resolution,
    fromMs: stepStart(resolution, nowMs - hours * HOUR_MS),
    toMs: stepStart(resolution, nowMs),
  };
}

/** Length of the steps of a series. */
export function seriesStepMs(hours: number, { resolution }: Window): number {
  return hours <= FINE_SERIES_HOURS ? RESOLUTIONS[resolution].stepMs : HOUR_MS;
}
