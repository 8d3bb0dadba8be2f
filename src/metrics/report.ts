// The metrics reports of the API: schema, type and documentation in one.

import { type Static, Type } from 'typebox';
import { MAX_HOURS } from './metrics.ts';

export const HOURS = { minimum: 1, maximum: MAX_HOURS, default: 24 } as const;

const integer = (description: string) => Type.Integer({ minimum: 0, description });
const number = (description: string) => Type.Number({ minimum: 0, description });
const successRate = Type.Number({
  minimum: 0,
  maximum: 1,
  description: 'Accepted executions divided by all executions; 0 if there were none.',
});
const executions = integer('Executions that ended, whatever their status.');
const accepted = integer('Executions that ended as `accepted` or `completed`.');
const failed = integer(
  'Executions that ended in any other way; `accepted` and `failed` add up to `executions`.',
);
const rejected = integer('Rejected requests, which are not executions.');

const distributionSchema = (unit: string) =>
  Type.Object({
    count: integer('Number of measurements.'),
    mean: number(`In ${unit}. All figures are 0 if nothing was measured.`),
    p50: number(`In ${unit}; like all percentiles, within 2.5 % of the exact value.`),
    p95: number(`In ${unit}.`),
    p99: number(`In ${unit}.`),
    histogram: Type.Array(
      Type.Object({
        le: Type.Unsafe<number | null>({
          type: ['number', 'null'],
          description: `Upper bound in ${unit}; \`null\` means none.`,
        }),
        count: integer('Measurements up to this bound, including those of earlier entries.'),
      }),
    ),
  });

const byStatus = Type.Record(Type.String(), Type.Integer({ minimum: 1 }), {
  description: 'Executions by status; only statuses that occurred.',
});
const timePercentile = (share: number) =>
  Type.Unsafe<number | null>({
    type: ['number', 'null'],
    description: `${share} % of the executions of this step took at most this long; \`null\` if there were none.`,
  });

const LanguageMetrics = Type.Object({
  executions,
  accepted,
  failed,
  rejected,
  success_rate: successRate,
  mean_execution_time_ms: number('Mean of `execution_time_ms`.'),
  p95_execution_time_ms: number('95th percentile of `execution_time_ms`.'),
  by_status: byStatus,
});

const commonFields = {
  hours: integer('The requested hours.'),
  from: Type.String({ description: 'Start of the window: the step in which its first hour began.' }),
  to: Type.String({ description: 'Time of this answer.' }),
  totals: Type.Object({ executions, accepted, failed, rejected }),
  success_rate: successRate,
  by_language: Type.Record(Type.String(), LanguageMetrics, {
    description: 'By language id; only languages that were requested.',
  }),
  by_status: byStatus,
  execution_time_ms: {
    ...distributionSchema('milliseconds'),
    description:
      'From the first slot to the end: compiling, all runs and comparing, without the wait for a slot.',
  },
  memory_kb: { ...distributionSchema('KiB'), description: 'The largest of the runs of an execution.' },
  bucket_s: Type.Integer({ description: 'Length of the steps of `series` in seconds.' }),
  series: Type.Array(
    Type.Object({
      bucket: Type.String({ description: 'Start of the step.' }),
      executions: integer('Executions that ended in this step.'),
      failures: integer('Executions among them that failed.'),
      p50_ms: timePercentile(50),
      p95_ms: timePercentile(95),
      p99_ms: timePercentile(99),
    }),
    { description: 'Every step of the window, the oldest first.' },
  ),
};
const waitSchema = {
  ...distributionSchema('milliseconds'),
  description: 'From the request to the first slot.',
};

const Worker = Type.Object({
  host: Type.String(),
  version: Type.String({ description: 'Of the service.' }),
  sandbox: Type.String(),
  slots: integer('Programs that it may run at the same time.'),
  running: integer('What runs there now: programs, or in a fleet executions.'),
  languages: Type.Array(Type.String(), { description: 'What it can run, with versions.' }),
  installing: Type.Array(Type.String(), { description: 'What it will be able to run.' }),
});
export type Worker = Static<typeof Worker>;

export const MetricsReport = Type.Object(
  {
    ...commonFields,
    queue: Type.Object({
      active: integer('Executions of this process that are waiting or running.'),
      capacity: integer('Most executions that may wait or run.'),
      wait_ms: waitSchema,
    }),
    pool: Type.Union(
      [
        Type.Object({
          idle: integer('Containers that are ready.'),
          hits: integer('Submissions that found one ready, since the start of this process.'),
          misses: integer('Submissions that had to wait for one.'),
        }),
        Type.Null(),
      ],
      { description: 'Of this process; `null` if it keeps no containers ready.' },
    ),
    workers: Type.Array(Worker, { description: 'The live processes that run programs, as they are now.' }),
    active_users: integer('Distinct users with requests; above a thousand, accurate to about 1 %.'),
  },
  { $id: 'MetricsReport' },
);
export type MetricsReport = Static<typeof MetricsReport>;

const range = {
  hours: commonFields.hours,
  from: Type.String({ description: 'Start of the window.' }),
  to: Type.String({ description: 'Time of this answer.' }),
};

export const TopUsersReport = Type.Object(
  {
    ...range,
    users: Type.Array(
      Type.Object({
        user_id: Type.String(),
        executions: integer('Executions in whole hours.'),
        share: Type.Number({ minimum: 0, maximum: 1, description: 'Of all executions of these hours.' }),
        last_execution_at: Type.Unsafe<string | null>({
          type: ['string', 'null'],
          description: 'End of the last execution.',
        }),
      }),
      { description: 'The users with the most executions, the most first.' },
    ),
  },
  { $id: 'TopUsersReport' },
);
export type TopUsersReport = Static<typeof TopUsersReport>;

export const FailuresReport = Type.Object(
  {
    ...range,
    failures: Type.Array(
      Type.Object({
        at: Type.String(),
        request_id: Type.String({ description: 'As in the answer and in the log.' }),
        execution_id: Type.String(),
        language: Type.String(),
        api: Type.String({ description: 'The API that it came through.' }),
        code: Type.String({ description: 'Of the error answer; `internal_error` for that verdict.' }),
      }),
      { description: 'The latest first. The last hundred are kept.' },
    ),
  },
  { $id: 'FailuresReport' },
);
export type FailuresReport = Static<typeof FailuresReport>;

export const UserMetricsReport = Type.Object(
  {
    user_id: Type.String(),
    last_execution_at: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'End of the last execution, even if before the window.',
    }),
    ...commonFields,
    queue: Type.Object({ wait_ms: waitSchema }),
  },
  { $id: 'UserMetricsReport' },
);
export type UserMetricsReport = Static<typeof UserMetricsReport>;
