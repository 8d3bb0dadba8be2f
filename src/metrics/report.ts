// The metrics reports of the API: schema, type and documentation in one.

import { type Static, Type } from 'typebox';
import { MAX_HOURS } from './metrics.ts';

export const HOURS = { minimum: 1, maximum: MAX_HOURS, default: 24 } as const;

const integer = (description: string) => Type.Integer({ minimum: 0, description });
const number = (description: string) => Type.Number({ minimum: 0, description });
const successRate = Type.Number({
  minimum: 0,
  maximum: 1,
  description: 'Accepted executions over all of them, 0 without any.',
});
const executions = integer('Executions that ended, whatever their status.');
const accepted = integer('Those that ended as `accepted` or `completed`.');
const failed = integer('Those that ended in any other way. With `accepted` it adds up to `executions`.');
const rejected = integer('Requests that were refused, and so are no executions.');

const distributionSchema = (unit: string) =>
  Type.Object({
    count: integer('How many were measured.'),
    mean: number(`In ${unit}. All figures are 0 when nothing was measured.`),
    p50: number(`In ${unit}; as all percentiles within 2.5 % of the exact one.`),
    p95: number(`In ${unit}.`),
    p99: number(`In ${unit}.`),
    histogram: Type.Array(
      Type.Object({
        le: Type.Unsafe<number | null>({
          type: ['number', 'null'],
          description: `In ${unit}; \`null\`: any.`,
        }),
        count: integer('How many were at most that, those of the entries before included.'),
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
  hours: integer('The hours that were asked for.'),
  from: Type.String({ description: 'Start of what is counted: the step in which the first hour began.' }),
  to: Type.String({ description: 'The moment of this answer.' }),
  totals: Type.Object({ executions, accepted, failed, rejected }),
  success_rate: successRate,
  by_language: Type.Record(Type.String(), LanguageMetrics, {
    description: 'By the id of the language; only those that were asked for.',
  }),
  by_status: Type.Record(Type.String(), Type.Integer({ minimum: 1 }), {
    description: 'Executions by their status; only those that there were.',
  }),
  execution_time_ms: {
    ...distributionSchema('milliseconds'),
    description:
      'From the first slot to the end: compiling, all runs and comparing, without the wait before.',
  },
  memory_kb: { ...distributionSchema('KiB'), description: 'The most of any run of an execution.' },
  bucket_s: Type.Integer({ description: 'Length of the steps of `series` in seconds.' }),
  series: Type.Array(
    Type.Object({
      bucket: Type.String({ description: 'Start of the step.' }),
      executions: integer('Executions that ended in it.'),
      failures: integer('Those of them that failed.'),
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
      active: integer('Executions of this process that wait or run now.'),
      capacity: integer('How many there may be.'),
      wait_ms: waitSchema,
    }),
    active_users: integer('Different users with requests; from thousands on within about 1 %.'),
  },
  { $id: 'MetricsReport' },
);
export type MetricsReport = Static<typeof MetricsReport>;

export const UserMetricsReport = Type.Object(
  {
    user_id: Type.String(),
    last_execution_at: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'End of the last execution, also of one before the window.',
    }),
    ...commonFields,
    queue: Type.Object({ wait_ms: waitSchema }),
  },
  { $id: 'UserMetricsReport' },
);
export type UserMetricsReport = Static<typeof UserMetricsReport>;
