// The contract of what counts uses against limits. It knows nothing of keys, users or HTTP: a counter has a name.

/** A limit on what one counter may count in each window. Windows begin at multiples of their length since 1970, UTC. */
export interface Counter {
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
  /** How much of it is taken at once; negative to give back what was taken in vain, never below zero. */
  readonly cost: number;
}

export interface Standing {
  readonly used: number;
  /** Until the window ends and nothing is used any more; more than 0, with a fraction. */
  readonly resetSeconds: number;
}

export interface Taken {
  readonly isAllowed: boolean;
  /** Of each counter, in their order: after the taking, or as it was found when nothing was taken. */
  readonly standings: readonly Standing[];
}

export interface RateCounters {
  /** Takes of all counters, or of none when one of them has not enough left. Those with the same `group` go together. */
  take(group: string, counters: readonly Counter[]): Promise<Taken>;
}
