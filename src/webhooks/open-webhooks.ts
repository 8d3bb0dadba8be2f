// Webhooks put together: the guard, the connections, the attempts and the dispatcher that makes them.

import type { ExecutionResult } from '../api/execution.ts';
import type { Log } from '../log.ts';
import type { Config } from '../settings/config.ts';
import { createAttempt, type WebhookOutcome } from './attempt.ts';
import { createDispatcher, MAX_UNDER_WAY_PER_HOST } from './dispatcher.ts';
import { createGuardedAgent } from './guarded-agent.ts';
import { webhookBody } from './payload.ts';
import { POST_TIMEOUT_MS, post } from './post.ts';
import { createTargetGuard } from './target-guard.ts';
import type { StoredWebhooks } from './webhooks.ts';

export interface WebhooksParts {
  readonly config: Pick<Config, 'webhookAllow'>;
  readonly store: Pick<StoredWebhooks, 'due' | 'nextDueMs' | 'record'>;
  /** The valid secrets of an owner, the newest first. */
  readonly secretsOf: (owner: string) => Promise<readonly string[]>;
  /** An execution that has ended, as its owner sees it; `null` if it is not there any more. */
  readonly resultOf: (executionId: string) => Promise<ExecutionResult | null>;
  readonly version: string;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  readonly onAttempt: (outcome: WebhookOutcome) => void;
}

export interface Webhooks extends AsyncDisposable {
  /** What is wrong with a `webhook_url`, as the end of a sentence; `null` if it can be tried. */
  reason(url: string): string | null;
  /** An execution with a webhook has ended, or one is to be delivered again. */
  wake(): void;
  /** Attempts that are being made. */
  underWay(): number;
}

/** Begins to deliver at once. */
export function openWebhooks(parts: WebhooksParts): Webhooks {
  const { config, store, secretsOf, resultOf, version, log, onAttempt } = parts;
  const guard = createTargetGuard(config.webhookAllow);
  const agent = createGuardedAgent(guard, {
    timeoutMs: POST_TIMEOUT_MS,
    perHost: MAX_UNDER_WAY_PER_HOST,
  });
  const attempt = createAttempt({
    store,
    secretsOf,
    bodyOf: async (executionId) => {
      const result = await resultOf(executionId);
      return result && webhookBody(result);
    },
    post: (message, signal) => post(agent, message, { signal }),
    userAgent: `code-execution-service/${version} (webhooks)`,
    log,
    onAttempt,
  });
  const dispatcher = createDispatcher({ store, attempt, log });
  return {
    reason: guard.reason,
    wake: dispatcher.wake,
    underWay: dispatcher.underWay,
    [Symbol.asyncDispose]: async () => {
      await dispatcher[Symbol.asyncDispose]();
      await agent.destroy();
    },
  };
}
