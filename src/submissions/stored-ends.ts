// What happens when a stored execution has ended: one line in the log, metrics, audit.

import type { FastifyBaseLogger } from 'fastify';
import type { ExecutionRecord } from '../execution/record.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import type { Claim } from '../store/store.ts';
import { type Audit, auditViolations } from './audit.ts';
import { endedEntry } from './log-entry.ts';

interface StoredEndsParts {
  readonly audit: Audit;
  readonly log: Pick<FastifyBaseLogger, 'info'>;
  readonly metrics: Pick<ServiceMetrics, 'ended'> | null;
}

export function reportStoredEnds({ audit, log, metrics }: StoredEndsParts) {
  return ({ task, origin, attempt, isAwaited = false }: Claim, record: ExecutionRecord): void => {
    if (isAwaited) return;
    const { requestId, keyName } = origin;
    const execution = { ...endedEntry(task, record), api: task.api ?? null, stored: true, attempt };
    const traceId = task.traceparent?.split('-')[1];
    const trace = traceId === undefined ? {} : { trace_id: traceId };
    log.info({ request_id: requestId, key: keyName, ...trace, execution }, 'execution');
    metrics?.ended(task, record, requestId);
    auditViolations(audit, task, record);
  };
}
