// The queue within one process: everything it takes is active at once and competes for the sandbox's slots, where the
// waiting is done. It bounds how many there are, keeps room for those who have few, and ends them at shutdown.

import { ServiceError } from '../errors.ts';
import type { Execute, ExecutionRecord } from '../execution/record.ts';
import { ownerOf } from '../execution/slot-owner.ts';
import type { ExecutionTask } from '../execution/task.ts';
import { type ActiveExecution, startExecution } from './active-execution.ts';
import type { ExecutionQueue } from './queue.ts';
import { createThroughput, type Throughput } from './throughput.ts';

const SHUTTING_DOWN_RETRY_SECONDS = 10;
/** The share of the waiting places that is added for owners who have less than their share. */
const RESERVE = 1 / 4;
/** Results that nobody has asked for yet are kept this long, and this many of them; the oldest go first. */
const UNCLAIMED_KEPT_MS = 30_000;
const MAX_UNCLAIMED = 100;

export interface InProcessQueueOptions {
  /** Executions that may run at the same time, and that may wait beside them. */
  readonly slots: number;
  readonly queueSize: number;
}

interface State {
  readonly execute: Execute;
  readonly capacity: number;
  /** Places beyond the capacity: one owner may fill the queue, and others must still find room. */
  readonly reserve: number;
  readonly throughput: Throughput;
  readonly active: Map<string, ActiveExecution>;
  /** Those that ended before anyone asked for their result, the oldest first. */
  readonly unclaimed: Map<string, { readonly execution: ActiveExecution; readonly expiry: NodeJS.Timeout }>;
  /** Ids whose result somebody waits for. */
  readonly claimed: Set<string>;
  /** How many active executions each owner has; those without any are not in it. */
  readonly activeByOwner: Map<string, number>;
  isClosing: boolean;
  /** Called when the last active execution has ended. */
  whenIdle: () => void;
}

export function createInProcessQueue(execute: Execute, options: InProcessQueueOptions): ExecutionQueue {
  const state: State = {
    execute,
    capacity: options.slots + options.queueSize,
    reserve: Math.ceil(options.queueSize * RESERVE),
    throughput: createThroughput(),
    active: new Map(),
    unclaimed: new Map(),
    claimed: new Set(),
    activeByOwner: new Map(),
    isClosing: false,
    whenIdle: () => {},
  };
  return {
    submit: async (task) => submit(state, task),
    result: async (id) => result(state, id),
    events: (id, after = 0) => known(state, id).events(after),
    cancel: async (id) => cancel(state, id),
    depth: () => ({ active: state.active.size, capacity: state.capacity }),
    close: ({ graceMs }) => close(state, graceMs),
  };
}

function submit(state: State, task: ExecutionTask): string {
  const id = task.executionId;
  const owner = JSON.stringify(ownerOf(task));
  refuseIfNeeded(state, owner);
  const execution = startExecution(state.execute, task);
  state.active.set(id, execution);
  countOf(state, owner, 1);
  const end = () => {
    state.active.delete(id);
    countOf(state, owner, -1);
    state.throughput.countOne();
    if (!state.claimed.delete(id)) keepUnclaimed(state, id, execution);
    if (state.active.size === 0) state.whenIdle();
  };
  execution.result.then(end, end);
  return id;
}

function result(state: State, id: string): Promise<ExecutionRecord> {
  const execution = known(state, id);
  if (state.active.has(id)) state.claimed.add(id);
  else forget(state, id);
  return execution.result;
}

function keepUnclaimed(state: State, id: string, execution: ActiveExecution): void {
  const expiry = setTimeout(() => state.unclaimed.delete(id), UNCLAIMED_KEPT_MS).unref();
  state.unclaimed.set(id, { execution, expiry });
  const [oldest] = state.unclaimed.keys();
  if (state.unclaimed.size > MAX_UNCLAIMED && oldest !== undefined) forget(state, oldest);
}

function forget({ unclaimed }: State, id: string): void {
  clearTimeout(unclaimed.get(id)?.expiry);
  unclaimed.delete(id);
}

function known({ active, unclaimed }: State, id: string): ActiveExecution {
  const execution = active.get(id) ?? unclaimed.get(id)?.execution;
  if (execution === undefined) throw new ServiceError('not_found', `There is no execution ${id}`);
  return execution;
}

function cancel({ active }: State, id: string): boolean {
  const execution = active.get(id);
  execution?.cancel(new Error('the execution was cancelled'));
  return execution !== undefined;
}

function countOf({ activeByOwner }: State, owner: string, change: 1 | -1): void {
  const count = (activeByOwner.get(owner) ?? 0) + change;
  if (count > 0) activeByOwner.set(owner, count);
  else activeByOwner.delete(owner);
}

function refuseIfNeeded(state: State, owner: string): void {
  if (state.isClosing) {
    const options = { retryAfterSeconds: SHUTTING_DOWN_RETRY_SECONDS };
    throw new ServiceError(
      'shutting_down',
      'The service is shutting down and takes no more executions',
      options,
    );
  }
  if (!hasRoomFor(state, owner)) {
    const { active, capacity, throughput } = state;
    const message = `The queue is full: ${active.size} of at most ${capacity} executions wait or run`;
    // When half of what is there has ended, those who come back find room.
    const options = { retryAfterSeconds: throughput.secondsFor(active.size / 2) };
    throw new ServiceError('queue_full', message, options);
  }
}

function hasRoomFor({ active, activeByOwner, capacity, reserve }: State, owner: string): boolean {
  if (active.size < capacity) return true;
  const own = activeByOwner.get(owner) ?? 0;
  const owners = activeByOwner.size + (own === 0 ? 1 : 0);
  return own < capacity / owners && active.size < capacity + reserve && owners > 1;
}

async function close(state: State, graceMs: number): Promise<void> {
  state.isClosing = true;
  if (state.active.size === 0) return;
  const idle = new Promise<void>((resolve) => {
    const earlier = state.whenIdle;
    state.whenIdle = () => {
      earlier();
      resolve();
    };
  });
  const cancelAll = () => {
    for (const execution of state.active.values())
      execution.cancel(new Error('the service is shutting down'));
  };
  const timer = setTimeout(cancelAll, graceMs);
  await idle;
  clearTimeout(timer);
}
