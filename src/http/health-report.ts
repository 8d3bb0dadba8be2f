// The state of the service, from one check of each part. It bounds and remembers the checks; what they check is
// given to it.

import { performance } from 'node:perf_hooks';
import { type Static, Type } from 'typebox';

const CHECK_TIMEOUT_MS = 5000;
/** Answers are re-used this long, so that asking often costs nothing: one of the checks makes a real box. */
const CACHE_MS = 1000;

const PARTS = ['sandbox', 'docker', 'redis', 'queue', 'disk', 'toolchains', 'webhooks'] as const;
type Part = (typeof PARTS)[number];

/** From best to worst. */
const STATUSES = ['healthy', 'degraded', 'unhealthy'] as const;
type HealthStatus = (typeof STATUSES)[number];

/** What a check that throws or hangs says of its part: without some of them programs still run. */
const STATUS_OF_FAILURE: Readonly<Record<Part, HealthStatus>> = {
  sandbox: 'unhealthy',
  docker: 'degraded',
  redis: 'degraded',
  queue: 'unhealthy',
  disk: 'degraded',
  toolchains: 'unhealthy',
  webhooks: 'degraded',
};

const status = Type.Unsafe<HealthStatus>({ type: 'string', enum: STATUSES });
const PartReport = Type.Object({
  status,
  detail: Type.String(),
  latency_ms: Type.Number({ minimum: 0, description: 'How long the check took.' }),
});
type PartReport = Static<typeof PartReport>;

export const HealthReport = Type.Object(
  {
    status,
    version: Type.String(),
    uptime_s: Type.Number({ minimum: 0 }),
    checks: Type.Object({
      sandbox: PartReport,
      docker: PartReport,
      redis: PartReport,
      queue: PartReport,
      disk: PartReport,
      toolchains: PartReport,
      webhooks: PartReport,
    }),
  },
  { $id: 'HealthReport' },
);
export type HealthReport = Static<typeof HealthReport>;

/** Checks one part. `detail` is public; an error it throws is only logged. */
export type HealthCheck = () => Promise<{ status: HealthStatus; detail: string }>;

export interface HealthOptions {
  readonly version: string;
  /** Called when a check begins to fail, and when it works again. */
  onFailure(part: string, error: unknown): void;
  onRecovery(part: string): void;
}

export const READINESS = ['ready', 'starting', 'unavailable', 'stopping'] as const;
export type Readiness = (typeof READINESS)[number];

export interface Health {
  report(): Promise<HealthReport>;
  /** Whether programs can be run: `starting` while no language is ready, or code cannot be validated yet. */
  readiness(): Promise<Exclude<Readiness, 'stopping'>>;
}

/** However many requests there are, each part has one check at a time, and another only if the last result is old. */
export function createHealth(checks: Readonly<Record<Part, HealthCheck>>, options: HealthOptions): Health {
  const examiners = PARTS.map((part) => createExaminer(part, checks[part], options));
  const examine = (part: Part) => examiners[PARTS.indexOf(part)]?.() as Promise<PartReport>;
  return {
    report: async () => {
      const reports = await Promise.all(PARTS.map(examine));
      const worst = Math.max(...reports.map((report) => STATUSES.indexOf(report.status)));
      return {
        status: STATUSES[worst] ?? 'unhealthy',
        version: options.version,
        uptime_s: rounded(process.uptime()),
        checks: Object.fromEntries(
          PARTS.map((part, index) => [part, reports[index]]),
        ) as HealthReport['checks'],
      };
    },
    readiness: async () => {
      const [sandbox, toolchains] = await Promise.all([examine('sandbox'), examine('toolchains')]);
      if (sandbox.status === 'unhealthy' || toolchains.status === 'unhealthy') return 'unavailable';
      return toolchains.status === 'degraded' ? 'starting' : 'ready';
    },
  };
}

/** Bounds and remembers the answers of one check. */
function createExaminer(part: Part, check: HealthCheck, options: HealthOptions): () => Promise<PartReport> {
  let latest: { at: number; report: PartReport } | null = null;
  let examination: Promise<PartReport> | null = null;
  /** Outlives an examination that gave up waiting for it: a check that hangs is not started again. */
  let underWay: ReturnType<HealthCheck> | null = null;
  let isFailing = false;

  async function find() {
    try {
      underWay ??= check().finally(() => {
        underWay = null;
      });
      const found = await within(CHECK_TIMEOUT_MS, underWay);
      if (isFailing) options.onRecovery(part);
      isFailing = false;
      return found;
    } catch (error) {
      if (!isFailing) options.onFailure(part, error);
      isFailing = true;
      const detail = error instanceof LateError ? error.message : 'the check failed, the log says why';
      return { status: STATUS_OF_FAILURE[part], detail };
    }
  }

  async function examine(): Promise<PartReport> {
    const start = performance.now();
    const report = { ...(await find()), latency_ms: rounded(performance.now() - start) };
    latest = { at: performance.now(), report };
    examination = null;
    return report;
  }

  return async () => {
    if (latest !== null && performance.now() - latest.at < CACHE_MS) return latest.report;
    examination ??= examine();
    return examination;
  };
}

class LateError extends Error {}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new LateError(`no answer within ${milliseconds} ms`)),
    milliseconds,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
