// The queue of a process that runs nothing itself: whoever waits here waits for a worker of the fleet. It stores each task,
// follows its events, and knows no more of workers than the store does.

import { ServiceError } from '../errors.ts';
import type { ExecutionTask } from '../execution/task.ts';
import type { ExecutionStore } from '../store/store.ts';
import { type AwaitedExecution, followExecution } from './awaited-execution.ts';
import type { ExecutionQueue } from './queue.ts';
import type { StoredWork } from './stored-work.ts';

/** Owner of executions that nobody may see: no key has such a name. */
const NOBODY = 'awaited';
/** After its end, for who waits for it. */
const KEPT_MS = 60_000;
/** Results that nobody has asked for yet. */
const UNCLAIMED_KEPT_MS = 30_000;
const RETRY_AFTER_SECONDS = 5;
const SHUTTING_DOWN_RETRY_SECONDS = 10;

export interface FleetQueueParts {
  readonly store: ExecutionStore;
  readonly work: Pick<StoredWork, 'cancel' | 'secondsFor'>;
  /** Whether a worker is there that can run it. */
  readonly isOffered: (task: ExecutionTask) => boolean;
}

interface State extends FleetQueueParts {
  readonly active: Map<string, AwaitedExecution>;
  isClosing: boolean;
}

export function createFleetQueue(parts: FleetQueueParts): ExecutionQueue {
  const state: State = { ...parts, active: new Map(), isClosing: false };
  return {
    submit: (task) => submit(state, task),
    result: async (id) => {
      const execution = known(state, id);
      return execution.result.finally(() => state.active.delete(id));
    },
    events: (id, after = 0) => known(state, id).events(after),
    cancel: async (id) => {
      if (!state.active.has(id)) return false;
      return (await parts.work.cancel(id).catch(() => 'unknown')) === 'cancelled';
    },
    depth: () => ({ active: state.active.size, capacity: parts.store.state().capacity }),
    close: ({ graceMs }) => close(state, graceMs),
  };
}

async function submit(state: State, task: ExecutionTask): Promise<string> {
  const { store, active } = state;
  refuseIfNeeded(state, task);
  const id = task.executionId;
  const added = add(state, task);
  const execution = followExecution(store, id, added);
  await added;
  active.set(id, execution);
  const forget = () => setTimeout(() => active.delete(id), UNCLAIMED_KEPT_MS).unref();
  execution.result.then(forget, forget);
  return id;
}

async function add({ store, work }: State, task: ExecutionTask): Promise<void> {
  const [admission] = await store.add([
    {
      task,
      owner: NOBODY,
      origin: { requestId: '', keyName: null },
      batchId: null,
      webhookUrl: null,
      idempotency: null,
      keepMs: KEPT_MS,
    },
  ]);
  if (admission?.kind !== 'full') return;
  const { waiting, running } = store.state();
  throw new ServiceError('queue_full', `The queue is full: ${admission.reason}`, {
    retryAfterSeconds: work.secondsFor((waiting + running) / 2),
  });
}

function refuseIfNeeded({ isClosing, isOffered }: State, task: ExecutionTask): void {
  if (isClosing) {
    throw new ServiceError('shutting_down', 'The service is shutting down and takes no more executions', {
      retryAfterSeconds: SHUTTING_DOWN_RETRY_SECONDS,
    });
  }
  if (!isOffered(task)) {
    throw new ServiceError(
      'unavailable',
      `No worker that runs ${task.languageId} ${task.version} is there now`,
      {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      },
    );
  }
}

function known({ active }: State, id: string): AwaitedExecution {
  const execution = active.get(id);
  if (execution === undefined) throw new ServiceError('not_found', `There is no execution ${id}`);
  return execution;
}

async function close(state: State, graceMs: number): Promise<void> {
  state.isClosing = true;
  const ends = [...state.active.values()].map(({ result }) => result.catch(() => {}));
  const timer = setTimeout(() => {
    for (const id of state.active.keys()) void state.work.cancel(id).catch(() => {});
  }, graceMs);
  await Promise.all(ends);
  clearTimeout(timer);
}
