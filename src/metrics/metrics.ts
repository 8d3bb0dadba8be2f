// The contract of metrics: what is recorded of an execution, and how a store keeps the counts made from it. A store
// knows nothing of what a count means; both stores pass the cases of `metrics-contract.ts`.

import type { ExecutionStatus } from '../execution/execution.ts';

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** Hours that can be looked back. */
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

/** Users of whom a store keeps counts of their own. Those of further ones are in the totals only. */
export const MAX_USERS = 100_000;

/** What is measured of an execution that ended. It holds nothing that a client wrote but the id of the user. */
export interface ExecutionObservation {
  readonly kind: 'execution';
  readonly atMs: number;
  readonly userId: string | null;
  readonly language: string;
  readonly status: ExecutionStatus;
  readonly sandbox: string;
  /** From the first slot to the end: compiling, all runs, comparing. `null` when it did not get that far. */
  readonly executionTimeMs: number | null;
  readonly queueTimeMs: number | null;
  /** `null` when nothing was compiled, or the build was known already. */
  readonly compileTimeMs: number | null;
  /** The most of any run; `null` when no program was run. */
  readonly memoryKb: number | null;
}

/** A request that was refused before it became an execution. */
export interface RejectionObservation {
  readonly kind: 'rejection';
  readonly atMs: number;
  readonly userId: string | null;
  /** `null` when the request names none that this service knows. */
  readonly language: string | null;
  readonly code: string;
}

export type Observation = ExecutionObservation | RejectionObservation;

/** Whole numbers to add, by the name of what is counted. */
export type Counts = ReadonlyMap<string, number>;

/** What a store adds in one go. `startMs` is a multiple of the step. */
export interface Batch {
  /** A batch that is added again under the same id changes nothing. */
  readonly id: string;
  /** Of each five minutes, with the users who were active in it. */
  readonly periods: readonly {
    readonly startMs: number;
    readonly counts: Counts;
    readonly users: readonly string[];
  }[];
  /** Of each hour of a user. `lastExecutionAtMs` is `null` when only rejections were counted. */
  readonly users: readonly {
    readonly userId: string;
    readonly startMs: number;
    readonly counts: Counts;
    readonly seenAtMs: number;
    readonly lastExecutionAtMs: number | null;
  }[];
}

/** The steps of a resolution that start from `fromMs` to `toMs`, both included. */
export interface Window {
  readonly resolution: Resolution;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Reading {
  /** Sums over the window. */
  readonly totals: Counts;
  /** Steps that have counts, ascending, with those that were asked for. */
  readonly steps: readonly { readonly startMs: number; readonly counts: Counts }[];
}

export interface MetricsStore {
  /** Adds a batch as a whole or not at all. Resolves with how many of its users are not kept, see `MAX_USERS`. */
  add(batch: Batch): Promise<number>;
  /** `series` names the counts that are wanted of each step. */
  read(window: Window, series: readonly string[]): Promise<Reading & { readonly activeUsers: number }>;
  /** Of one user, in hours whatever the window's resolution; `null` for a user of whom nothing is kept. */
  readUser(
    userId: string,
    window: Window,
    series: readonly string[],
  ): Promise<(Reading & { readonly lastExecutionAtMs: number | null }) | null>;
  close(): Promise<void>;
}
