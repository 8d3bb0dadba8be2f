// GET /metrics: the figures of this process for Prometheus. It needs a key that allows `metrics`, if keys are required.

import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { ServiceError } from '../errors.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import { requireScope } from './authentication.ts';
import { errorAnswers } from './error-answer.ts';

const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const schema = {
  operationId: 'prometheus',
  summary: 'Report the figures of this process to Prometheus',
  tags: ['metrics'],
  response: {
    200: {
      description: "Prometheus' text format.",
      content: { 'text/plain': { schema: Type.String() } },
    },
    ...errorAnswers([404, 500]),
  },
};

export function addPrometheusRoute(app: FastifyInstance, metrics: ServiceMetrics | null): void {
  app.get('/metrics', { ...requireScope('metrics'), schema }, async (_request, reply) => {
    const text = await metricsIn(metrics).prometheusText();
    return reply.type(PROMETHEUS_TYPE).send(text);
  });
}

/** Throws `not_found` if nothing is counted. */
export function metricsIn(metrics: ServiceMetrics | null): ServiceMetrics {
  if (metrics !== null) return metrics;
  throw new ServiceError('not_found', 'Metrics are turned off');
}
