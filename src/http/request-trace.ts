// Ties a request to its trace: from its headers to its answer, with the trace's ids in every line that the log has of it.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestTrace, Traces } from '../traces/traces.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** `null` when it is not traced. */
    trace: RequestTrace | null;
  }
}

/** Open routes are not traced: machines request them often, and nothing runs in them. */
export function traceUntilAnswered(
  request: FastifyRequest,
  reply: FastifyReply,
  traces: Traces | null,
): void {
  const { url, config } = request.routeOptions;
  if (traces === null || config.open) return;
  const trace = traces.startRequest({ method: request.method, route: url ?? null, headers: request.headers });
  request.trace = trace;
  request.log = request.log.child(trace.ids);
  reply.log = request.log;
  reply.raw.once('close', () => {
    trace.end({ status: reply.raw.headersSent ? reply.statusCode : null, code: reply.errorCode });
  });
}
