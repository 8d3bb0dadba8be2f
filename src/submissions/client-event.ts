// How an event of an execution looks to clients, stored or not.

import { presentCompile, presentTest } from '../execution/output.ts';
import type { ExecutionEvent } from '../execution/record.ts';
import type { TaskTest } from '../execution/task.ts';
import type { ClientEvent, View } from './executions.ts';
import { withShortInput } from './shown-input.ts';

type StatusEvent = { readonly type: 'status'; readonly status: 'queued' | 'compiling' | 'running' };
/** All but `done`, without their ids. */
type ProgressEvent = ClientEvent extends infer E
  ? E extends { type: 'done' }
    ? never
    : Omit<E, 'id'>
  : never;

export function clientEvent(
  event: ExecutionEvent | StatusEvent,
  task: { readonly tests: readonly Pick<TaskTest, 'encoding'>[] },
  view: View,
): ProgressEvent {
  switch (event.type) {
    case 'status':
      return { type: 'status', data: { status: event.status } };
    case 'compile':
      return { type: 'compile', data: presentCompile(event.compile, view.encoding) };
    case 'test': {
      const test = presentTest(event.test, view.encoding);
      return { type: 'test', data: view.include.includes('input') ? test : withShortInput(test, task) };
    }
  }
}
