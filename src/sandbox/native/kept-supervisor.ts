// Keeps one supervisor alive: starts it when it is first needed, and replaces it when it has died. It knows nothing of how
// a supervisor is started.

import { SandboxError } from '../sandbox.ts';
import type { SupervisorState } from './supervisor-state.ts';

export interface KeptSupervisor {
  /** The living supervisor. A dead one is replaced once, however many callers ask. */
  current(): Promise<SupervisorState>;
  close(): Promise<void>;
}

const RESTART_DELAY_MS = 1000;

export function keepSupervisor(start: () => Promise<SupervisorState>): KeptSupervisor {
  let closed = false;
  let state: Promise<SupervisorState> | null = null;
  let startedAt = Number.NEGATIVE_INFINITY;

  async function startLater(): Promise<SupervisorState> {
    const sinceLast = performance.now() - startedAt;
    if (sinceLast < RESTART_DELAY_MS)
      await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MS - sinceLast));
    startedAt = performance.now();
    return start();
  }

  async function current(): Promise<SupervisorState> {
    if (closed) throw new SandboxError('the sandbox is closed', { retryable: false });
    const asked = state;
    const known = await asked?.catch(() => null);
    if (known?.supervisor.isAlive()) return known;
    if (closed) return current();
    // Never two at once: the new one removes what the dead one left.
    if (state === asked) state = known ? known.supervisor.close().then(startLater) : startLater();
    return state as Promise<SupervisorState>;
  }

  return {
    current,
    async close() {
      closed = true;
      const known = await state?.catch(() => null);
      await known?.supervisor.close();
    },
  };
}
