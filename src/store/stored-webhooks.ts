// What the store keeps of webhooks: which executions have one to deliver, when, and what became of each delivery. It
// delivers nothing.

/** One try to deliver, as the execution shows it. */
export interface WebhookDelivery {
  readonly attempt: number;
  readonly at: string;
  /** HTTP status of the answer; `null` if none came. */
  readonly status: number | null;
  readonly duration_ms: number;
  /** What went wrong, without addresses or bodies of the answer; `null` if nothing did. */
  readonly error: string | null;
}

export interface WebhookState {
  readonly url: string;
  /** `waiting`: the execution has not ended yet, `pending`: a delivery is due now or later. */
  readonly status: 'waiting' | 'pending' | 'delivered' | 'failed';
  /** The last ones, the oldest first. */
  readonly deliveries: readonly WebhookDelivery[];
}

export interface DueWebhook {
  readonly executionId: string;
  /** Whose secret signs it. */
  readonly owner: string;
  /** Who shares the places for deliveries with others. */
  readonly client: string;
  readonly url: string;
  /** Tries so far. */
  readonly attempts: number;
}

/** After a delivery: it is done, given up, or tried again after a while. */
export type NextDelivery = 'delivered' | 'failed' | { readonly afterMs: number };

/** What is not asked for, as it is under way or has enough under way. */
export interface ExceptWebhooks {
  readonly executionIds: readonly string[];
  /** Host names of URLs. */
  readonly hosts: readonly string[];
  /** As fairness knows them, see `clientIdOf`. */
  readonly clients: readonly string[];
}

export interface WebhookBacklog {
  /** Those that are due now or later. */
  readonly pending: number;
  /** Since the oldest of them was due; 0 if none is. */
  readonly overdueMs: number;
}

/** Times are by the store's own clock, which no step of the machine's moves. All survives a restart. */
export interface StoredWebhooks {
  /** Those that are due, by turns of their clients, the longest first of each. They stay due until `record` is called. */
  due(limit: number, except: ExceptWebhooks): Promise<readonly DueWebhook[]>;
  /** Milliseconds until the next is due, 0 if one is; `null` without any. */
  nextDueMs(): Promise<number | null>;
  backlog(): Promise<WebhookBacklog>;
  /** False if the execution is not there any more. */
  record(executionId: string, delivery: WebhookDelivery, next: NextDelivery): Promise<boolean>;
  /** Makes an execution's webhook due again, now. False if it has none, or has not ended. */
  redeliver(executionId: string): Promise<boolean>;
}
