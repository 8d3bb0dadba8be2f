// POST /api/v1/execute for clients that accept `text/event-stream`: the events of a synchronous execution as they come,
// then its result.

import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExecuteRequest, ExecutionResult } from '../../api/execution.ts';
import { ServiceError } from '../../errors.ts';
import type { LiveOutput } from '../../execution/live-output.ts';
import type { ExecutionEvent, TestRecord } from '../../execution/record.ts';
import { clientEvent } from '../../submissions/client-event.ts';
import type { View } from '../../submissions/executions.ts';
import { createOutputEvents, GATHER_MS, type OutputEvents } from '../../submissions/output-events.ts';
import type { SubmissionContext } from '../../submissions/submission.ts';
import { errorAnswerOf } from '../error-answer.ts';
import { type EventStreamOptions, type SentEvent, sendEvents } from '../event-stream.ts';

/** Runs the execution and calls for each of its events. */
type Run = (
  onEvent: (event: ExecutionEvent) => void,
  onLiveOutput: SubmissionContext['onLiveOutput'],
) => Promise<ExecutionResult>;

interface Waiting extends Omit<SentEvent, 'id'> {
  /** What the event is of; its output comes before it. */
  readonly test?: TestRecord;
}

interface Stream {
  readonly waiting: Waiting[];
  /** `null` if it was not asked for, and before the execution is submitted. */
  output: OutputEvents | null;
  wake: () => void;
  hasEnded: boolean;
}

/**
 * What is refused before the first event is an error answer. Events that wait for a slow client count among what answers
 * hold in memory. None is kept: a client that is disconnected has cancelled the execution.
 */
export async function streamExecution(
  {
    request,
    reply,
  }: { readonly request: FastifyRequest<{ Body: ExecuteRequest }>; readonly reply: FastifyReply },
  options: EventStreamOptions & { readonly view: View; readonly hasOutput: boolean },
  run: Run,
): Promise<void> {
  const stream: Stream = { waiting: [], output: null, wake: () => {}, hasEnded: false };
  const tests = (request.body.test_cases ?? []).map(({ encoding = 'utf8' }) => ({ encoding }));
  push(stream, { type: 'status', data: { status: 'queued' } });
  const begun = Promise.withResolvers<void>();
  const result = run(
    (event) => {
      const test = event.type === 'test' && options.hasOutput ? { test: event.test } : {};
      push(stream, { ...clientEvent(event, { tests }, options.view), ...test });
      begun.resolve();
    },
    options.hasOutput ? (live) => followOutput(stream, live, options.view) : undefined,
  );
  const end = result.then(
    (data) => push(stream, { type: 'done', data }),
    (error: unknown) => push(stream, { type: 'error', data: failure(error, request) }),
  );
  void end.finally(() => {
    stream.hasEnded = true;
    stream.wake();
  });
  await Promise.race([begun.promise, result]);
  await sendEvents(reply, read(stream), options);
}

/** Until the execution has ended, which its submission disposes of. */
function followOutput(stream: Stream, live: LiveOutput, view: View): void {
  stream.output = createOutputEvents(live, view);
  const wait = async () => {
    while (!stream.hasEnded) {
      await live.changed();
      await delay(GATHER_MS);
      stream.wake();
    }
  };
  void wait();
}

function push(stream: Stream, event: Waiting): void {
  stream.waiting.push(event);
  stream.wake();
}

async function* read(stream: Stream): AsyncGenerator<SentEvent> {
  for (let id = 1; ; ) {
    for (let event = stream.waiting.shift(); event !== undefined; event = stream.waiting.shift()) {
      const { test, ...sent } = event;
      if (test !== undefined) yield* outputBefore(stream, test);
      yield { id, ...sent };
      id += 1;
    }
    if (stream.hasEnded) return;
    const woken = new Promise<void>((resolve) => {
      stream.wake = resolve;
    });
    yield* stream.output?.next() ?? [];
    if (stream.waiting.length === 0 && !stream.hasEnded) await woken;
  }
}

function outputBefore({ output }: Stream, test: TestRecord): SentEvent[] {
  return output === null ? [] : [...output.next(), ...output.restOf(test)];
}

/** The answer has begun: its status can no longer say so. */
function failure(error: unknown, { id, log }: FastifyRequest): object {
  if (error instanceof ServiceError) return errorAnswerOf(error, id);
  log.error({ err: error }, 'request failed');
  return errorAnswerOf(new ServiceError('internal_error', 'internal error'), id);
}
