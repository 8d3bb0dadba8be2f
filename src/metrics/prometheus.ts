// The metrics of this process in Prometheus' text format. No label has a value that a client chose, so the number of
// series is bounded by languages, statuses, codes and routes.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { MIB } from '../units.ts';
import { addFleetFigures, type FleetFigures } from './fleet-figures.ts';
import type { Observation } from './metrics.ts';
import { addProblemFigures, type ProblemFigures } from './problem-figures.ts';
import { createStoreFigures, type StoredFigures } from './store-figures.ts';
import { addWarmFigures, type WarmFigures } from './warm-figures.ts';
import { createWebhookFigures, type WebhookBacklog } from './webhook-figures.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const BYTES = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].map((mib) => mib * MIB);

/** The library's own, which say the same as those without `_total`: to Prometheus that ending means a counter. */
const MISNAMED_GAUGES = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** Read at each scrape. */
export interface Gauges {
  readonly version: string;
  readonly queue: () => { readonly active: number; readonly capacity: number };
  readonly slots: () => { readonly slots: number; readonly held: number; readonly waiting: number };
  /** Interactive programs; `null` if the service offers none. */
  readonly interactive: () => { readonly active: number; readonly capacity: number } | null;
  /** Containers kept ready; `null` without a pool. */
  readonly pool: (() => { readonly idle: number; readonly hits: number; readonly misses: number }) | null;
  /** Runtimes that were started ahead; `null` if the sandbox starts none. */
  readonly warm: (() => Promise<WarmFigures>) | null;
  /** What this process did with builds that workers share; `null` if they share none. */
  readonly sharedBuilds:
    | (() => { readonly found: number; readonly missed: number; readonly kept: number })
    | null;
  readonly webhooks: () => Promise<WebhookBacklog>;
  readonly stored: () => StoredFigures;
  readonly problems: () => Promise<ProblemFigures>;
  readonly recorder: () => { readonly pending: number; readonly dropped: number };
  /** `null` for a service by itself. */
  readonly fleet: (() => FleetFigures) | null;
  /** `null` if Redis is not used. */
  readonly redis: (() => boolean) | null;
}

export interface RequestObservation {
  readonly method: string;
  /** The route's pattern; `null` for a path without a route. */
  readonly route: string | null;
  /** The API that the route belongs to; `null` for the service's own pages and unknown paths. */
  readonly api: string | null;
  /** `null` if the connection closed before the answer. */
  readonly status: number | null;
  readonly durationMs: number;
}

export interface Prometheus {
  observe(observation: Observation): void;
  observeRequest(request: RequestObservation): void;
  countSandboxFailure(sandbox: string, operation: string): void;
  countWebhook(outcome: string): void;
  countAttempt(outcome: string): void;
  /** All metrics, current as of the call. */
  text(): Promise<string>;
}

export function createPrometheus(gauges: Gauges): Prometheus {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED_GAUGES) registry.removeSingleMetric(name);
  addGauges(registry, gauges);
  addProblemFigures(registry, gauges.problems);
  if (gauges.fleet !== null) addFleetFigures(registry, gauges.fleet);
  const executions = createExecutionFigures(registry);
  const requests = createRequestFigures(registry);
  const failures = new Counter({
    name: 'ces_sandbox_failures_total',
    help: 'Times that the sandbox itself failed, also those that a second try made good.',
    labelNames: ['sandbox', 'operation'],
    registers: [registry],
  });
  return {
    observe: executions,
    observeRequest: requests,
    countSandboxFailure: (sandbox, operation) => failures.inc({ sandbox, operation }),
    countWebhook: createWebhookFigures(registry, gauges.webhooks),
    countAttempt: createStoreFigures(registry, gauges.stored),
    text: () => registry.metrics(),
  };
}

