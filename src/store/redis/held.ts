// What this process runs: the fence of each claim and how far its events are stored, so that a call whose answer was lost
// can be repeated, and a claim whose answer was lost is given back.

export interface Held {
  /** `null` if this claim is not known, or not any more. */
  lastEventId(id: string, fence: number): number | null;
  take(id: string, fence: number, claim: { readonly lastEventId: number; readonly isAwaited: boolean }): void;
  progress(id: string, fence: number, lastEventId: number): void;
  release(id: string, fence: number): void;
  /** Whether another process waits for its end. */
  isAwaited(id: string, fence: number): boolean;
  /** The answer to its end was lost. */
  doubt(id: string, fence: number): void;
  isInDoubt(id: string, fence: number): boolean;
  ids(): readonly string[];
  has(id: string, fence: number): boolean;
}

export function createHeld(): Held {
  const claims = new Map<
    string,
    { fence: number; lastEventId: number; isAwaited: boolean; isInDoubt: boolean }
  >();
  const claimOf = (id: string, fence: number) => {
    const claim = claims.get(id);
    return claim?.fence === fence ? claim : null;
  };
  return {
    lastEventId: (id, fence) => claimOf(id, fence)?.lastEventId ?? null,
    take: (id, fence, claim) => void claims.set(id, { fence, ...claim, isInDoubt: false }),
    isAwaited: (id, fence) => claimOf(id, fence)?.isAwaited ?? false,
    progress: (id, fence, lastEventId) => {
      const claim = claimOf(id, fence);
      if (claim !== null) claim.lastEventId = lastEventId;
    },
    release: (id, fence) => {
      if (claimOf(id, fence) !== null) claims.delete(id);
    },
    doubt: (id, fence) => {
      const claim = claimOf(id, fence);
      if (claim !== null) claim.isInDoubt = true;
    },
    isInDoubt: (id, fence) => claimOf(id, fence)?.isInDoubt ?? false,
    ids: () => [...claims.keys()],
    has: (id, fence) => claimOf(id, fence) !== null,
  };
}
