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

const LanguageMetrics = Type.Object({
  executions,
  accepted,
  failed,
  rejected,
  success_rate: successRate,
  mean_execution_time_ms: number('Mean of `execution_time_ms`.'),
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
  by_status: Type.Record(Type.String(), Type.Integer({ minimum: 1 }), {
    description: 'Executions by status; only statuses that occurred.',
  }),
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
    }),
    { description: 'Every step of the window, the oldest first.' },
  ),
};
const waitSchema = {
  ...distributionSchema('milliseconds'),
  description: 'From the request to the first slot.',
};

export const MetricsReport = Type.Object(
  {
    ...commonFields,
    queue: Type.Object({
      active: integer('Executions of this process that are waiting or running.'),
      capacity: integer('Most executions that may wait or run.'),
      wait_ms: waitSchema,
    }),
    active_users: integer('Distinct users with requests; above a thousand, accurate to about 1 %.'),
  },
  { $id: 'MetricsReport' },
);
export type MetricsReport = Static<typeof MetricsReport>;

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