function createExecutionFigures(registry: Registry): (observation: Observation) => void {
  const registers = [registry];
  const ended = new Counter({
    name: 'ces_executions_total',
    help: 'Executions that ended.',
    labelNames: ['language', 'status', 'sandbox', 'api'],
    registers,
  });
  const rejected = new Counter({
    name: 'ces_rejections_total',
    help: 'Requests for an execution that were refused.',
    labelNames: ['code'],
    registers,
  });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, labelNames: ['language'], registers });
  const duration = histogram(
    'ces_execution_duration_seconds',
    'From the first slot to the end: compiling, all runs, comparing.',
    SECONDS,
  );
  const wait = histogram('ces_queue_wait_seconds', 'From the request to the first slot.', SECONDS);
  const compile = histogram('ces_compile_duration_seconds', 'Of builds that were not known before.', SECONDS);
  const memory = histogram('ces_execution_memory_bytes', 'The most of any run of an execution.', BYTES);
  return (observation) => {
    if (observation.kind === 'rejection') return rejected.inc({ code: observation.code });
    const { language, status, sandbox, api = 'v1' } = observation;
    const { executionTimeMs, queueTimeMs, compileTimeMs, memoryKb } = observation;
    ended.inc({ language, status, sandbox, api });
    if (executionTimeMs !== null) duration.observe({ language }, executionTimeMs / 1000);
    if (queueTimeMs !== null) wait.observe({ language }, queueTimeMs / 1000);
    if (compileTimeMs !== null) compile.observe({ language }, compileTimeMs / 1000);
    if (memoryKb !== null) memory.observe({ language }, memoryKb * 1024);
  };
}

function createRequestFigures(registry: Registry): (request: RequestObservation) => void {
  const answered = new Counter({
    name: 'ces_http_requests_total',
    help: 'Requests that were answered or broken off.',
    labelNames: ['method', 'route', 'api', 'status'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'ces_http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer.',
    labelNames: ['method', 'route', 'api'],
    buckets: SECONDS,
    registers: [registry],
  });
  return ({ method, route, api, status, durationMs }) => {
    const labels = { method, route: route ?? 'none', api: api ?? 'none' };
    answered.inc({ ...labels, status: status ?? 'none' });
    duration.observe(labels, durationMs / 1000);
  };
}

function addGauges(registry: Registry, gauges: Gauges): void {
  const { queue, slots, interactive, pool, warm, sharedBuilds, recorder, redis } = gauges;
  const registers = [registry];
  const add = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  /** A counter whose value is kept elsewhere. */
  const addCounter = (name: string, help: string, value: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  add('ces_queue_active', 'Executions that wait or run.', () => queue().active);
  add('ces_queue_capacity', 'Executions that may wait or run.', () => queue().capacity);
  add('ces_interactive_active', 'Interactive programs that wait or run.', () => interactive()?.active ?? 0);
  add(
    'ces_interactive_capacity',
    'Interactive programs that may wait or run.',
    () => interactive()?.capacity ?? 0,
  );
  add('ces_slots', 'Programs that may run at the same time.', () => slots().slots);
  add('ces_slots_held', 'Slots in which a program runs.', () => slots().held);
  add('ces_slots_waiting', 'Programs that wait for a slot.', () => slots().waiting);
  add('ces_metrics_pending', 'Observations that are not stored yet.', () => recorder().pending);
  addCounter(
    'ces_metrics_dropped_total',
    'Observations that were not and will not be stored.',
    () => recorder().dropped,
  );
  if (pool) {
    add('ces_pool_idle', 'Containers that are ready.', () => pool().idle);
    addCounter('ces_pool_hits_total', 'Submissions that found a container ready.', () => pool().hits);
    addCounter('ces_pool_misses_total', 'Submissions that had to wait for one.', () => pool().misses);
  }
  if (warm) addWarmFigures(registry, warm);
  if (sharedBuilds) {
    const add = (name: string, help: string, field: keyof ReturnType<typeof sharedBuilds>) =>
      addCounter(`ces_shared_builds_${name}_total`, help, () => sharedBuilds()[field]);
    add('found', 'Builds of other workers that were used.', 'found');
    add('missed', 'Builds that no other worker had.', 'missed');
    add('kept', 'Builds that others may use from now on.', 'kept');
  }
  if (redis) add('ces_redis_up', 'Whether Redis can be reached.', () => Number(redis()));
  const build = new Gauge({
    name: 'ces_build_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'],
    registers,
  });
  build.set({ version: gauges.version }, 1);
}
