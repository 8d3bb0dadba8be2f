// One log line for each request, with the execution that it caused, also for those that were cut off or were no HTTP at
// all. It reports how a request went, and never what its body, headers or query contain.

import type { Socket } from 'node:net';
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../errors.ts';
import { createIdentifier } from '../identifier.ts';
import type { ExecutionEntry } from '../submissions/log-entry.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Bytes of a body that came without `Content-Length`. */
    chunkedBytes: number;
    /** What the line will have of the execution that the request caused; `true` when the line is written. */
    executionEntry: ExecutionEntry | true | null;
  }
  interface FastifyReply {
    /** The code of an error answer; any API sets it for the log and the trace. */
    errorCode: ErrorCode | null;
    /** Bytes of an answer that is sent in pieces, without `Content-Length`. */
    streamedBytes: number;
    /** The connection became a WebSocket: the request ends with it. */
    isUpgraded: boolean;
  }
}

export const SWITCHING_PROTOCOLS = 101;
/** A path of no route is shortened to this. */
const MAX_PATH_LENGTH = 100;

/** The id of the request that each connection is busy with. */
const openRequests = new WeakMap<Socket, string>();

/** Writes the line when the answer is written, or the connection gone. */
export function logWhenAnswered(request: FastifyRequest, reply: FastifyReply): void {
  const { socket } = request.raw;
  openRequests.set(socket, request.id);
  let isLogged = false;
  const log = (isClosed: boolean) => {
    const isAborted = isClosed && !reply.isUpgraded;
    if (isLogged) return;
    isLogged = true;
    openRequests.delete(socket);
    const entry = requestEntry(request, reply, isAborted);
    request.executionEntry = true;
    const isProbe = request.routeOptions.config?.open && reply.statusCode < 400;
    request.log[isProbe ? 'debug' : 'info'](entry, 'request');
  };
  reply.raw.once('finish', () => log(false));
  reply.raw.once('close', () => log(true));
}

/** Puts an execution into the line of its request. One that ends after the line, or is a further one, gets its own. */
export function logWithRequest(request: FastifyRequest, execution: ExecutionEntry): void {
  if (request.executionEntry === null) request.executionEntry = execution;
  else request.log.info({ key: request.apiKey?.name ?? null, execution }, 'execution');
}

/**
 * For what the HTTP parser rejected; `reason` is its own code. Returns the id of the request that this ended, which has
 * its own line, or a new one.
 */
export function logBrokenRequest(log: FastifyBaseLogger, socket: Socket, reason: string): string {
  const broken = openRequests.get(socket);
  if (broken !== undefined) return broken;
  const requestId = createIdentifier();
  const code: ErrorCode = 'invalid_request';
  log.info({ request_id: requestId, method: null, route: null, status: 400, code, reason }, 'request');
  return requestId;
}

function requestEntry(request: FastifyRequest, reply: FastifyReply, isAborted: boolean) {
  const { headers, routeOptions, executionEntry: execution } = request;
  return {
    method: request.method,
    route: routeOptions.url ?? null,
    ...(routeOptions.url === undefined && { path: pathOf(request) }),
    status: statusOf(reply, isAborted),
    ...(reply.errorCode && { code: reply.errorCode }),
    ...(isAborted && { aborted: true }),
    key: request.apiKey?.name ?? null,
    duration_ms: Math.round(reply.elapsedTime * 10) / 10,
    request_bytes: Number(headers['content-length'] ?? request.chunkedBytes),
    response_bytes: isAborted ? 0 : Number(reply.getHeader('content-length') ?? reply.streamedBytes),
    ...(execution !== null && { execution }),
  };
}

function statusOf({ isUpgraded, raw, statusCode }: FastifyReply, isAborted: boolean): number | null {
  if (isUpgraded) return SWITCHING_PROTOCOLS;
  return isAborted && !raw.headersSent ? null : statusCode;
}

function pathOf({ url }: FastifyRequest): string {
  return (url.split('?', 1)[0] ?? '').slice(0, MAX_PATH_LENGTH);
}
