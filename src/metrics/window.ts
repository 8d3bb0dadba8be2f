// The time steps that a report on the last hours covers.

import { HOUR_MS, RESOLUTIONS, type Resolution, type Window } from './metrics.ts';

/** Fine steps are kept for windows of up to this many hours. */
const FINE_HOURS = 24;
/** A series of up to this many hours shows fine steps; a longer one shows hours. */
const FINE_SERIES_HOURS = 6;

/** The start of the step that contains a moment. */
export function stepStart(resolution: Resolution, atMs: number): number {
  const { stepMs } = RESOLUTIONS[resolution];
  return Math.floor(atMs / stepMs) * stepMs;
}

/** The last hours as a whole: begins with the step in which the first hour began. */
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
