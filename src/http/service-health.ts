// The health of this service: which check belongs to which part. `health-report.ts` bounds the checks.

import type { FastifyBaseLogger } from 'fastify';
import type { SlotScheduler } from '../execution/slot-scheduler.ts';
import { COMPILE_LIMITS, longestRunMs, REQUEST_LIMITS, wallTimeLimitMs } from '../limits.ts';
import type { ExecutionQueue } from '../queue/queue.ts';
import type { Config } from '../settings/config.ts';
import { checkSharedRedis, checkWorkers, type FleetSight } from './fleet-checks.ts';
import {
  type CheckedStore,
  checkDisk,
  checkDocker,
  checkLanguages,
  checkQueue,
  checkRedis,
  checkSandbox,
  checkUnused,
  checkWebhooks,
} from './health-checks.ts';
import { createHealth, type Health } from './health-report.ts';
import type { LanguageDescription } from './v1/language-description.ts';

/** A check's box waits for a slot like an execution of high priority. */
const PROBE_WEIGHT = 4;
/** A slot is held this much longer than its program may run, at most. */
const SLOT_SLACK_MS = 10_000;

export interface ServiceParts {
  readonly config: Pick<Config, 'dataDirectory' | 'executionTimeoutSeconds' | 'cpuLimit'>;
  readonly version: string;
  readonly sandbox: {
    readonly name: string;
    probe(): Promise<number>;
    warmState?(): Promise<{ readonly waiting: number }>;
  };
  /** Why this sandbox was chosen. */
  readonly reason: string;
  readonly docker: { version(): Promise<string> } | null;
  readonly redis: { ping(): Promise<void> } | null;
  readonly scheduler: Pick<SlotScheduler, 'share'>;
  readonly queue: Pick<ExecutionQueue, 'depth'>;
  readonly store: CheckedStore;
  readonly webhooks: () => Promise<{ readonly pending: number; readonly overdueMs: number }>;
  readonly languages: () => readonly LanguageDescription[];
  readonly validation: { isWarm(): boolean };
  /** `null` for a service by itself. */
  readonly fleet?: FleetHealth | null;
  readonly log: FastifyBaseLogger;
}

/** What the health of a process of a fleet depends on. */
interface FleetHealth {
  readonly role: Config['role'];
  state(): FleetSight & { readonly everOffered: readonly string[] };
  readonly persistence?: { mayEvict(): boolean };
}

function longestTestMs({ executionTimeoutSeconds, cpuLimit }: ServiceParts['config']): number {
  const seconds = REQUEST_LIMITS.time_limit.maximum;
  const wallTimeMs = wallTimeLimitMs(seconds, executionTimeoutSeconds);
  return longestRunMs({ cpuTimeMs: seconds * 1000, wallTimeMs, cpuQuota: cpuLimit });
}

export function createServiceHealth(parts: ServiceParts): Health {
  const { config, version, sandbox, docker, redis, scheduler, queue, fleet = null, log } = parts;
  const isRemote = fleet?.role === 'api';
  const longestMs = Math.max(longestTestMs(config), longestRunMs(COMPILE_LIMITS));
  const checks = {
    sandbox: isRemote
      ? checkWorkers(fleet.state)
      : checkSandbox({
          acquire: () => scheduler.share(PROBE_WEIGHT).acquire(new AbortController().signal),
          probe: () => sandbox.probe(),
          warm: sandbox.warmState ?? null,
          longestMs: longestMs + SLOT_SLACK_MS,
          choice: `${sandbox.name}: ${parts.reason}`,
        }),
    docker: docker ? checkDocker(() => docker.version()) : checkUnused,
    redis:
      fleet && redis
        ? checkSharedRedis(() => redis.ping(), {
            mayEvict: () => fleet.persistence?.mayEvict() ?? false,
            isAll: fleet.role !== 'all',
          })
        : checkRedis(redis ? () => redis.ping() : null),
    queue: checkQueue(() => queue.depth(), parts.store),
    disk: checkDisk(config.dataDirectory),
    toolchains: checkLanguages(parts.languages),
    webhooks: checkWebhooks(parts.webhooks),
  };
  const health = createHealth(checks, {
    version,
    onFailure: (part, error) => log.error({ err: error, part }, 'a health check fails'),
    onRecovery: (part) => log.info({ part }, 'a health check works again'),
  });
  return {
    ...health,
    readiness: async () => {
      // Without workers, executions are accepted and wait.
      const isReady = isRemote && fleet.state().everOffered.length > 0;
      const readiness = isReady ? await answers(redis) : await health.readiness();
      return readiness === 'ready' && !parts.validation.isWarm() ? 'starting' : readiness;
    },
  };
}

function answers(redis: ServiceParts['redis']): Promise<'ready' | 'unavailable'> {
  const ping = redis?.ping() ?? Promise.reject();
  return ping.then(
    () => 'ready',
    () => 'unavailable',
  );
}
