// Webhooks put together: the guard, the connections, the attempts and the dispatcher that makes them.

import type { Log } from '../log.ts';
import type { Config } from '../settings/config.ts';
import type { StoredWebhooks } from '../store/stored-webhooks.ts';
import { createAttempt, type WebhookOutcome } from './attempt.ts';
import { createDispatcher, MAX_UNDER_WAY_PER_HOST } from './dispatcher.ts';
import { createGuardedAgent } from './guarded-agent.ts';
import { POST_TIMEOUT_MS, post, type WebhookMessage } from './post.ts';
import { createTargetGuard } from './target-guard.ts';

export interface WebhooksParts {
  readonly config: Pick<Config, 'webhookAllow'>;
  readonly store: Pick<StoredWebhooks, 'due' | 'nextDueMs' | 'record'>;
  /** The valid secrets of an owner, the newest first. */
  readonly secretsOf: (owner: string) => Promise<readonly string[]>;
  /** What an execution that has ended is reported with; `null` if it is not there any more. */
  readonly messageOf: (executionId: string) => Promise<WebhookMessage | null>;
  readonly version: string;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  readonly onAttempt: (outcome: WebhookOutcome) => void;
}

export interface Webhooks extends AsyncDisposable {
  /** An execution with a webhook has ended, or one is to be delivered again. */
  wake(): void;
}

/** Begins to deliver at once. */
export function openWebhooks(parts: WebhooksParts): Webhooks {
  const { config, store, secretsOf, messageOf, version, log, onAttempt } = parts;
  const agent = createGuardedAgent(createTargetGuard(config.webhookAllow), {
    timeoutMs: POST_TIMEOUT_MS,
    perHost: MAX_UNDER_WAY_PER_HOST,
  });
  const attempt = createAttempt({
    store,
    secretsOf,
    messageOf: oneByOne(messageOf),
    post: (message, signal) => post(agent, message, { signal }),
    userAgent: `code-execution-service/${version} (webhooks)`,
    log,
    onAttempt,
  });
  const dispatcher = createDispatcher({ store, attempt, log });
  return {
    wake: dispatcher.wake,
    [Symbol.asyncDispose]: async () => {
      await dispatcher[Symbol.asyncDispose]();
      await agent.destroy();
    },
  };
}

/** Runs one call after the other, so that only one large result is in memory. */
function oneByOne<Argument, Result>(work: (argument: Argument) => Promise<Result>) {
  let last: Promise<unknown> = Promise.resolve();
  return (argument: Argument): Promise<Result> => {
    const result = last.then(() => work(argument));
    last = result.catch(() => {});
    return result;
  };
}
