// The contract of counters that enforce rate limits. It knows nothing of keys, users or HTTP: a counter has a name.

/** A limit on what one counter may count in each window. Windows begin at multiples of their length since 1970, UTC. */
export interface Counter {
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
  /** How much to take; negative to give back what was not used. The count never drops below zero. */
  readonly cost: number;
}

export interface Standing {
  readonly used: number;
  /** Time until the window ends and the count is zero again; more than 0, with a fraction. */
  readonly resetSeconds: number;
}

export interface Taken {
  readonly isAllowed: boolean;
  /** Each counter, in the order given: after taking, or unchanged if nothing was taken. */
  readonly standings: readonly Standing[];
}

export interface RateCounters {
  /** Takes from all counters, or from none if one of them has too little left. Counters of one `group` are stored together. */
  take(group: string, counters: readonly Counter[]): Promise<Taken>;
}
