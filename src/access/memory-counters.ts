// Counters of this process alone. Their number is bounded: the least recently used are dropped and restart from zero.

import type { Counter, RateCounters, Standing, Taken } from './rate-counters.ts';

const MAX_COUNTERS = 100_000;

interface Window {
  used: number;
  readonly endsAtMs: number;
}

/** Least recently used first. */
type Windows = Map<string, Window>;

export function createMemoryCounters(
  options: { readonly now?: () => number; readonly max?: number } = {},
): RateCounters & { size(): number } {
  const { now = Date.now, max = MAX_COUNTERS } = options;
  const windows: Windows = new Map();
  return {
    take: async (group, counters) => {
      const taken = take(windows, now(), group, counters);
      for (const name of windows.keys()) {
        if (windows.size <= max) break;
        windows.delete(name);
      }
      return taken;
    },
    size: () => windows.size,
  };
}

function take(windows: Windows, nowMs: number, group: string, counters: readonly Counter[]): Taken {
  const touched = counters.map((counter) =>
    touch(windows, nowMs, JSON.stringify([group, counter.name]), counter),
  );
  const isAllowed = counters.every(
    ({ cost, limit }, index) => cost <= 0 || (touched[index]?.used ?? 0) + cost <= limit,
  );
  const standings = touched.map((window, index): Standing => {
    if (isAllowed) window.used = Math.max(0, window.used + (counters[index]?.cost ?? 0));
    return { used: window.used, resetSeconds: (window.endsAtMs - nowMs) / 1000 };
  });
  return { isAllowed, standings };
}

/** The current window, marked as the most recently used. */
function touch(windows: Windows, nowMs: number, name: string, { windowSeconds }: Counter): Window {
  const windowMs = windowSeconds * 1000;
  const found = windows.get(name);
  const window =
    found && found.endsAtMs > nowMs
      ? found
      : { used: 0, endsAtMs: (Math.floor(nowMs / windowMs) + 1) * windowMs };
  windows.delete(name);
  windows.set(name, window);
  return window;
}
