// GET /api/v1/metrics, of all users and of one. It needs a key that allows `metrics`, if keys are required.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { ServiceError } from '../../errors.ts';
import { USER_ID_PATTERN } from '../../limits.ts';
import { HOURS } from '../../metrics/report.ts';
import type { ServiceMetrics } from '../../metrics/service-metrics.ts';
import { requireScope } from '../authentication.ts';
import { errorAnswers } from '../error-answer.ts';
import { metricsIn } from '../prometheus.ts';

const RETRY_AFTER_SECONDS = 5;

type Query = { hours?: number };

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

export function addMetricsRoutes(app: FastifyInstance, metrics: ServiceMetrics | null): void {
  const options = { ...requireScope('metrics'), preValidation: readHours };

  app.get<{ Querystring: Query }>(
    '/metrics',
    { ...options, schema: metricsSchema },
    async ({ query: { hours = HOURS.default } }) => readable(metricsIn(metrics).reports.all(hours)),
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

/** A query is text; the schema, which coerces nothing, wants a number where there is one. */
async function readHours(request: FastifyRequest): Promise<void> {
  const query = request.query as Record<string, unknown>;
  const { hours } = query;
  if (typeof hours === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(hours)) query.hours = Number(hours);
}

async function readable<T>(report: Promise<T>): Promise<T> {
  try {
    return await report;
  } catch (error) {
    const options = { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error };
    throw new ServiceError('unavailable', 'Metrics are temporarily unavailable', options);
  }
}
