// The metrics of a service: each observation goes to the recorder, which writes to the store, and to Prometheus.
// Nothing here waits or throws.

import type { ErrorCode } from '../errors.ts';
import type { Log } from '../log.ts';
import type { MetricsStore, Observation } from './metrics.ts';
import { failedObservation, type ObservedRecord, type ObservedTask, observationOf } from './observation.ts';
import { createPrometheus, type Gauges, type RequestObservation } from './prometheus.ts';
import { createRecorder } from './recorder.ts';
import type { Worker } from './report.ts';
import { createReports, type MetricsReports } from './reports.ts';

export interface ServiceMetrics {
  readonly reports: MetricsReports;
  /** An execution that ended, whatever its status. */
  ended(task: ObservedTask, record: ObservedRecord, requestId?: string): void;
  /** An accepted execution that failed because of the service. */
  failed(task: ObservedTask, code: ErrorCode, requestId?: string): void;
  /** A rejected request for an execution. `language` is the language's id, `null` if it is unknown. */
  rejected(request: {
    readonly userId: string | null;
    readonly language: string | null;
    readonly code: ErrorCode;
  }): void;
  /** Any HTTP request. */
  answered(request: RequestObservation): void;
  sandboxFailed(sandbox: string, operation: string): void;
  /** An attempt to deliver a webhook. */
  webhookAttempted(outcome: string): void;
  /** An attempt to run a stored execution. */
  attempted(outcome: string): void;
  prometheusText(): Promise<string>;
  /** Writes what is left; does not close the store. */
  close(): Promise<void>;
}

export interface MetricsParts extends Omit<Gauges, 'recorder'> {
  readonly store: MetricsStore;
  readonly sandbox: string;
  readonly log: Log;
  /** The processes that run programs, as they are now. */
  readonly workers: () => readonly Worker[];
}

export function createServiceMetrics({ store, sandbox, log, ...gauges }: MetricsParts): ServiceMetrics {
  const recorder = createRecorder(store, log);
  const prometheus = createPrometheus({ ...gauges, recorder: recorder.state });
  const observe = (observation: Observation) => {
    recorder.record(observation);
    prometheus.observe(observation);
  };
  return {
    reports: createReports({ store, recorder, depth: gauges.queue, present: gauges }),
    ended: (task, record, requestId) => observe(observationOf(task, record, { atMs: Date.now(), requestId })),
    failed: (task, code, requestId) =>
      observe(failedObservation(task, { sandbox, code }, { atMs: Date.now(), requestId })),
    rejected: (request) => observe({ kind: 'rejection', atMs: Date.now(), ...request }),
    answered: prometheus.observeRequest,
    sandboxFailed: prometheus.countSandboxFailure,
    webhookAttempted: prometheus.countWebhook,
    attempted: prometheus.countAttempt,
    prometheusText: prometheus.text,
    close: recorder.close,
  };
}
