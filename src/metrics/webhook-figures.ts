// The figures of webhooks for Prometheus: attempts by their outcome, and what waits for one.

import { Counter, Gauge, type Registry } from 'prom-client';

export interface WebhookBacklog {
  /** Deliveries that are not done and not given up. */
  readonly pending: number;
  /** Since the oldest of them was due; 0 if none is. */
  readonly overdueMs: number;
}

/** Returns what counts an attempt. While the store cannot be read, the gauges keep their values. */
export function createWebhookFigures(
  registry: Registry,
  backlog: () => Promise<WebhookBacklog>,
): (outcome: string) => void {
  const registers = [registry];
  const attempts = new Counter({
    name: 'ces_webhook_attempts_total',
    help: 'Attempts to deliver webhooks; `failed` were the last, `refused` were not allowed to be made.',
    labelNames: ['outcome'],
    registers,
  });
  const overdue = new Gauge({
    name: 'ces_webhooks_overdue_seconds',
    help: 'Since the oldest due attempt was due.',
    registers,
  });
  new Gauge({
    name: 'ces_webhooks_pending',
    help: 'Webhooks that are not delivered yet and not given up.',
    registers,
    async collect() {
      const found = await backlog().catch(() => null);
      if (found === null) return;
      this.set(found.pending);
      overdue.set(found.overdueMs / 1000);
    },
  });
  return (outcome) => attempts.inc({ outcome });
}
