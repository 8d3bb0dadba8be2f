// From a request to the result of its execution: accepted, queued, run, with its entry in the log, metrics and traces. How
// a request came and how its answer is sent is the front door's business.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { ExecutionResult } from '../api/execution.ts';
import { type ErrorCode, ServiceError } from '../errors.ts';
import type { LiveOutputs } from '../execution/live-output.ts';
import { presentResult } from '../execution/output.ts';
import type { ExecutionEvent, ExecutionRecord } from '../execution/record.ts';
import type { ExecutionTask } from '../execution/task.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import type { ExecutionQueue, QueueEvent } from '../queue/queue.ts';
import type { ExecutionTrace } from '../traces/traces.ts';
import { MIB } from '../units.ts';
import type { Accept } from './accept.ts';
import { auditViolations } from './audit.ts';
import { type ExecutionEntry, endedEntry, failedEntry } from './log-entry.ts';
import type { CodeValidation } from './open-validation.ts';
import { codeOf, countRejection } from './rejections.ts';
import { withShortInput } from './shown-input.ts';
import type { ResultPart, SubmissionContext, Submit } from './submission.ts';
import { submitWhenThereIsRoom } from './wait-for-room.ts';

/** Rejections after a request was accepted: nothing ran, so it counts as no execution. */
const LATE_REJECTIONS: readonly ErrorCode[] = ['queue_full', 'shutting_down'];

/** Total output that takes the event loop more than a few milliseconds. */
const LONG_OUTPUTS_BYTES = MIB;

export interface SubmitParts {
  readonly accept: Accept;
  readonly queue: ExecutionQueue;
  readonly audit: CodeValidation['audit'];
  readonly outputs: Pick<LiveOutputs, 'follow'>;
  readonly log: Pick<FastifyBaseLogger, 'info'>;
  /** The id of the language with this name or alias. */
  readonly languageId: (name: string) => string | null;
  /** `null` if metrics are off. */
  readonly metrics: Pick<ServiceMetrics, 'ended' | 'failed' | 'rejected'> | null;
}

export function createSubmit(parts: SubmitParts): Submit {
  const { accept, queue, audit, metrics } = parts;
  return async (request, context) => {
    const { signal, trace } = context;
    const task = await accept(request, context).catch((error: unknown) => {
      countRejection(parts, request, error);
      throw error;
    });
    using live = context.onLiveOutput && parts.outputs.follow(task.executionId);
    if (live !== undefined) context.onLiveOutput?.(live);
    const logged = { api: context.api, queue_depth: queue.depth().active };
    const followed = trace?.follow(task);
    const record = await submitAndWait(queue, task, context, followed).catch((error: unknown) => {
      logEntry(parts, context, { ...failedEntry(task, error), ...logged });
      followed?.failed(codeOf(error));
      countFailure(parts, task, context.requestId, error);
      throw error;
    });
    const ended = endedEntry(task, record);
    logEntry(parts, context, { ...ended, ...logged });
    followed?.ended(record);
    metrics?.ended(task, record, context.requestId);
    auditViolations(audit, task, record);
    if (!signal.aborted && record.results.some(({ status }) => status === 'cancelled')) {
      throw new ServiceError('shutting_down', 'The service was stopped before the execution ended');
    }
    const result = presentResult(record, context.encoding);
    // Decoding long outputs takes a while, and so will writing them: let others run in between.
    if (ended.output_bytes > LONG_OUTPUTS_BYTES) await nextTurn();
    return withParts(result, task, context.include);
  };
}

function logEntry({ log }: SubmitParts, context: SubmissionContext, entry: ExecutionEntry): void {
  const { requestId, keyName, trace, onLogEntry } = context;
  if (onLogEntry) onLogEntry(entry);
  else log.info({ request_id: requestId, key: keyName, ...trace?.ids, execution: entry }, 'execution');
}

/** Leaves out parts that were not requested. */
function withParts(
  { analysis, ...result }: ExecutionResult,
  task: ExecutionTask,
  include: readonly ResultPart[],
): ExecutionResult {
  return {
    ...result,
    results: include.includes('input')
      ? result.results
      : result.results.map((test) => withShortInput(test, task)),
    ...(analysis && include.includes('analysis') && { analysis }),
  };
}

/** An aborted signal cancels the execution, which then has the status `cancelled`. */
async function submitAndWait(
  queue: ExecutionQueue,
  task: ExecutionTask,
  { signal, onEvent, waitForRoomMs }: SubmissionContext,
  followed: ExecutionTrace | undefined,
): Promise<ExecutionRecord> {
  const id = await submitWhenThereIsRoom(queue, task, { signal, waitForRoomMs });
  const cancel = () => void queue.cancel(id);
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const following = followEvents(queue.events(id), (event, atMs) => {
    followed?.onEvent(event, atMs);
    onEvent(event);
  });
  try {
    return await queue.result(id);
  } finally {
    signal.removeEventListener('abort', cancel);
    await following;
  }
}

async function followEvents(
  events: AsyncIterable<QueueEvent>,
  onEvent: (event: ExecutionEvent, atMs: number) => void,
): Promise<void> {
  for await (const { event, atMs } of events) onEvent(event, atMs);
}

function countFailure(
  { metrics }: SubmitParts,
  task: ExecutionTask,
  requestId: string,
  error: unknown,
): void {
  const { userId, languageId: language } = task;
  const code = codeOf(error);
  if (LATE_REJECTIONS.includes(code)) metrics?.rejected({ userId, language, code });
  else metrics?.failed(task, code, requestId);
}
