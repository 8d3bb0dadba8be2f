// How the process stops: softly at the first signal, at once at the second, and then all its parts in reverse order.

import { flushed, type Log } from '../log.ts';
import type { ExecutionQueue } from '../queue/queue.ts';
import type { Interactions } from '../submissions/interact.ts';
import type { CodeValidation } from '../submissions/open-validation.ts';
import type { StoredExecutions } from './open-executions.ts';

/** After a hard stop, what has not ended by itself is abandoned after this time. */
const HARD_STOP_MS = 10_000;

/** What a shutdown needs. */
export interface Service {
  readonly queue: ExecutionQueue;
  readonly stored: StoredExecutions;
  readonly interactions: Interactions | null;
  readonly validation: CodeValidation;
  readonly graceMs: number;
  isStopping: boolean;
}

/** The first signal lets running executions finish, the second cancels them; then all parts stop in reverse order. */
export function stopOnSignals(service: Service, started: AsyncDisposableStack, log: Log): void {
  const stop = async (signal: NodeJS.Signals) => {
    const isSecond = service.isStopping;
    service.isStopping = true;
    log.info({ signal, ...service.queue.depth() }, isSecond ? 'stopping at once' : 'stopping');
    const close = async (options: { graceMs: number }) =>
      Promise.all([service.queue, service.stored, service.interactions].map((each) => each?.close(options)));
    if (isSecond) return close({ graceMs: 0 });
    void service.validation.close();
    await close(service);
    setTimeout(() => process.exit(1), HARD_STOP_MS).unref();
    await started.disposeAsync();
    log.info('stopped');
    await flushed(log);
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
}
