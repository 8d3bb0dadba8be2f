// Webhooks as the service has them: which `webhook_url` is accepted, the secrets that sign, and the deliveries of what the
// store keeps.

import { createWebhookSecrets } from '../access/webhook-secrets.ts';
import { ServiceError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import { type Config, webhookSecretsPath } from '../settings/config.ts';
import type { ExecutionStore } from '../store/store.ts';
import { ANYONE, type EndedExecution, type Executions } from '../submissions/executions.ts';
import { openWebhooks } from '../webhooks/open-webhooks.ts';
import { webhookBody } from '../webhooks/payload.ts';
import type { WebhookMessage } from '../webhooks/post.ts';
import { createTargetGuard } from '../webhooks/target-guard.ts';

/** What ended within this time is looked for together. */
const WAKE_DELAY_MS = 20;

const RETRY_AFTER_SECONDS = 5;
const UNAVAILABLE = 'The secret that signs webhooks cannot be read or written';

type WebhookConfig = Pick<Config, 'webhookAllow' | 'webhookSecretsDirectory' | 'dataDirectory'>;

/**
 * Rejects with `invalid_request` for a URL that cannot be tried, with `unavailable` if its key has no secret and none can be
 * written.
 */
export type AdmitWebhook = (url: string, keyName: string | null) => Promise<void>;

export function createWebhookAdmission(config: WebhookConfig): AdmitWebhook {
  const guard = createTargetGuard(config.webhookAllow);
  const secrets = createWebhookSecrets(webhookSecretsPath(config));
  return async (url, keyName) => {
    const reason = guard.reason(url);
    if (reason !== null) {
      const message = `webhook_url ${reason}`;
      throw new ServiceError('invalid_request', message, { errors: [{ path: 'webhook_url', message }] });
    }
    await secrets.ensure(keyName).catch((error: unknown) => {
      throw new ServiceError('unavailable', UNAVAILABLE, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
        cause: error,
      });
    });
  };
}

export interface DeliverParts {
  readonly store: Pick<ExecutionStore, 'webhooks' | 'watch'>;
  readonly executions: Pick<Executions, 'ended'>;
  /** The message of the API that keeps notes with its executions; texts are Base64. */
  readonly reportNoted: (
    execution: Awaited<ReturnType<EndedExecution['show']>>,
    note: string,
  ) => Promise<WebhookMessage>;
  readonly metrics: Pick<ServiceMetrics, 'webhookAttempted'> | null;
  readonly version: string;
}

/** Begins to deliver. `started` gets how that stops, which must be before the store closes. */
export function deliverWebhooks(
  config: WebhookConfig,
  log: Log,
  { store, executions, reportNoted, metrics, version }: DeliverParts,
  started: AsyncDisposableStack,
): { readonly redeliver: (executionId: string) => Promise<boolean> } {
  const secrets = createWebhookSecrets(webhookSecretsPath(config));
  const webhooks = started.use(
    openWebhooks({
      config,
      store: store.webhooks,
      secretsOf: async (owner) => (await secrets.find(keyNameOf(owner))).map(({ secret }) => secret),
      messageOf: async (executionId) => {
        const ended = await executions.ended(executionId);
        if (ended === null) return null;
        const { note } = ended;
        if (note !== null) return reportNoted(await ended.show({ encoding: 'base64' }), note);
        const { webhook: _, ...shown } = await ended.show();
        return { method: 'POST', body: webhookBody(shown) };
      },
      version,
      log,
      onAttempt: (outcome) => metrics?.webhookAttempted(outcome),
    }),
  );
  const wake = soon(webhooks.wake);
  started.use(store.watch(({ kind }) => (kind === 'ended' ? wake() : undefined)));
  return {
    redeliver: async (executionId) => {
      const isDue = await store.webhooks.redeliver(executionId);
      if (isDue) webhooks.wake();
      return isDue;
    },
  };
}

/** The inverse of how an owner is named. */
function keyNameOf(owner: string): string | null {
  return owner === ANYONE ? null : owner.replace(/^key:/, '');
}

/** Calls a moment after the first of several calls. */
function soon(action: () => void): () => void {
  let isPlanned = false;
  return () => {
    if (isPlanned) return;
    isPlanned = true;
    setTimeout(() => {
      isPlanned = false;
      action();
    }, WAKE_DELAY_MS);
  };
}
