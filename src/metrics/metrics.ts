// The contract of metrics: what is recorded about an execution, and how a store keeps the resulting counts. A store does
// not know what a count means; both stores pass the cases of `metrics-contract.ts`.

import type { ExecutionStatus } from '../api/execution.ts';

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** The longest window of a report, in hours. */
export const MAX_HOURS = 720;

/**
 * Counts are kept in steps of five minutes for a day and in steps of an hour for thirty. What is older than
 * `retentionMs` is deleted; the hour beyond the window is the step that it begins in.
 */
export const RESOLUTIONS = {
  fine: { stepMs: 5 * MINUTE_MS, retentionMs: 25 * HOUR_MS },
  hour: { stepMs: HOUR_MS, retentionMs: (MAX_HOURS + 1) * HOUR_MS },
} as const;
export type Resolution = keyof typeof RESOLUTIONS;

/** Users for whom a store keeps separate counts. Further users appear in the totals only. */
export const MAX_USERS = 100_000;
/** Failures of the service that a store keeps one by one: the latest. All of them are counted. */
export const MAX_FAULTS = 100;

/** The figures of an execution that ended. Of what a client wrote it holds only the user's id. */
export interface ExecutionObservation {
  readonly kind: 'execution';
  readonly atMs: number;
  readonly userId: string | null;
  readonly language: string;
  /** The API that it came through; `v1` if absent. */
  readonly api?: string;
  readonly status: ExecutionStatus;
  readonly sandbox: string;
  /** From the first slot to the end: compiling, all runs, comparing. `null` if no slot was granted. */
  readonly executionTimeMs: number | null;
  readonly queueTimeMs: number | null;
  /** `null` if nothing was compiled or the build came from the cache. */
  readonly compileTimeMs: number | null;
  /** The maximum over the runs; `null` if no program ran. */
  readonly memoryKb: number | null;
  /** Present if the service failed, not the program, and it is known which request it was. */
  readonly fault?: Pick<Fault, 'requestId' | 'executionId' | 'code'>;
}

/** An execution that the service failed. */
export interface Fault {
  readonly atMs: number;
  readonly requestId: string;
  readonly executionId: string;
  readonly language: string;
  readonly api: string;
  readonly code: string;
}

/** A request that was refused before it became an execution. */
export interface RejectionObservation {
  readonly kind: 'rejection';
  readonly atMs: number;
  readonly userId: string | null;
  /** `null` if the request names no known language. */
  readonly language: string | null;
  readonly code: string;
}

export type Observation = ExecutionObservation | RejectionObservation;

/** The count of executions, the only one that stores know: they rank users by it. */
export const EXECUTIONS = 'n';

/** Integers to add, by the name of the count. */
export type Counts = ReadonlyMap<string, number>;

/** A batch is added as a whole. `startMs` is a multiple of the step. */
export interface Batch {
  /** Adding a batch again under the same id changes nothing. */
  readonly id: string;
  /** Counts of each five minutes, with the users who were active in them. */
  readonly periods: readonly {
    readonly startMs: number;
    readonly counts: Counts;
    readonly users: readonly string[];
  }[];
  /** Counts of each hour of a user. `lastExecutionAtMs` is `null` if only rejections were counted. */
  readonly users: readonly {
    readonly userId: string;
    readonly startMs: number;
    readonly counts: Counts;
    readonly seenAtMs: number;
    readonly lastExecutionAtMs: number | null;
  }[];
  readonly faults: readonly Fault[];
}

/** The steps that start between `fromMs` and `toMs`, both included. */
export interface Window {
  readonly resolution: Resolution;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Reading {
  /** Sums over the window. */
  readonly totals: Counts;
  /** The requested counts of each step that has any, in ascending order. */
  readonly steps: readonly { readonly startMs: number; readonly counts: Counts }[];
}

export interface TopUser {
  readonly userId: string;
  readonly executions: number;
  readonly lastExecutionAtMs: number | null;
}

export interface MetricsStore {
  /** Adds a batch as a whole or not at all. Resolves with the number of its users that are not kept, see `MAX_USERS`. */
  add(batch: Batch): Promise<number>;
  /** `series` names the counts to return for each step. */
  read(window: Window, series: readonly string[]): Promise<Reading & { readonly activeUsers: number }>;
  /** The counts of one user, always by the hour; `null` for an unknown user. */
  readUser(
    userId: string,
    window: Window,
    series: readonly string[],
  ): Promise<(Reading & { readonly lastExecutionAtMs: number | null }) | null>;
  /** The users with the most executions in the hours of the window, the most first. */
  readTopUsers(window: Window, limit: number): Promise<readonly TopUser[]>;
  /** The latest faults since a moment, the latest first. */
  readFaults(fromMs: number, limit: number): Promise<readonly Fault[]>;
  close(): Promise<void>;
}
