// GET /api/v1/metrics, of all users and of one. It needs a key that allows `metrics`, if keys are required.

import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { ServiceError } from '../../errors.ts';
import { USER_ID_PATTERN } from '../../limits.ts';
import { HOURS } from '../../metrics/report.ts';
import type { ServiceMetrics } from '../../metrics/service-metrics.ts';
import { requireScope } from '../authentication.ts';
import { errorAnswers } from '../error-answer.ts';
import { metricsIn } from '../prometheus.ts';
import { readNumbers } from './numeric-query.ts';

const RETRY_AFTER_SECONDS = 5;

const LIMIT = { minimum: 1, maximum: 100, default: 10 } as const;

type Query = { hours?: number };
type ListQuery = Query & { limit?: number };

const querystring = Type.Object(
  {
    hours: Type.Optional(
      Type.Integer({
        minimum: HOURS.minimum,
        maximum: HOURS.maximum,
        description: 'How far back, from 1 to 720 hours; 24 if it is not given.',
      }),
    ),
  },
  { additionalProperties: false },
);
const listQuery = Type.Object(
  {
    ...querystring.properties,
    limit: Type.Optional(
      Type.Integer({
        minimum: LIMIT.minimum,
        maximum: LIMIT.maximum,
        description: 'Most entries, from 1 to 100; 10 if it is not given.',
      }),
    ),
  },
  { additionalProperties: false },
);
const params = Type.Object({ user_id: Type.String({ pattern: USER_ID_PATTERN }) });

const metricsSchema = {
  operationId: 'metrics',
  summary: 'Report what was executed in the last hours',
  tags: ['metrics'],
  querystring,
  response: {
    200: {
      description: 'Of all services that share a store. What others did last may be a second behind.',
      content: { 'application/json': { schema: Type.Ref('MetricsReport') } },
    },
    ...errorAnswers([400, 404, 500]),
  },
};

const userSchema = {
  operationId: 'userMetrics',
  summary: 'Report what was executed for one user in the last hours',
  description:
    'Windows begin with a whole hour. A user of whom nothing was counted in the last 720 hours is not known.',
  tags: ['metrics'],
  querystring,
  params,
  response: {
    200: {
      description: 'Of all requests with this `user_id`, from any client.',
      content: { 'application/json': { schema: Type.Ref('UserMetricsReport') } },
    },
    ...errorAnswers([400, 404, 500]),
  },
};

const listSchema = (
  report: 'TopUsersReport' | 'FailuresReport',
  texts: { operationId: string; summary: string; description: string },
) => ({
  ...texts,
  tags: ['metrics'],
  querystring: listQuery,
  response: {
    200: {
      description: 'Of all services that share a store.',
      content: { 'application/json': { schema: Type.Ref(report) } },
    },
    ...errorAnswers([400, 404, 500]),
  },
});

const topUsersSchema = listSchema('TopUsersReport', {
  operationId: 'topUsers',
  summary: 'List the users with the most executions in the last hours',
  description:
    'Windows begin with a whole hour. An answer on more than 24 hours may be a minute old. Only requests with a `user_id` have a user.',
});

const failuresSchema = listSchema('FailuresReport', {
  operationId: 'failures',
  summary: 'List the executions that the service failed in the last hours',
  description:
    'Those with the verdict `internal_error`, and those answered with an error after they were accepted.',
});

export function addMetricsRoutes(app: FastifyInstance, metrics: ServiceMetrics | null): void {
  const options = { ...requireScope('metrics'), preValidation: readNumbers(['hours', 'limit']) };

  app.get<{ Querystring: Query }>(
    '/metrics',
    { ...options, schema: metricsSchema },
    async ({ query: { hours = HOURS.default } }) => readable(metricsIn(metrics).reports.all(hours)),
  );
  app.get<{ Querystring: ListQuery }>(
    '/metrics/users',
    { ...options, schema: topUsersSchema },
    async ({ query: { hours = HOURS.default, limit = LIMIT.default } }) =>
      readable(metricsIn(metrics).reports.topUsers(hours, limit)),
  );
  app.get<{ Querystring: ListQuery }>(
    '/metrics/failures',
    { ...options, schema: failuresSchema },
    async ({ query: { hours = HOURS.default, limit = LIMIT.default } }) =>
      readable(metricsIn(metrics).reports.failures(hours, limit)),
  );
  app.get<{ Querystring: Query; Params: { user_id: string } }>(
    '/metrics/user/:user_id',
    { ...options, schema: userSchema },
    async ({ query: { hours = HOURS.default }, params: { user_id: userId } }) => {
      const report = await readable(metricsIn(metrics).reports.user(userId, hours));
      if (report !== null) return report;
      throw new ServiceError('not_found', `There are no metrics for the user ${JSON.stringify(userId)}`);
    },
  );
}

async function readable<T>(report: Promise<T>): Promise<T> {
  try {
    return await report;
  } catch (error) {
    const options = { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error };
    throw new ServiceError('unavailable', 'Metrics are temporarily unavailable', options);
  }
}
