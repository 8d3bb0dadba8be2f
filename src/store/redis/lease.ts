// Keeps the lease of this process: while it gives signs of life, what it runs is its own. It notices when the lease ended
// all the same, cancellations that did not reach it, and claims that it never learnt of.

import type { Held } from './held.ts';
import { type Answer, type Scripts, textOf } from './scripts.ts';

/** Signs of life within a lease. */
const SIGNS_PER_LEASE = 3;

export interface LeaseParts {
  readonly scripts: Scripts;
  readonly held: Held;
  readonly leaseMs: number;
  /** What this process says of itself, and the kinds that it can run; `null` if it runs nothing. */
  readonly announce: () => { readonly about: string; readonly kinds: readonly string[] } | null;
  readonly onCancelling: (id: string) => void;
  /** Another process may run it now. */
  readonly onLost: (id: string) => void;
}

export interface Lease {
  /** Gives a sign of life now, such as after an announcement changed. */
  renew(): Promise<void>;
  close(): Promise<void>;
}

export async function keepLease(parts: LeaseParts): Promise<Lease> {
  let isFirst = true;
  /** Runs that were not known at the sign before: an answer may be on its way. */
  let unknown = new Set<string>();
  const renew = async () => {
    const announced = parts.announce();
    const about = [announced?.about ?? '', isFirst ? 'first' : '', ...(announced?.kinds ?? [])];
    const [hadEnded, runs] = await parts.scripts.run('live', parts.leaseMs, ...about);
    isFirst = false;
    if (textOf(hadEnded) === '1') for (const id of parts.held.ids()) parts.onLost(id);
    unknown = await reconcile(parts, runs as readonly Answer[], unknown);
  };
  // While Redis is lost, each sign is tried anew; the store says so itself.
  const timer = setInterval(() => void renew().catch(() => {}), parts.leaseMs / SIGNS_PER_LEASE);
  await renew().catch(() => {});
  return {
    renew,
    close: async () => {
      clearInterval(timer);
      await parts.scripts.run('leave').catch(() => {});
    },
  };
}

/** Gives back what was not known the last time either. */
async function reconcile(
  { scripts, held, onCancelling }: LeaseParts,
  runs: readonly Answer[],
  before: ReadonlySet<string>,
): Promise<Set<string>> {
  const unknown = new Set<string>();
  for (let index = 0; index < runs.length; index += 3) {
    const [id, fence, isCancelling] = runs.slice(index, index + 3).map((part) => textOf(part));
    if (id === undefined || fence === undefined) continue;
    const claim = `${id} ${fence}`;
    if (held.has(id, Number(fence))) {
      if (isCancelling === '1') onCancelling(id);
    } else if (before.has(claim)) await scripts.run('give-back', id, fence, 0, 0);
    else unknown.add(claim);
  }
  return unknown;
}
