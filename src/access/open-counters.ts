// Where the counters of rate limits are kept.

import { createCountersInPortions } from './counters-in-portions.ts';
import { createCountersWithFallback } from './counters-with-fallback.ts';
import { createMemoryCounters } from './memory-counters.ts';
import type { RateCounters } from './rate-counters.ts';
import { createRedisCounters } from './redis-counters.ts';

/** Limits hold across all processes that share a Redis, and per process without one or while it is lost. */
export function openCounters(
  client: Parameters<typeof createRedisCounters>[0] | null,
  prefix: string,
): RateCounters {
  const own = createMemoryCounters();
  if (client === null) return own;
  return createCountersWithFallback(createCountersInPortions(createRedisCounters(client, prefix)), own);
}
