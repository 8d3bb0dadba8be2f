// Opens what the settings say of interactive programs: how many there are, how long they may take.

import type { ExecuteParts } from '../execution/execution.ts';
import type { Execute } from '../execution/record.ts';
import { createSlotScheduler } from '../execution/slot-scheduler.ts';
import type { ExecutionQueue } from '../queue/queue.ts';
import { createInteractions, type InteractionParts, type Interactions } from './interact.ts';

/** Of all interactive programs, one client may have this share: some places are left for others. */
const CLIENT_SHARE = 3 / 4;

interface InteractionSettings {
  readonly interactiveSessions: number;
  readonly interactiveTimeoutSeconds: number;
  readonly interactiveIdleSeconds: number;
}

interface Parts {
  readonly submit: InteractionParts['submit'];
  readonly execute: Omit<ExecuteParts, 'scheduler'>;
  readonly openQueue: (execute: Execute, size: { slots: number; queueSize: number }) => ExecutionQueue;
}

/** `null` if the settings allow none. */
export function openInteractions(
  { interactiveSessions: slots, interactiveTimeoutSeconds, interactiveIdleSeconds }: InteractionSettings,
  { submit, execute, openQueue }: Parts,
): Interactions | null {
  if (slots === 0) return null;
  return createInteractions({
    submit,
    execute: { ...execute, scheduler: createSlotScheduler(slots) },
    openQueue: (run) => openQueue(run, { slots, queueSize: slots }),
    maxPerClient: Math.max(1, Math.floor(slots * CLIENT_SHARE)),
    wallTimeMs: interactiveTimeoutSeconds * 1000,
    idleTimeMs: interactiveIdleSeconds * 1000,
  });
}
