// Executions of the service's API: submit, follow, cancel. Leaving the page does not cancel one; it can be followed again.

import type { ExecuteRequest, ExecutionResult } from '../../src/api/execution.ts';
import { call, RefusedError, sendJson } from '../shared/api.ts';
import { readEvents } from '../shared/event-stream.ts';
import { cancelDirectly, followDirectly, isDirect, submitDirectly } from './execute-client.ts';
import type { RunEvent } from './run-event.ts';

const EXECUTIONS = '/api/v1/executions';

/** Returns the execution's id. The same `idempotencyKey` never runs twice. */
export async function submit(
  request: ExecuteRequest,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<string> {
  const headers = { 'idempotency-key': idempotencyKey };
  try {
    const { execution_id: id } = await sendJson<{ execution_id: string }>(EXECUTIONS, {
      body: request,
      headers,
      signal,
    });
    return id;
  } catch (error) {
    const isMissing = error instanceof RefusedError && error.problem.status === 404;
    if (isMissing) return submitDirectly(request, idempotencyKey);
    throw error;
  }
}

/** How far the events of an execution have been read. */
export interface Position {
  lastEventId: string | null;
}

/** Reads events from `position` on until the stream ends, which is not always the end of the execution. */
export async function follow(
  id: string,
  position: Position,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  if (isDirect(id)) return followDirectly(id, onEvent);
  const headers: Record<string, string> =
    position.lastEventId === null ? {} : { 'last-event-id': position.lastEventId };
  const response = await call(`${EXECUTIONS}/${id}/events`, { headers, signal });
  if (response.body === null) return;
  for await (const { id: eventId, type, data } of readEvents(response.body)) {
    const event = runEventOf(type, JSON.parse(data));
    if (eventId !== null) position.lastEventId = eventId;
    if (event !== null) onEvent(event);
    if (event?.type === 'done') return;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the data of each event has the schema of its type
function runEventOf(type: string, data: any): RunEvent | null {
  if (type === 'status') return { type, status: data.status, ahead: data.ahead ?? data.position ?? null };
  if (type === 'compile') return { type, compile: data.compile ?? data };
  if (type === 'test') return { type, test: data.test ?? data };
  if (type === 'done') return { type, result: data.result ?? data };
  return null;
}

/** Returns the result if the execution had ended before it could be cancelled. */
export async function cancel(id: string): Promise<ExecutionResult | null> {
  if (isDirect(id)) {
    cancelDirectly(id);
    return null;
  }
  try {
    await sendJson(`${EXECUTIONS}/${id}`, { method: 'DELETE' });
    return null;
  } catch (error) {
    if (error instanceof RefusedError && error.problem.status === 409) return null;
    throw error;
  }
}
