// Bounds how many bytes of bodies are held at the same time, while they arrive and while their programs wait and run.
// One body is bounded by its size, and how many may wait by the queue; their product would be more than a machine has.
// A client that fills the room leaves a quarter more of it to clients that hold less.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientIdOf } from '../access/client.ts';
import { ServiceError } from '../errors.ts';

const RETRY_AFTER_SECONDS = 1;
/** A quarter of the room is kept beside it for clients that hold little. */
const RESERVE_PART = 4;

export interface BodyBounds {
  /** Of one body. */
  readonly maxBodyBytes: number;
  /** Of all that are under way. */
  readonly maxBodiesBytes: number;
}

/** Refuses a request before its body is read when there is no room for it. */
export function boundBodies(app: FastifyInstance, { maxBodyBytes, maxBodiesBytes }: BodyBounds): void {
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
  app.addHook('preParsing', async (request, reply) => {
    const bytes = announcedBytes(request, maxBodyBytes);
    if (bytes === 0) return;
    const ofClient = (heldByClient.get(clientIdOf(request)) ?? 0) + bytes;
    const hasReserve = ofClient <= reserveBytes && heldBytes + bytes <= roomBytes + reserveBytes;
    if (heldBytes + bytes > roomBytes && !hasReserve) {
      const message = `Requests in progress may have ${roomBytes} bytes together; they have ${heldBytes}, and this one has ${bytes}`;
      throw new ServiceError('unavailable', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    hold(request, bytes);
    whenOver(reply, () => hold(request, 0));
  });
  // What came in chunks had the most reserved, as nobody knew its length.
  app.addHook('preValidation', async (request) => {
    if (held.has(request) && request.chunkedBytes > 0) hold(request, request.chunkedBytes);
  });
}

/** A body that is too large is none: it is refused and not held. */
function announcedBytes({ headers }: FastifyRequest, maxBodyBytes: number): number {
  if (headers['transfer-encoding'] !== undefined) return maxBodyBytes;
  const bytes = Number(headers['content-length'] ?? 0);
  return bytes <= maxBodyBytes ? bytes : 0;
}

function whenOver(reply: FastifyReply, release: () => void): void {
  reply.raw.once('finish', release);
  reply.raw.once('close', release);
}
