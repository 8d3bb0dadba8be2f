// GET /api/v1/metrics, in all and of one user, and GET /metrics for Prometheus. Each needs a key that allows `metrics`,
// when keys are asked for at all.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { ServiceError } from '../../errors.ts';
import { USER_ID_PATTERN } from '../../limits.ts';
import { HOURS } from '../../metrics/report.ts';
import type { ServiceMetrics } from '../../metrics/service-metrics.ts';
import { requireScope } from '../authentication.ts';
import { problemAnswers } from '../problem.ts';

const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const RETRY_AFTER_SECONDS = 5;

type Query = { hours?: number };

const querystring = Type.Object(
  {
    hours: Type.Optional(
      Type.Integer({
        minimum: HOURS.minimum,
        maximum: HOURS.maximum,
        description: 'How far back, from 1 to 720 hours; 24 when nothing is said.',
      }),
    ),
  },
  { additionalProperties: false },
);
const params = Type.Object({ user_id: Type.String({ pattern: USER_ID_PATTERN }) });

const metricsSchema = {
  operationId: 'metrics',
  summary: 'Tell what was executed in the last hours',
  tags: ['metrics'],
  querystring,
  response: {
    200: {
      description: 'Of all services that share a store. What others did last may be a second behind.',
      content: { 'application/json': { schema: Type.Ref('MetricsReport') } },
    },
    ...problemAnswers([400, 404, 500]),
  },
};

const userSchema = {
  operationId: 'userMetrics',
  summary: 'Tell what was executed for one user in the last hours',
  description:
    'Windows begin with a whole hour. A user of whom nothing was counted in the last 720 hours is not known.',
  tags: ['metrics'],
  querystring,
  params,
  response: {
    200: {
      description: 'Of all requests with this `user_id`, whoever sent them.',
      content: { 'application/json': { schema: Type.Ref('UserMetricsReport') } },
    },
    ...problemAnswers([400, 404, 500]),
  },
};

const prometheusSchema = {
  operationId: 'prometheus',
  summary: 'Tell the figures of this process to Prometheus',
  tags: ['metrics'],
  response: {
    200: {
      description: "Prometheus' text format.",
      content: { 'text/plain': { schema: Type.String() } },
    },
    ...problemAnswers([404, 500]),
  },
};

export function addMetricsRoutes(app: FastifyInstance, metrics: ServiceMetrics | null): void {
  const counted = () => {
    if (metrics !== null) return metrics;
    throw new ServiceError('not_found', 'Metrics are turned off: METRICS_ENABLED is false');
  };
  const options = { ...requireScope('metrics'), preValidation: readHours };

  app.get<{ Querystring: Query }>(
    '/api/v1/metrics',
    { ...options, schema: metricsSchema },
    async ({ query: { hours = HOURS.default } }) => readable(counted().reports.all(hours)),
  );
  app.get<{ Querystring: Query; Params: { user_id: string } }>(
    '/api/v1/metrics/user/:user_id',
    { ...options, schema: userSchema },
    async ({ query: { hours = HOURS.default }, params: { user_id: userId } }) => {
      const report = await readable(counted().reports.user(userId, hours));
      if (report !== null) return report;
      throw new ServiceError('not_found', `Nothing is known of the user ${JSON.stringify(userId)}`);
    },
  );
  app.get('/metrics', { ...requireScope('metrics'), schema: prometheusSchema }, async (_request, reply) => {
    const text = await counted().prometheusText();
    return reply.type(PROMETHEUS_TYPE).send(text);
  });
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
    throw new ServiceError('unavailable', 'Metrics cannot be read now: their store does not answer', options);
  }
}
