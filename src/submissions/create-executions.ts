// Executions that outlive their request, put together from accepting, a store and the work that runs what is stored.

import type { Execution, SubmitRequest } from '../api/stored-execution.ts';
import { ServiceError } from '../errors.ts';
import type { ExecutionTask } from '../execution/task.ts';
import { createIdentifier } from '../identifier.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import type { StoredWork } from '../queue/stored-work.ts';
import type { Admission, ExecutionStore, NewExecution, StoredExecution } from '../store/store.ts';
import type { Accept } from './accept.ts';
import { watchChanges } from './change-watch.ts';
import {
  ANYONE,
  type Caller,
  type Executions,
  type Idempotency,
  type SubmittedBy,
  type View,
} from './executions.ts';
import { type FollowParts, followEvents } from './follow-events.ts';
import { countRejection } from './rejections.ts';
import { DEFAULT_VIEW, summaryView, viewOf } from './stored-view.ts';

const SHUTTING_DOWN_RETRY_SECONDS = 10;

export interface ExecutionsParts {
  readonly accept: Accept;
  readonly store: ExecutionStore;
  readonly work: Pick<StoredWork, 'cancel' | 'secondsFor'>;
  readonly languageId: (name: string) => string | null;
  readonly admitWebhook: (url: string, keyName: string | null) => Promise<void>;
  /** `null` if metrics are off. */
  readonly metrics: Pick<ServiceMetrics, 'rejected'> | null;
}

/** `close` ends what waits: long polls are answered, events end, and nothing more is accepted. */
export function createExecutions(parts: ExecutionsParts): Executions & { close(): void } {
  const { store, work } = parts;
  const changes = watchChanges(store);
  const closing = new AbortController();
  const following: FollowParts = { store, changes, closing: closing.signal };
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
      const until = AbortSignal.any([
        closing.signal,
        AbortSignal.timeout(waitMs),
        ...(signal ? [signal] : []),
      ]);
      let changed = changes.next(id, until);
      let stored = await ownedBy(store, id, caller);
      while (stored.ending === null && waitMs > 0 && !until.aborted) {
        await changed;
        changed = changes.next(id, until);
        stored = await ownedBy(store, id, caller);
      }
      return shown(store, stored, view);
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
      await ownedBy(store, id, caller);
      return followEvents(following, id, options);
    },
    ended: async (id) => {
      const stored = await store.find(id);
      return stored === null || stored.ending === null ? null : shown(store, stored);
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

/** Before anything is validated: a repetition costs nothing. */
async function knownExecution(
  store: ExecutionStore,
  { owner, clientId }: Caller,
  idempotency: Idempotency | undefined,
): Promise<StoredExecution | null> {
  if (idempotency === undefined) return null;
  const known = await store.findKey(keyOwner(owner, clientId), idempotency.key);
  if (known === null) return null;
  if (known.digest !== idempotency.digest) throw usedKey();
  return present(await store.find(known.id), known.id);
}

/** Keys of strangers are told apart by their addresses. */
function keyOwner(owner: string, clientId: string): string {
  return owner === ANYONE ? clientId : owner;
}

function usedKey(): ServiceError {
  return new ServiceError(
    'conflict',
    'The Idempotency-Key was used for another request in the last 24 hours',
  );
}

/** What a key stands for may have expired before the key. */
function present(stored: StoredExecution | null, id: string): StoredExecution {
  if (stored !== null) return stored;
  throw new ServiceError('conflict', `The execution ${id} of this Idempotency-Key has expired`);
}

async function acceptFor(
  parts: ExecutionsParts,
  request: SubmitRequest,
  by: SubmittedBy,
): Promise<ExecutionTask> {
  const { webhook_url: url, ...rest } = request;
  const admitted = url === undefined ? Promise.resolve() : parts.admitWebhook(url, by.keyName);
  return admitted
    .then(() => parts.accept(rest, by))
    .catch((error: unknown) => {
      countRejection(parts, request, error);
      throw error;
    });
}

function newExecution(
  task: ExecutionTask,
  { webhook_url: webhookUrl = null }: { webhook_url?: string | null },
  { owner, clientId, requestId, keyName }: SubmittedBy,
  { batchId, idempotency }: { batchId: string | null; idempotency: Idempotency | null },
): NewExecution {
  return {
    task,
    owner,
    origin: { requestId, keyName },
    batchId,
    webhookUrl,
    idempotency: idempotency && { ...idempotency, owner: keyOwner(owner, clientId) },
  };
}

/** The execution that was added, or the one that the same key added first. */
async function admitted(
  parts: ExecutionsParts,
  admission: Admission,
  task: ExecutionTask,
): Promise<StoredExecution> {
  if (admission.kind === 'added') return admission.execution;
  if (admission.kind === 'known') return present(await parts.store.find(admission.id), admission.id);
  const error = admission.kind === 'conflict' ? usedKey() : full(parts, admission.reason);
  const { userId, languageId: language } = task;
  parts.metrics?.rejected({ userId, language, code: error.code });
  throw error;
}

/** When half of what is there has ended, those who come back find room. */
function full({ store, work }: ExecutionsParts, reason: string): ServiceError {
  const { waiting, running } = store.state();
  return new ServiceError('queue_full', `The queue is full: ${reason}`, {
    retryAfterSeconds: work.secondsFor((waiting + running) / 2),
  });
}

async function submitAll(
  parts: ExecutionsParts,
  requests: readonly (SubmitRequest | ServiceError)[],
  by: SubmittedBy,
  idempotency: Idempotency | undefined,
): Promise<{ batchId: string; executions: (Execution | ServiceError)[] }> {
  const batchId = createIdentifier();
  const accepted = await Promise.all(
    requests.map(async (request, index) => {
      if (request instanceof ServiceError) return request;
      return acceptFor(parts, request, by).then(
        (task) => newExecution(task, request, by, { batchId, idempotency: keyOfEntry(idempotency, index) }),
        asServiceError,
      );
    }),
  );
  const added = accepted.filter((entry): entry is NewExecution => !(entry instanceof Error));
  const admissions = added.length === 0 ? [] : await parts.store.add(added);
  const outcomes = new Map(added.map((entry, index) => [entry, admissions[index] as Admission]));
  const executions = await Promise.all(
    accepted.map(async (entry) => {
      if (entry instanceof ServiceError) return entry;
      const stored = await admitted(parts, outcomes.get(entry) as Admission, entry.task).catch(
        asServiceError,
      );
      return stored instanceof ServiceError ? stored : shown(parts.store, stored);
    }),
  );
  return { batchId, executions };
}

/** Each entry of a batch has a key of its own. */
function keyOfEntry(idempotency: Idempotency | undefined, index: number): Idempotency | null {
  return idempotency ? { ...idempotency, key: `${idempotency.key}#${index}` } : null;
}

/** What is no refusal fails the whole batch. */
function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  throw error;
}

async function ownedBy(store: ExecutionStore, id: string, { owner }: Caller): Promise<StoredExecution> {
  const stored = await store.find(id);
  if (stored?.owner === owner) return stored;
  throw new ServiceError('not_found', `There is no execution ${id}`);
}

function alreadyEnded({ id, status }: StoredExecution): ServiceError {
  return new ServiceError('conflict', `The execution ${id} has ended already, with the status ${status}`);
}

async function shown(
  store: ExecutionStore,
  stored: StoredExecution,
  view: Partial<View> = {},
): Promise<Execution> {
  const results = stored.lastEventId <= 1 ? { compile: null, results: [] } : await store.results(stored.id);
  return viewOf(stored, results, { ...DEFAULT_VIEW, ...view });
}
