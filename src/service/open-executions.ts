// Opens the executions that outlive their request: their store, the work that runs them, and what happens when one ends.

import { join } from 'node:path';
import type { Execute } from '../execution/record.ts';
import type { SlotScheduler } from '../execution/slot-scheduler.ts';
import type { Log } from '../log.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import { type StoredWork, startStoredWork } from '../queue/stored-work.ts';
import type { Config } from '../settings/config.ts';
import { openEmbeddedStore } from '../store/embedded/embedded-store.ts';
import type { ExecutionStore } from '../store/store.ts';
import type { Accept } from '../submissions/accept.ts';
import type { Audit } from '../submissions/audit.ts';
import { createExecutions } from '../submissions/create-executions.ts';
import type { Executions } from '../submissions/executions.ts';
import { reportStoredEnds } from '../submissions/stored-ends.ts';
import { MIB } from '../units.ts';
import { createWebhookAdmission, deliverWebhooks } from './deliver-webhooks.ts';
import type { ChosenSandbox } from './sandbox-choice.ts';

const HOUR_MS = 3_600_000;
const REMOVE_EXPIRED_MS = 60_000;
/** As an execution of high priority. */
const PROBE_WEIGHT = 4;

export interface StoredExecutionsParts {
  readonly execute: Execute;
  readonly accept: Accept;
  readonly audit: Audit;
  readonly metrics: ServiceMetrics | null;
  readonly scheduler: SlotScheduler;
  readonly chosen: Pick<ChosenSandbox, 'sandbox' | 'toolchains'>;
  readonly languages: readonly { readonly id: string }[];
  readonly languageId: (name: string) => string | null;
  readonly version: string;
}

export interface StoredExecutions {
  readonly executions: Executions;
  readonly store: ExecutionStore;
  /** Has a webhook delivered again; false without one, or before the end. */
  readonly redeliver: (executionId: string) => Promise<boolean>;
  /** Removes what ended too long ago. */
  removeExpired(): Promise<{ readonly executions: number; readonly bytes: number }>;
  /** Accepts nothing more and ends what waits for answers; then as `StoredWork.close`. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

/** `started` closes the store; the work must be closed before. */
export async function openExecutions(
  config: Config,
  log: Log,
  parts: StoredExecutionsParts,
  started: AsyncDisposableStack,
): Promise<StoredExecutions> {
  const store = await openEmbeddedStore({
    directory: join(config.dataDirectory, 'executions'),
    sync: config.storeSync,
    maxExecutions: config.storeQueueSize,
    maxTaskBytes: config.storeQueueMb * MIB,
    maxStoredBytes: config.storeMb * MIB,
    resultTtlMs: config.resultTtlHours * HOUR_MS,
    log,
  });
  started.defer(() => store.close());
  const { sandbox, toolchains } = parts.chosen;
  const work: StoredWork = startStoredWork({
    store,
    execute: parts.execute,
    slots: sandbox.slots,
    sandboxName: sandbox.name,
    waitingLanguages: () =>
      parts.languages.map(({ id }) => id).filter((id) => toolchains.status(id) === 'installing'),
    probe: () => probeInSlot(parts),
    maxAttempts: config.maxAttempts,
    onEnd: reportStoredEnds({ ...parts, log }),
    onAttempt: (outcome) => parts.metrics?.attempted(outcome),
    log,
  });
  const executions = createExecutions({
    ...parts,
    store,
    work,
    admitWebhook: createWebhookAdmission(config),
  });
  const { redeliver } = deliverWebhooks(config, log, { ...parts, store, executions }, started);
  const removeExpired = () => removeAllExpired(store);
  const removal = setInterval(() => void removeExpired().catch(() => {}), REMOVE_EXPIRED_MS);
  started.defer(() => clearInterval(removal));
  return {
    executions,
    store,
    redeliver,
    removeExpired,
    close: async (options) => {
      executions.close();
      await work.close(options);
    },
  };
}

/** A transaction removes only some, so that others wait only a moment for it. */
async function removeAllExpired(store: ExecutionStore): Promise<{ executions: number; bytes: number }> {
  const all = { executions: 0, bytes: 0 };
  for (
    let removed = await store.removeExpired();
    removed.executions > 0;
    removed = await store.removeExpired()
  ) {
    all.executions += removed.executions;
    all.bytes += removed.bytes;
  }
  return all;
}

/** A box competes for slots as a program does. */
async function probeInSlot({ scheduler, chosen }: StoredExecutionsParts): Promise<unknown> {
  using _slot = await scheduler.share(PROBE_WEIGHT).acquire(new AbortController().signal);
  return chosen.sandbox.probe();
}
