// The rate at which executions have ended lately, from which a rejected client's Retry-After is computed.

/** How many ends are remembered. */
const REMEMBERED = 32;
const MIN_SECONDS = 1;
const MAX_SECONDS = 60;
/** Assumed duration of an execution before any has ended. */
const UNKNOWN_SECONDS_EACH = 0.5;

export interface Throughput {
  countOne(): void;
  /** Whole seconds in which this many executions end at the present rate, from 1 to 60. */
  secondsFor(executions: number): number;
}

export function createThroughput(now: () => number = () => performance.now()): Throughput {
  const ends: number[] = [];
  return {
    countOne: () => {
      ends.push(now());
      if (ends.length > REMEMBERED) ends.shift();
    },
    secondsFor: (executions) => {
      const oldest = ends[0];
      const secondsEach = oldest === undefined ? UNKNOWN_SECONDS_EACH : (now() - oldest) / 1000 / ends.length;
      return Math.min(MAX_SECONDS, Math.max(MIN_SECONDS, Math.ceil(executions * secondsEach)));
    },
  };
}
