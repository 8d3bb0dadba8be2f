// Executions that outlive their request, put together from accepting, a store and the work that runs what is stored.

import { ServiceError } from '../errors.ts';
import type { Admission, ExecutionStore, StoredExecution } from '../store/store.ts';
import { acceptFor, admitted, type ExecutionsParts, knownExecution, newExecution, shown } from './admit.ts';
import { watchChanges } from './change-watch.ts';
import { ANYONE, type Caller, type Executions } from './executions.ts';
import { type FollowParts, followEvents } from './follow-events.ts';
import { shareReads } from './shared-reads.ts';
import { summaryView } from './stored-view.ts';
import { submitAll } from './submit-batch.ts';

const SHUTTING_DOWN_RETRY_SECONDS = 10;

/** `close` ends what waits: long polls are answered, events end, and nothing more is accepted. */
export function createExecutions(parts: ExecutionsParts): Executions & { close(): void } {
  const { store, work } = parts;
  const changes = watchChanges(store);
  const closing = new AbortController();
  // Many look at the same execution when it changes.
  const reads = shareReads(store);
  const following: FollowParts = { ...parts, store: reads, changes, closing: closing.signal };
  return {
    submit: async (request, by, idempotency) => {
      refuseIfClosing(closing.signal);
      const known = await knownExecution(store, by, idempotency);
      if (known !== null) return { execution: await shown(store, known), isRepeated: true };
      const task = await acceptFor(parts, request, by);
      const added = newExecution(task, request, by, { batchId: null, idempotency: idempotency ?? null });
      const [admission] = await store.add([added]);
      const execution = await admitted(parts, admission as Admission, task);
      return { execution: await shown(store, execution), isRepeated: admission?.kind === 'known' };
    },
    submitAll: async (requests, by, idempotency) => {
      refuseIfClosing(closing.signal);
      return submitAll(parts, requests, by, idempotency);
    },
    get: async (id, caller, { waitMs = 0, signal, ...view } = {}) => {
      let stored = await ownedBy(reads, id, caller);
      if (stored.ending === null && waitMs > 0) {
        const signals = [closing.signal, AbortSignal.timeout(waitMs), ...(signal ? [signal] : [])];
        const until = AbortSignal.any(signals);
        do {
          const changed = changes.next(id, until);
          // What changed before the watch began is seen here.
          stored = await ownedBy(reads, id, caller);
          if (stored.ending === null) await changed;
        } while (stored.ending === null && !until.aborted);
        if (stored.ending === null) stored = await ownedBy(reads, id, caller);
      }
      return shown({ state: store.state, results: reads.results }, stored, view);
    },
    note: async (id, caller) => (await ownedBy(store, id, caller)).outline.note ?? null,
    list: async (caller, request) => {
      const clientId = caller.owner === ANYONE ? caller.clientId : undefined;
      const { executions, nextCursor } = await store.list({ ...request, owner: caller.owner, clientId });
      return { executions: executions.map(summaryView), nextCursor };
    },
    cancel: async (id, caller) => {
      await ownedBy(store, id, caller);
      const outcome = await work.cancel(id);
      const stored = await ownedBy(store, id, caller);
      if (outcome !== 'cancelled' || stored.status !== 'cancelled') throw alreadyEnded(stored);
      return shown(store, stored);
    },
    events: async (id, caller, options) => {
      const { ending, lastEventId } = await ownedBy(store, id, caller);
      if (ending !== null && options.after >= lastEventId) return null;
      return followEvents(following, id, options);
    },
    ended: async (id) => {
      const stored = await store.find(id);
      if (stored === null || stored.ending === null) return null;
      return { note: stored.outline.note ?? null, show: (view) => shown(store, stored, view) };
    },
    close: () => {
      closing.abort(new Error('the service is shutting down'));
      changes[Symbol.dispose]();
    },
  };
}

function refuseIfClosing(closing: AbortSignal): void {
  if (!closing.aborted) return;
  throw new ServiceError('shutting_down', 'The service is shutting down and takes no more executions', {
    retryAfterSeconds: SHUTTING_DOWN_RETRY_SECONDS,
  });
}

async function ownedBy(
  store: Pick<ExecutionStore, 'find'>,
  id: string,
  { owner }: Caller,
): Promise<StoredExecution> {
  const stored = await store.find(id);
  if (stored?.owner === owner) return stored;
  throw new ServiceError('not_found', `There is no execution ${id}`);
}

function alreadyEnded({ id, status }: StoredExecution): ServiceError {
  return new ServiceError('conflict', `The execution ${id} has ended already, with the status ${status}`);
}
