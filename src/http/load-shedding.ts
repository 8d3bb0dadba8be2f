// Refuses requests while the process cannot keep up with them: its event loop is late for its own work, or its memory
// nearly used up. Only clients are refused that ask for their equal share or more; others are served, what was taken
// before is finished, and who asks whether the service is well is answered all the same.

import { getHeapStatistics } from 'node:v8';
import underPressure, { TYPE_EVENT_LOOP_DELAY } from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { clientIdOf } from '../access/client.ts';
import { ServiceError } from '../errors.ts';
import { createLoadShares, type LoadShares } from './load-shares.ts';

/** How often it is measured; a refusal lasts as long. One large body that takes a second is no reason for any. */
const SAMPLE_MS = 2000;
const RETRY_AFTER_SECONDS = 2;
/** Of what V8 may use before it gives up. */
const HEAP_SHARE = 0.9;
/** With less of a core than this it is others who keep the event loop late, and refusing requests would not help. */
const MIN_CPU_SHARE = 0.5;

/** `maxDelayMs` is how late the event loop may be, averaged over a sample; 0 is any time. */
export async function shedLoad(
  app: FastifyInstance,
  maxDelayMs: number,
  { leastCpuShare = MIN_CPU_SHARE } = {},
): Promise<LoadShares> {
  const shares = createLoadShares();
  const cpuShare = measureCpuShare(app, shares.turn);
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.open) return;
    shares.charge(clientIdOf(request), Number(request.headers['content-length'] ?? 0) || 0);
  });
  await app.register(underPressure, {
    sampleInterval: SAMPLE_MS,
    maxEventLoopDelay: maxDelayMs,
    maxHeapUsedBytes: Math.floor(getHeapStatistics().heap_size_limit * HEAP_SHARE),
    pressureHandler: async (request, _reply, kind, value) => {
      const { routeOptions, log } = request;
      const isLateForOthers = kind === TYPE_EVENT_LOOP_DELAY && cpuShare() < leastCpuShare;
      if (routeOptions.config.open || isLateForOthers || !shares.isHeavy(clientIdOf(request))) return;
      log.warn({ kind, value }, 'a request was refused for load');
      throw new ServiceError('unavailable', 'The service is overloaded by requests of this client', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    },
  });
  return shares;
}

/** The cores that the process used on average over the last sample. */
function measureCpuShare(app: FastifyInstance, onSample: () => void): () => number {
  let before = { cpu: process.cpuUsage(), atMs: performance.now() };
  let share = 0;
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(before.cpu);
    const atMs = performance.now();
    share = (user + system) / 1000 / (atMs - before.atMs);
    before = { cpu: process.cpuUsage(), atMs };
    onSample();
  }, SAMPLE_MS).unref();
  app.addHook('onClose', async () => clearInterval(timer));
  return () => share;
}
