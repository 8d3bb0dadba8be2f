// Bounds how many bytes of bodies are in memory at the same time, while they arrive and while their programs wait and run.
// Each body and the queue have bounds of their own, but their product would exceed a machine's memory. Beside the room
// that one client can fill, a reserve of a quarter remains for clients that hold less.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientIdOf } from '../access/client.ts';
import { ServiceError } from '../errors.ts';

const RETRY_AFTER_SECONDS = 1;
/** The reserve for clients that hold little is this part of the room. */
const RESERVE_PART = 4;

export interface BodyBounds {
  /** The bound of one body. */
  readonly maxBodyBytes: number;
  /** The bound of all bodies of requests in progress. */
  readonly maxBodiesBytes: number;
}

/** Rejects a request before its body is read if there is no room for it. */
export type BoundBodies = (app: FastifyInstance) => void;

/** One budget for the routes of every app that it is applied to. */
export function createBodyBudget({ maxBodyBytes, maxBodiesBytes }: BodyBounds): BoundBodies {
  const roomBytes = Math.max(maxBodiesBytes, maxBodyBytes);
  const held = new Map<FastifyRequest, number>();
  const heldByClient = new Map<string, number>();
  const reserveBytes = Math.floor(roomBytes / RESERVE_PART);
  let heldBytes = 0;
  const hold = (request: FastifyRequest, bytes: number) => {
    const more = bytes - (held.get(request) ?? 0);
    const clientId = clientIdOf(request);
    const ofClient = (heldByClient.get(clientId) ?? 0) + more;
    heldBytes += more;
    if (ofClient === 0) heldByClient.delete(clientId);
    else heldByClient.set(clientId, ofClient);
    if (bytes === 0) held.delete(request);
    else held.set(request, bytes);
  };
  const take = async (request: FastifyRequest, reply: FastifyReply) => {
    const bytes = announcedBytes(request, request.routeOptions.bodyLimit ?? maxBodyBytes);
    if (bytes === 0) return;
    const ofClient = (heldByClient.get(clientIdOf(request)) ?? 0) + bytes;
    const hasReserve = ofClient <= reserveBytes && heldBytes + bytes <= roomBytes + reserveBytes;
    if (heldBytes + bytes > roomBytes && !hasReserve) {
      const message = `Requests in progress may have ${roomBytes} bytes together; they have ${heldBytes}, and this one has ${bytes}`;
      throw new ServiceError('unavailable', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    hold(request, bytes);
    whenOver(reply, () => hold(request, 0));
  };
  return (app) => {
    app.addHook('preParsing', take);
    // A body that came in chunks had the maximum reserved, since its length was unknown.
    app.addHook('preValidation', async (request) => {
      if (held.has(request) && request.chunkedBytes > 0) hold(request, request.chunkedBytes);
    });
  };
}

/** A body that is too large counts as none: it is rejected and never in memory. */
function announcedBytes({ headers }: FastifyRequest, maxBodyBytes: number): number {
  if (headers['transfer-encoding'] !== undefined) return maxBodyBytes;
  const bytes = Number(headers['content-length'] ?? 0);
  return bytes <= maxBodyBytes ? bytes : 0;
}

function whenOver(reply: FastifyReply, release: () => void): void {
  reply.raw.once('finish', release);
  reply.raw.once('close', release);
}
