// Submits many requests at once, each of which succeeds or fails alone. With an idempotency key, the same batch is the same
// executions, under the same id.

import type { SubmitRequest } from '../api/stored-execution.ts';
import { ServiceError } from '../errors.ts';
import { createIdentifier } from '../identifier.ts';
import type { Admission, NewExecution, StoredExecution } from '../store/store.ts';
import { acceptFor, admitted, type ExecutionsParts, knownExecution, newExecution, shown } from './admit.ts';
import type { Idempotency, Submitted, SubmittedBy } from './executions.ts';

export async function submitAll(
  parts: ExecutionsParts,
  requests: readonly (SubmitRequest | ServiceError)[],
  by: SubmittedBy,
  idempotency: Idempotency | undefined,
): Promise<{ batchId: string; executions: (Submitted | ServiceError)[] }> {
  // A key that stands for another batch rejects the whole of this one.
  for (const index of requests.keys())
    await knownExecution(parts.store, by, keyOfEntry(idempotency, index) ?? undefined);
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
  const stored = await Promise.all(
    accepted.map(async (entry) => {
      if (entry instanceof ServiceError) return entry;
      return admitted(parts, outcomes.get(entry) as Admission, entry.task).catch(asServiceError);
    }),
  );
  const executions = await Promise.all(
    stored.map(async (each) => {
      if (each instanceof ServiceError) return each;
      // Of the same key's first batch, as its id is not the one made here.
      const isRepeated = each.batchId !== batchId;
      return { execution: await shown(parts.store, each), isRepeated };
    }),
  );
  return { batchId: firstBatchId(stored) ?? batchId, executions };
}

/** That of the batch which the same key submitted first. */
function firstBatchId(stored: readonly (StoredExecution | ServiceError)[]): string | null {
  return stored.find((each): each is StoredExecution => !(each instanceof ServiceError))?.batchId ?? null;
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
