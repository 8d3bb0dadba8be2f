// Refuses requests while the process cannot keep up: its event loop is late, or its memory nearly used up. What was
// taken before is finished instead; who asks whether the service is well is answered all the same.

import { getHeapStatistics } from 'node:v8';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../errors.ts';

/** How often it is measured; a refusal lasts as long. One large body that takes a second is no reason for any. */
const SAMPLE_MS = 2000;
const RETRY_AFTER_SECONDS = 2;
/** Of what V8 may use before it gives up. */
const HEAP_SHARE = 0.9;

/** `maxDelayMs` is how late the event loop may be, averaged over a sample; 0 is any time. */
export async function shedLoad(app: FastifyInstance, maxDelayMs: number): Promise<void> {
  await app.register(underPressure, {
    sampleInterval: SAMPLE_MS,
    maxEventLoopDelay: maxDelayMs,
    maxHeapUsedBytes: Math.floor(getHeapStatistics().heap_size_limit * HEAP_SHARE),
    pressureHandler: async ({ routeOptions, log }, _reply, kind, value) => {
      if (routeOptions.config.open) return;
      log.warn({ kind, value }, 'a request was refused for load');
      throw new ServiceError('unavailable', 'The service is overloaded', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    },
  });
}
