// From a request for an execution to its result: accepted, queued, run, with one line in the log and its place in
// metrics and traces. How a request came and how its answer is sent is the route's.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { type ErrorCode, ServiceError } from '../errors.ts';
import type { Accept } from '../execution/accept.ts';
import { auditViolations } from '../execution/audit.ts';
import type { CodeChecks } from '../execution/code-checks.ts';
import type { ExecuteRequest, ExecutionTask, TestResult } from '../execution/execution.ts';
import { endedEntry, failedEntry } from '../execution/log-entry.ts';
import { presentResult } from '../execution/output.ts';
import type { ExecutionRecord } from '../execution/record.ts';
import { beginningOfText } from '../execution/text-encoding.ts';
import { SHOWN_INPUT_BYTES } from '../limits.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import type { ExecutionQueue, QueueEvent } from '../queue/queue.ts';
import type { ExecutionTrace } from '../traces/traces.ts';
import { bytesHeldBy } from './answer-budget.ts';
import type { AnswerExecuteRequest } from './routes/execute.ts';

/** What is refused after it was accepted, and is no execution: nothing of it has run. */
const LATE_REFUSALS: readonly ErrorCode[] = ['queue_full', 'shutting_down', 'code_rejected'];

/** Outputs of an execution together that take the event loop more than a few milliseconds. */
const LONG_OUTPUTS_BYTES = 1024 * 1024;

/** Of one UTF-16 unit of a text in UTF-8. */
const MAX_CHARACTER_BYTES = 3;

export interface AnswerParts {
  readonly accept: Accept;
  readonly queue: ExecutionQueue;
  readonly code: Pick<CodeChecks, 'began' | 'of' | 'ended' | 'audit'>;
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn'>;
  /** The id of a language by any of its names. */
  readonly languageId: (name: string) => string | null;
  /** `null` when nothing is counted. */
  readonly metrics: Pick<ServiceMetrics, 'ended' | 'failed' | 'rejected'> | null;
}

export function createAnswerExecution(parts: AnswerParts): AnswerExecuteRequest {
  const { accept, queue, code, log, metrics } = parts;
  return async (request, { signal, hold, encoding, requestId, keyName, clientId, include, trace }) => {
    const task = await accept(request, clientId, code.began).catch((error: unknown) => {
      countRefusal(parts, request, error);
      throw error;
    });
    const { active } = queue.depth();
    const told = { request_id: requestId, key: keyName, ...trace?.ids, queue_depth: active };
    const followed = trace?.follow(task);
    const checked = code.of(task.executionId);
    const record = await submitAndWait(queue, task, signal, { followed, hold })
      .catch((error: unknown) => {
        log.warn({ ...told, ...failedEntry(task, error) }, 'execution');
        followed?.failed(codeOf(error));
        countFailure(parts, task, error);
        throw error;
      })
      .finally(() => code.ended(task.executionId));
    const ended = endedEntry(task, record);
    log.info({ ...told, ...ended }, 'execution');
    followed?.ended(record);
    metrics?.ended(task, record);
    auditViolations(code.audit, task, record);
    if (!signal.aborted && record.results.some(({ status }) => status === 'cancelled')) {
      throw new ServiceError('shutting_down', 'The service was stopped before the execution ended');
    }
    const analysis = include.includes('analysis') ? (await checked)?.analysis : undefined;
    const result = presentResult(record, encoding);
    // Making texts of long outputs takes a while, and so will writing them: others go on in between.
    if (ended.output_bytes > LONG_OUTPUTS_BYTES) await nextTurn();
    const results = include.includes('input') ? result.results : shortenInputs(result.results, task);
    return { ...result, results, ...(analysis && { analysis }) };
  };
}

/** The results with the beginning of inputs that are long. */
function shortenInputs(results: readonly TestResult[], { tests }: ExecutionTask): TestResult[] {
  return results.map((result) => {
    const { input } = result;
    if (input === null || input.length * MAX_CHARACTER_BYTES <= SHOWN_INPUT_BYTES) return result;
    const shown = beginningOfText(input, tests[result.index]?.encoding ?? 'utf8', SHOWN_INPUT_BYTES);
    return { ...result, input: shown, input_truncated: shown.length < input.length };
  });
}

/** An aborted signal cancels the execution, which then has the status `cancelled`. */
async function submitAndWait(
  queue: ExecutionQueue,
  task: ExecutionTask,
  signal: AbortSignal,
  followers: Followers,
): Promise<ExecutionRecord> {
  const id = await queue.submit(task);
  const cancel = () => void queue.cancel(id);
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const following = followEvents(queue.events(id), followers);
  try {
    return await queue.result(id);
  } finally {
    signal.removeEventListener('abort', cancel);
    await following;
  }
}

interface Followers {
  readonly followed: ExecutionTrace | undefined;
  /** Gets the bytes of what is kept for the answer. */
  readonly hold: (bytes: number) => void;
}

async function followEvents(events: AsyncIterable<QueueEvent>, { followed, hold }: Followers): Promise<void> {
  for await (const { event, atMs } of events) {
    followed?.onEvent(event, atMs);
    if (event.type !== 'status') hold(bytesHeldBy(event));
  }
}

function countRefusal({ metrics, languageId }: AnswerParts, request: ExecuteRequest, error: unknown): void {
  const { user_id: userId = null, language } = request;
  metrics?.rejected({ userId, language: languageId(language), code: codeOf(error) });
}

function countFailure({ metrics }: AnswerParts, task: ExecutionTask, error: unknown): void {
  const { userId, languageId: language } = task;
  const code = codeOf(error);
  if (LATE_REFUSALS.includes(code)) metrics?.rejected({ userId, language, code });
  else metrics?.failed(task);
}

function codeOf(error: unknown): ErrorCode {
  return error instanceof ServiceError ? error.code : 'internal_error';
}
