// Rejects requests while the process cannot keep up with them: its event loop is late, or its memory nearly used up. Only
// clients that use their equal share or more are rejected. Others are served, accepted requests are finished, and open
// routes such as health checks are always answered.

import { getHeapStatistics } from 'node:v8';
import underPressure, { TYPE_EVENT_LOOP_DELAY } from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { clientIdOf } from '../access/client.ts';
import { ServiceError } from '../errors.ts';
import { createLoadShares, type LoadShares } from './load-shares.ts';

/** How often load is measured, and how long a rejection lasts. One large body that takes a second is no overload. */
const SAMPLE_MS = 2000;
const RETRY_AFTER_SECONDS = 2;
/** Of the heap that V8 may use before it gives up. */
const HEAP_SHARE = 0.9;
/** If the process uses less of a core than this, others keep its event loop late, and rejecting would not help. */
const MIN_CPU_SHARE = 0.5;

declare module 'fastify' {
  interface FastifyRequest {
    /** What the process was short of when the request came; `null` if nothing. */
    pressure: { readonly kind: string; readonly value: number | undefined } | null;
  }
}

/**
 * `maxDelayMs` is how late the event loop may be, averaged over a sample; 0 is any time. Requests are rejected after the
 * hooks `onRequest`, in which each API finds out who sent them, and before their bodies are read.
 */
export async function shedLoad(
  app: FastifyInstance,
  maxDelayMs: number,
  { minCpuShare = MIN_CPU_SHARE } = {},
): Promise<LoadShares> {
  const shares = createLoadShares();
  const cpuShare = measureCpuShare(app, shares.turn);
  app.decorateRequest('pressure', null);
  await app.register(underPressure, {
    sampleInterval: SAMPLE_MS,
    maxEventLoopDelay: maxDelayMs,
    maxHeapUsedBytes: Math.floor(getHeapStatistics().heap_size_limit * HEAP_SHARE),
    pressureHandler: async (request, _reply, kind, value) => {
      const isLateForOthers = kind === TYPE_EVENT_LOOP_DELAY && cpuShare() < minCpuShare;
      if (!isLateForOthers) request.pressure = { kind, value };
    },
  });
  app.addHook('preParsing', async (request) => {
    const { pressure, headers, routeOptions, log } = request;
    if (routeOptions.config.open) return;
    const clientId = clientIdOf(request);
    shares.charge(clientId, Number(headers['content-length'] ?? 0) || 0);
    if (pressure === null || !shares.isHeavy(clientId)) return;
    log.warn(pressure, 'request rejected for overload');
    throw new ServiceError('unavailable', 'The service is overloaded by requests of this client', {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
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
