// Stands in for `execution-client.ts` on a service without `POST /executions`: waits for `POST /execute`, and reports
// its result as the events of an execution. Leaving the page cancels it.

import type { ExecuteRequest, ExecutionResult } from '../../src/api/execution.ts';
import { sendJson } from '../shared/api.ts';
import type { RunEvent } from './run-event.ts';

const running = new Map<string, { readonly result: Promise<ExecutionResult>; readonly cancel: () => void }>();

export function submitDirectly(request: ExecuteRequest, id: string): string {
  const controller = new AbortController();
  const { signal } = controller;
  const result = sendJson<ExecutionResult>('/api/v1/execute', { body: request, signal });
  running.set(id, { result, cancel: () => controller.abort() });
  return id;
}

export function isDirect(id: string): boolean {
  return running.has(id);
}

export async function followDirectly(id: string, onEvent: (event: RunEvent) => void): Promise<void> {
  onEvent({ type: 'status', status: 'running', ahead: null });
  const result = await running.get(id)?.result;
  if (result !== undefined) onEvent({ type: 'done', result });
}

export function cancelDirectly(id: string): void {
  running.get(id)?.cancel();
}
