// The steps by which a submission becomes a stored execution: whether its idempotency key is known, accepting it, and what
// the store made of it.

import type { Execution, SubmitRequest } from '../api/stored-execution.ts';
import { ServiceError } from '../errors.ts';
import type { LiveOutputs } from '../execution/live-output.ts';
import type { ExecutionTask } from '../execution/task.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import type { StoredWork } from '../queue/stored-work.ts';
import type { Admission, ExecutionStore, NewExecution, StoredExecution } from '../store/store.ts';
import type { Accept } from './accept.ts';
import { ANYONE, type Caller, type Idempotency, type SubmittedBy, type View } from './executions.ts';
import { countRejection } from './rejections.ts';
import { DEFAULT_VIEW, viewOf } from './stored-view.ts';

export interface ExecutionsParts {
  readonly accept: Accept;
  readonly store: ExecutionStore;
  readonly work: Pick<StoredWork, 'cancel' | 'secondsFor'>;
  readonly languageId: (name: string) => string | null;
  readonly outputs: Pick<LiveOutputs, 'follow'>;
  /** Rejects with `invalid_request` for a `webhook_url` that cannot be tried. */
  readonly admitWebhook: (url: string, keyName: string | null) => Promise<void>;
  /** `null` if metrics are off. */
  readonly metrics: Pick<ServiceMetrics, 'rejected'> | null;
}

/** Before anything is validated: a repetition costs nothing. */
export async function knownExecution(
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

/** Keys of strangers are distinguished by their addresses. */
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

export async function acceptFor(
  parts: ExecutionsParts,
  request: SubmitRequest,
  by: SubmittedBy,
): Promise<ExecutionTask> {
  const { webhook_url: url, ...rest } = request;
  const admitted = url === undefined ? Promise.resolve() : parts.admitWebhook(url, by.keyName);
  return admitted
    .then(() => parts.accept(rest, by))
    .then((task) => ({
      ...task,
      ...(by.liveOutput && { liveOutput: true }),
      ...(by.traceparent && { traceparent: by.traceparent }),
    }))
    .catch((error: unknown) => {
      countRejection(parts, request, error);
      throw error;
    });
}

export function newExecution(
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
export async function admitted(
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

export async function shown(
  store: Pick<ExecutionStore, 'state' | 'results'>,
  stored: StoredExecution,
  view: Partial<View> = {},
): Promise<Execution> {
  const isFresh = stored.lastEventId <= 1;
  const results = isFresh ? { compile: null, results: [] } : await store.results(stored.id);
  const execution = viewOf(stored, results, { ...DEFAULT_VIEW, ...view });
  if (stored.status !== 'queued') return execution;
  return { ...execution, others_waiting: Math.max(0, store.state().waiting - 1) };
}
