// The state of the service, from one check of each part. It bounds and remembers the checks; what they look at is
// given to it.

import { performance } from 'node:perf_hooks';
import { type Static, Type } from 'typebox';

const CHECK_TIMEOUT_MS = 5000;
/** Answers are re-used this long, so that asking often costs nothing: one of the checks makes a real box. */
const CACHE_MS = 1000;

const PARTS = ['sandbox', 'docker', 'redis', 'queue', 'disk', 'toolchains'] as const;
type Part = (typeof PARTS)[number];

/** From best to worst. */
const STATUSES = ['healthy', 'degraded', 'unhealthy'] as const;
type HealthStatus = (typeof STATUSES)[number];

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
    }),
  },
  { $id: 'HealthReport' },
);
export type HealthReport = Static<typeof HealthReport>;

/** Looks at one part. `detail` is public. What it throws counts as unhealthy and is only logged. */
export type HealthCheck = () => Promise<{ status: HealthStatus; detail: string }>;

/** Creates the function that `GET /health` calls. `onFailure` is told what a check threw. */
export function createHealth(
  checks: Readonly<Record<Part, HealthCheck>>,
  options: { version: string; onFailure: (part: string, error: unknown) => void },
): () => Promise<HealthReport> {
  let latest: { at: number; report: Promise<HealthReport> } | null = null;

  async function examine(): Promise<HealthReport> {
    const reports = await Promise.all(
      PARTS.map((part) => examinePart(part, checks[part], options.onFailure)),
    );
    const worst = Math.max(...reports.map((report) => STATUSES.indexOf(report.status)));
    return {
      status: STATUSES[worst] ?? 'unhealthy',
      version: options.version,
      uptime_s: rounded(process.uptime()),
      checks: Object.fromEntries(
        PARTS.map((part, index) => [part, reports[index]]),
      ) as HealthReport['checks'],
    };
  }

  return () => {
    if (!latest || performance.now() - latest.at > CACHE_MS) {
      latest = { at: performance.now(), report: examine() };
    }
    return latest.report;
  };
}

async function examinePart(
  part: Part,
  check: HealthCheck,
  onFailure: (part: string, error: unknown) => void,
): Promise<PartReport> {
  const start = performance.now();
  const found = await within(CHECK_TIMEOUT_MS, check()).catch((error: unknown) => {
    onFailure(part, error);
    return { status: 'unhealthy' as const, detail: 'the check failed, the log says why' };
  });
  return { ...found, latency_ms: rounded(performance.now() - start) };
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
