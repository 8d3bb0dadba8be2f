// The contract between webhooks and the store that keeps them: which are due, and what became of each delivery. The store
// outlives the process and delivers nothing.

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

export interface DueWebhook {
  readonly executionId: string;
  /** Whose secret signs it. */
  readonly owner: string;
  readonly url: string;
  /** Tries so far. */
  readonly attempts: number;
}

/** After a delivery: it is done, given up, or tried again after a while. */
export type NextDelivery = 'delivered' | 'failed' | { readonly afterMs: number };

/** Times are by the store's own clock, which no step of the machine's moves. All survives a restart. */
export interface StoredWebhooks {
  /** Those that are due, the longest first. They stay due until `record` is called. */
  due(limit: number): Promise<readonly DueWebhook[]>;
  /** Milliseconds until the next is due, 0 if one is; `null` without any. */
  nextDueMs(): Promise<number | null>;
  /** False if the execution is not there any more. */
  record(executionId: string, delivery: WebhookDelivery, next: NextDelivery): Promise<boolean>;
}
