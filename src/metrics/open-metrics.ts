// Opens the metrics that the settings name: in Redis if it is used, otherwise in a file, or none.

import type { RedisConnection } from '../redis/redis-connection.ts';
import { createEmbeddedStore } from './embedded-store.ts';
import { createRedisStore } from './redis-store.ts';
import { createServiceMetrics, type MetricsParts, type ServiceMetrics } from './service-metrics.ts';

interface MetricsSettings {
  readonly metricsEnabled: boolean;
  readonly dataDirectory: string;
  readonly redisPrefix: string;
}

/** `started` closes them, before Redis is closed. Returns `null` if metrics are disabled. */
export function openMetrics(
  settings: MetricsSettings,
  redis: RedisConnection | null,
  parts: Omit<MetricsParts, 'store' | 'redis'>,
  started: AsyncDisposableStack,
): ServiceMetrics | null {
  if (!settings.metricsEnabled) return null;
  const store = redis
    ? createRedisStore(redis.client, { prefix: settings.redisPrefix })
    : createEmbeddedStore(settings.dataDirectory);
  started.defer(() => store.close());
  parts.log.info(`Metrics are kept in ${redis ? 'Redis' : 'a file in DATA_DIR'}`);
  const isRedisUp = redis ? () => redis.client.status === 'ready' : null;
  const metrics = createServiceMetrics({ ...parts, store, redis: isRedisUp });
  started.defer(() => metrics.close());
  return metrics;
}
