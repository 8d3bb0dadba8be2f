// Submissions that a client talks to while they run. They are accepted, validated, counted and logged as any other; only
// their program has live streams, and they wait in a queue of their own, for slots of their own, so that a person who thinks
// before typing holds up no test.

import type { ExecuteRequest, ExecutionResult } from '../api/execution.ts';
import type { CompileResult } from '../api/result-fields.ts';
import { ServiceError } from '../errors.ts';
import { createExecute } from '../execution/execute.ts';
import type { ExecuteParts } from '../execution/execution.ts';
import { type LiveProgram, type LiveRun, withLiveRun } from '../execution/live-program.ts';
import { presentCompile } from '../execution/output.ts';
import type { Execute, ExecutionEvent } from '../execution/record.ts';
import type { ExecutionTask } from '../execution/task.ts';
import type { ExecutionQueue } from '../queue/queue.ts';
import type { SubmissionContext } from './submission.ts';
import { createSubmit, type SubmitParts } from './submit.ts';

export interface InteractContext extends Omit<SubmissionContext, 'include' | 'waitForRoomMs' | 'onEvent'> {
  readonly terminal: LiveRun['terminal'];
  readonly outputBytes: number;
  /** Called once the request is accepted, and waits for its slot. Must not throw. */
  onAccepted(executionId: string): void;
  onStatus(status: 'compiling' | 'running'): void;
  onCompile(compile: CompileResult): void;
  /** Called when the program is about to run. Must not throw. */
  onProgram(program: LiveProgram): void;
}

export interface InteractiveEnd {
  readonly result: ExecutionResult;
  /** The program was ended because nothing went in or out. */
  readonly wasIdle: boolean;
}

export interface Interactions {
  /** Runs a request to its end. Rejects with a `ServiceError`. */
  interact(request: ExecuteRequest, context: InteractContext): Promise<InteractiveEnd>;
  /** How many run or wait. */
  depth(): ReturnType<ExecutionQueue['depth']>;
  close: ExecutionQueue['close'];
}

export interface InteractionParts {
  readonly submit: Omit<SubmitParts, 'queue'>;
  readonly execute: ExecuteParts;
  readonly openQueue: (execute: Execute) => ExecutionQueue;
  /** Most of them that one client may have. */
  readonly maxPerClient: number;
  readonly wallTimeMs: number;
  readonly idleTimeMs: number;
}

const RETRY_AFTER_SECONDS = 10;

interface State {
  /** Of the accepted executions; streams stay in this process, while a queue carries tasks only. */
  readonly liveRuns: Map<string, LiveRun>;
  readonly perClient: Map<string, number>;
}

export function createInteractions(parts: InteractionParts): Interactions {
  const state: State = { liveRuns: new Map(), perClient: new Map() };
  const queue = parts.openQueue((task, ...rest) => {
    const live = state.liveRuns.get(task.executionId) as LiveRun;
    const sandbox = withLiveRun(parts.execute.sandbox, live);
    return createExecute({ ...parts.execute, sandbox })(task, ...rest);
  });
  return {
    interact: (request, context) => interact(parts, state, queue, request, context),
    depth: queue.depth,
    close: queue.close,
  };
}

async function interact(
  { submit, execute, maxPerClient, wallTimeMs, idleTimeMs }: InteractionParts,
  state: State,
  queue: ExecutionQueue,
  request: ExecuteRequest,
  { terminal, outputBytes, onAccepted, onStatus, onCompile, onProgram, ...context }: InteractContext,
): Promise<InteractiveEnd> {
  if (terminal && !execute.sandbox.hasTerminals) throw noTerminals();
  let wasIdle = false;
  let executionId: string | null = null;
  const live: LiveRun = {
    ...{ terminal, wallTimeMs, idleTimeMs, outputBytes, onProgram },
    onEnd: ({ limitReached }) => {
      wasIdle = limitReached === 'idle';
    },
  };
  const onEvent = (event: ExecutionEvent) => {
    if (event.type === 'status') onStatus(event.status);
    if (event.type === 'compile') onCompile(presentCompile(event.compile, context.encoding));
  };
  const submitTask = async (task: ExecutionTask) => {
    take(state, context.clientId, maxPerClient);
    executionId = task.executionId;
    state.liveRuns.set(executionId, live);
    const id = await queue.submit(task);
    onAccepted(id);
    return id;
  };
  try {
    const run = createSubmit({ ...submit, queue: { ...queue, submit: submitTask } });
    return { result: await run(request, { ...context, onEvent, include: [] }), wasIdle };
  } finally {
    if (executionId !== null) giveBack(state, context.clientId, executionId);
  }
}

function noTerminals(): ServiceError {
  const message = 'pty is not available here: programs run in containers, which have no terminals';
  return new ServiceError('invalid_request', message, { errors: [{ path: 'pty', message }] });
}

function take({ perClient }: State, clientId: string, maxPerClient: number): void {
  const own = perClient.get(clientId) ?? 0;
  if (own >= maxPerClient) {
    const message = `At most ${maxPerClient} interactive programs of one client may run or wait`;
    throw new ServiceError('queue_full', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
  perClient.set(clientId, own + 1);
}

function giveBack({ perClient, liveRuns }: State, clientId: string, executionId: string): void {
  liveRuns.delete(executionId);
  const left = (perClient.get(clientId) ?? 1) - 1;
  if (left === 0) perClient.delete(clientId);
  else perClient.set(clientId, left);
}
