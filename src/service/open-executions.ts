// Opens the executions that outlive their request: their store, the work that runs them, and what happens when one ends.

import type { LiveOutputs } from '../execution/live-output.ts';
import type { Execute } from '../execution/record.ts';
import type { SlotScheduler } from '../execution/slot-scheduler.ts';
import type { Log } from '../log.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import { shareOutput } from '../queue/share-output.ts';
import { type StoredWork, startStoredWork } from '../queue/stored-work.ts';
import type { Config } from '../settings/config.ts';
import type { Accept } from '../submissions/accept.ts';
import type { Audit } from '../submissions/audit.ts';
import { createExecutions } from '../submissions/create-executions.ts';
import type { Executions } from '../submissions/executions.ts';
import { reportStoredEnds } from '../submissions/stored-ends.ts';
import type { Traces } from '../traces/traces.ts';
import { createWebhookAdmission, type DeliverParts, deliverWebhooks } from './deliver-webhooks.ts';
import { type OpenedStore, type OpenStoreParts, openStore } from './open-store.ts';

const REMOVE_EXPIRED_MS = 60_000;
/** As an execution of high priority. */
const PROBE_WEIGHT = 4;

export interface StoredExecutionsParts extends OpenStoreParts {
  readonly execute: Execute;
  readonly accept: Accept;
  readonly audit: Audit;
  readonly outputs: LiveOutputs;
  readonly metrics: ServiceMetrics | null;
  readonly reportNoted: DeliverParts['reportNoted'];
  readonly scheduler: SlotScheduler;
  readonly languageId: (name: string) => string | null;
  /** `null` without a collector. */
  readonly traces: Pick<Traces, 'followStored'> | null;
}

export interface StoredExecutions extends Pick<OpenedStore, 'store' | 'persistence'> {
  readonly executions: Executions;
  readonly work: StoredWork;
  /** What executions write while they run, here or elsewhere. */
  readonly outputs: Pick<LiveOutputs, 'follow'>;
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
  const { store, nextTurn, persistence, sharedOutput } = await openStore(config, log, parts, started);
  const { execute, outputs } = sharedOutput ? shareOutput({ ...parts, shared: sharedOutput, store }) : parts;
  const { sandbox, toolchains } = parts.chosen;
  const work: StoredWork = startStoredWork({
    store,
    execute,
    slots: sandbox.slots,
    sandboxName: sandbox.name,
    waitingLanguages: () =>
      parts.languages.map(({ id }) => id).filter((id) => toolchains.status(id) === 'installing'),
    probe: () => probeInSlot(parts),
    maxAttempts: config.maxAttempts,
    onEnd: reportStoredEnds({ ...parts, log }),
    onAttempt: (outcome) => parts.metrics?.attempted(outcome),
    follow: parts.traces?.followStored,
    nextTurn,
    log,
  });
  // If a later part does not start, nothing else ends it.
  started.defer(() => work.close({ graceMs: 0 }));
  const executions = createExecutions({
    ...parts,
    outputs,
    store,
    work,
    admitWebhook: createWebhookAdmission(config),
  });
  const redeliver = startDeliveries(config, log, { ...parts, store, executions }, started);
  const removeExpired = () => removeAllExpired(store);
  const removal = setInterval(() => void removeExpired().catch(() => {}), REMOVE_EXPIRED_MS);
  started.defer(() => clearInterval(removal));
  return {
    executions,
    outputs,
    store,
    work,
    ...(persistence && { persistence }),
    redeliver,
    removeExpired,
    close: async (options) => {
      executions.close();
      await work.close(options);
    },
  };
}

/** A transaction removes only some, so that others wait only a moment for it. */
async function removeAllExpired(store: OpenedStore['store']): Promise<{ executions: number; bytes: number }> {
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

/** Workers reach nothing but Redis: others deliver what they end. */
function startDeliveries(config: Config, log: Log, parts: DeliverParts, started: AsyncDisposableStack) {
  if (config.role !== 'worker') return deliverWebhooks(config, log, parts, started).redeliver;
  return (executionId: string) => parts.store.webhooks.redeliver(executionId);
}

/** A box competes for slots as a program does. */
async function probeInSlot({ scheduler, chosen }: StoredExecutionsParts): Promise<unknown> {
  using _slot = await scheduler.share(PROBE_WEIGHT).acquire(new AbortController().signal);
  return chosen.sandbox.probe();
}
