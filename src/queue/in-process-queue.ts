// The queue within one process: everything it takes is active at once and competes for the sandbox's slots, where the
// waiting is done. It bounds how many there are, keeps room for those who have few, and ends them at shutdown.

import { ServiceError } from '../errors.ts';
import { ownerOf } from '../execution/owner.ts';
import type { Execute } from '../execution/record.ts';
import type { ExecutionQueue } from './queue.ts';
import { createThroughput, type Throughput } from './throughput.ts';

const SHUTTING_DOWN_RETRY_SECONDS = 10;
/** Of the places to wait, so many more are there for owners who have less than their share. */
const RESERVE = 1 / 4;

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
  /** One for each active execution; aborted to cancel it. */
  readonly active: Set<AbortController>;
  /** How many each owner has there; those without any are not in it. */
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
    active: new Set(),
    activeByOwner: new Map(),
    isClosing: false,
    whenIdle: () => {},
  };
  return {
    submit: (task, signal, onEvent) => submit(state, task, signal, onEvent),
    depth: () => ({ active: state.active.size, capacity: state.capacity }),
    close: ({ graceMs }) => close(state, graceMs),
  };
}

async function submit(state: State, ...[task, signal, onEvent]: Parameters<Execute>): ReturnType<Execute> {
  const owner = JSON.stringify(ownerOf(task));
  refuseIfNeeded(state, owner);
  const controller = new AbortController();
  const cancel = () => controller.abort(signal.reason);
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  state.active.add(controller);
  countOf(state, owner, 1);
  try {
    return await state.execute(task, controller.signal, onEvent);
  } finally {
    signal.removeEventListener('abort', cancel);
    state.active.delete(controller);
    countOf(state, owner, -1);
    state.throughput.countOne();
    if (state.active.size === 0) state.whenIdle();
  }
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
    for (const controller of state.active) controller.abort(new Error('the service is shutting down'));
  };
  const timer = setTimeout(cancelAll, graceMs);
  await idle;
  clearTimeout(timer);
}
