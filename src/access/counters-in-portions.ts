// Saves round trips to shared counters whose limits are high: a process takes a small portion of the limit at once and counts
// it off by itself. The limit holds exactly; what a process has taken and not used is at most a portion.

import type { Counter, RateCounters, Standing, Taken } from './rate-counters.ts';

/** Of a limit, that is a portion: a thousandth. Lower limits are counted one by one. */
const PORTIONS = 1000;
const MAX_PORTION = 100;
/** Counters with a portion. Beyond that, the oldest portions are given up. */
const MAX_COUNTERS = 10_000;

interface Portion {
  readonly limit: number;
  left: number;
  /** As the shared counter was, less what is left. */
  used: number;
  readonly endsAtMs: number;
}

/** `now` in milliseconds, of a clock that is never set. */
export function createCountersInPortions(
  shared: RateCounters,
  { now = () => performance.now() }: { readonly now?: () => number } = {},
): RateCounters {
  const portions = new Map<string, Portion>();
  const ask = async (group: string, counter: Counter, key: string): Promise<Taken> => {
    const size = Math.min(MAX_PORTION, Math.floor(counter.limit / PORTIONS));
    const { isAllowed, standings } = await shared.take(group, [{ ...counter, cost: size }]);
    const [standing] = standings as [Standing];
    // The end of the limit is counted one by one.
    if (!isAllowed) return shared.take(group, [counter]);
    const { left = 0 } = valid(portions.get(key), counter, now()) ?? {};
    portions.delete(key);
    portions.set(key, {
      limit: counter.limit,
      left: left + size - 1,
      used: standing.used - left - size + 1,
      endsAtMs: now() + standing.resetSeconds * 1000,
    });
    if (portions.size > MAX_COUNTERS) portions.delete(portions.keys().next().value as string);
    return { isAllowed, standings: [{ ...standing, used: standing.used - left - size + 1 }] };
  };
  return {
    take: async (group, counters) => {
      const [counter] = counters;
      if (counter?.cost !== 1 || counters.length > 1 || counter.limit < 2 * PORTIONS) {
        return shared.take(group, counters);
      }
      const key = JSON.stringify([group, counter.name]);
      const portion = valid(portions.get(key), counter, now());
      if (portion === null || portion.left === 0) return ask(group, counter, key);
      portion.left -= 1;
      portion.used += 1;
      const resetSeconds = (portion.endsAtMs - now()) / 1000;
      return { isAllowed: true, standings: [{ used: portion.used, resetSeconds }] };
    },
  };
}

function valid(portion: Portion | undefined, { limit }: Counter, nowMs: number): Portion | null {
  return portion !== undefined && portion.limit === limit && portion.endsAtMs > nowMs ? portion : null;
}
