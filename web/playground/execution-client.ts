// Executions of the service's API: submit, follow, cancel. Leaving the page does not cancel one; it can be followed again.

import type { ExecuteRequest, ExecutionResult, TestResult } from '../../src/api/execution.ts';
import type { CompileResult } from '../../src/api/result-fields.ts';
import { call, getJson, RefusedError, sendJson } from '../shared/api.ts';
import { readEvents } from '../shared/event-stream.ts';
import type { RunEvent } from './run-event.ts';

const EXECUTIONS = '/api/v1/executions';

/** Returns the execution's id. The same `idempotencyKey` never runs twice. */
export async function submit(
  request: ExecuteRequest,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<string> {
  const headers = { 'idempotency-key': idempotencyKey };
  const { execution_id: id } = await sendJson<{ execution_id: string }>(`${EXECUTIONS}?output=true`, {
    body: request,
    headers,
    signal,
  });
  return id;
}

/** How many others wait while an execution does; `null` when it no longer waits, or the service does not say. */
export async function othersWaiting(id: string, signal: AbortSignal): Promise<number | null> {
  const { others_waiting: others = null } = await getJson<{ others_waiting?: number }>(
    `${EXECUTIONS}/${encodeURIComponent(id)}`,
    signal,
  );
  return others;
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
  const headers: Record<string, string> =
    position.lastEventId === null ? {} : { 'last-event-id': position.lastEventId };
  const response = await call(`${EXECUTIONS}/${id}/events?output=true`, { headers, signal });
  if (response.body === null) return;
  for await (const { id: eventId, type, data } of readEvents(response.body)) {
    const event = runEventOf(type, JSON.parse(data));
    if (eventId !== null) position.lastEventId = eventId;
    if (event !== null) onEvent(event);
    if (event?.type === 'done') return;
  }
}

function runEventOf(type: string, data: unknown): RunEvent | null {
  if (type === 'status') return { type, status: (data as { status: string }).status };
  if (type === 'compile') return { type, compile: data as CompileResult };
  if (type === 'test') return { type, test: data as TestResult };
  if (type === 'output') {
    const { test_index: testIndex, data: text } = data as { test_index: number; data: string };
    return { type, testIndex, text };
  }
  return type === 'done' ? { type, result: data as ExecutionResult } : null;
}

/** Its events say how it ended, also if it had ended before. */
export async function cancel(id: string): Promise<void> {
  try {
    await sendJson(`${EXECUTIONS}/${id}`, { method: 'DELETE' });
  } catch (error) {
    const hasEnded = error instanceof RefusedError && error.problem.status === 409;
    if (!hasEnded) throw error;
  }
}
