// Takes executions into the store in Redis, one script each.

import { outlineOf } from '../../execution/task.ts';
import type { Admission, NewExecution, StoredExecution } from '../store.ts';
import { encodeBody } from './body.ts';
import { listNamesOf } from './list-names.ts';
import { type Scripts, textOf } from './scripts.ts';
import type { RedisStoreOptions, StoreParts } from './store-parts.ts';

const KEY_TTL_SECONDS = 24 * 3600;

/** Those that Redis does not take while it takes others are refused alone. */
export async function addAll(
  parts: StoreParts,
  executions: readonly NewExecution[],
): Promise<readonly Admission[]> {
  const added = await Promise.allSettled(executions.map((execution) => addOne(parts, execution)));
  const failure = added.find((each) => each.status === 'rejected');
  if (failure !== undefined && !added.some((each) => each.status === 'fulfilled')) throw failure.reason;
  return added.map((each) =>
    each.status === 'fulfilled' ? each.value : { kind: 'full', reason: 'the store does not take it now' },
  );
}

async function addOne(
  { options, scripts, changes, own }: StoreParts,
  execution: NewExecution,
): Promise<Admission> {
  const { task, idempotency } = execution;
  const { executionId: id } = task;
  // Before anything else, so that readers who follow it from now on need no further subscription.
  own.add(id);
  const { stored, bytes } = await encodeBody(task);
  const [kind, detail] = await scripts
    .run(
      'add',
      id,
      JSON.stringify(fieldsOf(execution)),
      idempotency === null ? '' : keyName(idempotency.owner, idempotency.key),
      idempotency?.digest ?? '',
      KEY_TTL_SECONDS,
      bytes,
      options.maxExecutions,
      options.maxTaskBytes,
      stored,
    )
    .catch((error: unknown) => {
      own.delete(id);
      throw error;
    });
  if (textOf(kind) === 'added') {
    changes.emit({ id, kind: 'added' });
    return { kind: 'added', execution: freshExecution(execution) };
  }
  own.delete(id);
  if (textOf(kind) === 'known') return { kind: 'known', id: textOf(detail) };
  return textOf(kind) === 'full'
    ? { kind: 'full', reason: reasonToRefuse(options, scripts, textOf(detail), bytes) }
    : { kind: 'conflict' };
}

export function keyName(owner: string, key: string): string {
  return `${encodeURIComponent(owner)}|${encodeURIComponent(key)}`;
}

/** All are texts, as hashes of Redis have them. */
function fieldsOf(execution: NewExecution): Readonly<Record<string, string>> {
  const { task, owner, origin, batchId, webhookUrl, keepMs } = execution;
  const { clientId, userId, priority, languageId, version } = task;
  const party = [clientId, userId ?? ''].map(encodeURIComponent).join('|');
  const isNow = keepMs !== undefined;
  return {
    owner,
    client: clientId,
    ...(userId !== null && { user: userId }),
    ...(batchId !== null && { batch: batchId }),
    ...(webhookUrl !== null && {
      webhook_url: webhookUrl,
      webhook_host: URL.parse(webhookUrl)?.hostname ?? '',
      webhook_status: 'waiting',
    }),
    ...(isNow && { keep: String(keepMs) }),
    origin: JSON.stringify(origin),
    outline: JSON.stringify(outlineOf(task)),
    accepted: String(task.acceptedAtMs),
    party,
    place: `${party}|${isNow ? 'now-' : ''}${priority}`,
    kind: `${languageId} ${version}`,
    lists: listNamesOf(execution).join('\n'),
  };
}

function freshExecution({ task, owner, origin, batchId, webhookUrl }: NewExecution): StoredExecution {
  return {
    id: task.executionId,
    owner,
    origin,
    batchId,
    outline: outlineOf(task),
    ending: null,
    status: 'queued',
    attempts: 0,
    lastEventId: 1,
    webhook: webhookUrl === null ? null : { url: webhookUrl, status: 'waiting', deliveries: [] },
  };
}

function reasonToRefuse(
  { maxExecutions, maxTaskBytes }: RedisStoreOptions,
  scripts: Scripts,
  what: string,
  bytes: number,
): string {
  const { unfinished, taskBytes } = scripts.counted();
  return what === 'executions'
    ? `${unfinished} of at most ${maxExecutions} executions wait or run`
    : `executions that wait or run may have ${maxTaskBytes} bytes together; they have ${taskBytes}, and this one has ${bytes}`;
}
