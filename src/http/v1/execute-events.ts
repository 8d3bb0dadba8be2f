// POST /api/v1/execute for clients that accept `text/event-stream`: the events of a synchronous execution as they come,
// then its result.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExecuteRequest, ExecutionResult } from '../../api/execution.ts';
import { ServiceError } from '../../errors.ts';
import type { ExecutionEvent } from '../../execution/record.ts';
import { clientEvent } from '../../submissions/client-event.ts';
import type { View } from '../../submissions/executions.ts';
import { errorAnswerOf } from '../error-answer.ts';
import { type EventStreamOptions, type SentEvent, sendEvents } from '../event-stream.ts';

/** Runs the execution and calls for each of its events. */
type Run = (onEvent: (event: ExecutionEvent) => void) => Promise<ExecutionResult>;

interface Stream {
  readonly waiting: Omit<SentEvent, 'id'>[];
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
  options: EventStreamOptions & { readonly view: View },
  run: Run,
): Promise<void> {
  const stream: Stream = { waiting: [], wake: () => {}, hasEnded: false };
  const tests = (request.body.test_cases ?? []).map(({ encoding = 'utf8' }) => ({ encoding }));
  push(stream, { type: 'status', data: { status: 'queued' } });
  const begun = Promise.withResolvers<void>();
  const result = run((event) => {
    push(stream, clientEvent(event, { tests }, options.view));
    begun.resolve();
  });
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

function push(stream: Stream, event: Omit<SentEvent, 'id'>): void {
  stream.waiting.push(event);
  stream.wake();
}

async function* read(stream: Stream): AsyncGenerator<SentEvent> {
  for (let id = 1; ; ) {
    for (let event = stream.waiting.shift(); event !== undefined; event = stream.waiting.shift()) {
      yield { id, ...event };
      id += 1;
    }
    if (stream.hasEnded) return;
    await new Promise<void>((resolve) => {
      stream.wake = resolve;
    });
  }
}

/** The answer has begun: its status can no longer say so. */
function failure(error: unknown, { id, log }: FastifyRequest): object {
  if (error instanceof ServiceError) return errorAnswerOf(error, id);
  log.error({ err: error }, 'request failed');
  return errorAnswerOf(new ServiceError('internal_error', 'internal error'), id);
}
