// Bounds on a connection: how large headers may be, and how long a client may take to send and to read. Also the answer to
// bytes that are not an HTTP request.

import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyBaseLogger, FastifyReply } from 'fastify';
import { ServiceError } from '../errors.ts';
import type { Config } from '../settings/config.ts';
import { KIB } from '../units.ts';
import { errorAnswerOf } from './error-answer.ts';
import { logBrokenRequest } from './request-log.ts';

const MAX_HEADER_BYTES = 16 * KIB;
const MAX_HEADERS_MS = 15_000;
/** How often slow clients are searched for. */
const CHECK_EVERY_MS = 1000;
/** 2 Mbit/s: a client that reads an answer more slowly is disconnected. */
const MIN_BYTES_PER_MS = 250;
/** Then the connection is closed, so that clients reconnect and load spreads over added services. */
const MAX_REQUESTS_PER_CONNECTION = 1000;

export type ConnectionBounds = Pick<
  Config,
  'requestTimeoutSeconds' | 'answerTimeoutSeconds' | 'keepAliveSeconds'
>;

/** Fastify's options. There is no bound on an idle connection that waits for its answer: programs take their time. */
export function connectionOptions(bounds: ConnectionBounds, log: FastifyBaseLogger) {
  const requestMs = bounds.requestTimeoutSeconds * 1000;
  return {
    http: {
      headersTimeout: Math.min(MAX_HEADERS_MS, requestMs),
      maxHeaderSize: MAX_HEADER_BYTES,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      // Any other offer, such as the `h2c` of some HTTP clients, is ignored, and the request is answered as usual.
      shouldUpgradeCallback: ({ headers }: IncomingMessage) => /^websocket$/i.test(headers.upgrade ?? ''),
    },
    /** The time for a whole request to arrive. */
    requestTimeout: requestMs,
    keepAliveTimeout: bounds.keepAliveSeconds * 1000,
    maxRequestsPerSocket: MAX_REQUESTS_PER_CONNECTION,
    return503OnClosing: false,
    clientErrorHandler: (error: Error & { code?: string }, socket: Socket) =>
      answerBrokenRequest(log, error, socket),
  };
}

const BROKEN_REQUESTS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: `The headers are larger than ${MAX_HEADER_BYTES} bytes`,
  ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time',
};

/** An answer that its client has not read yet. */
interface OpenAnswer {
  readonly raw: FastifyReply['raw'];
  readonly socket: Socket;
  readonly patienceMs: number;
  readonly begin: Progress;
  /** When the client last took something. */
  latest: Progress;
}

interface Progress {
  readonly atMs: number;
  readonly bytes: number;
}

const openAnswers = new Set<OpenAnswer>();
/** One for all answers: most are read at once, and a timer for each would cost more than its headers. */
let checking: NodeJS.Timeout | undefined;

/** Bounds how long an answer may wait for its client, and how slowly the client may read all of it. Call it before sending. */
export function boundStalledAnswer({ raw }: FastifyReply, { answerTimeoutSeconds }: ConnectionBounds): void {
  const { socket } = raw;
  if (socket === null) return;
  const begin = { atMs: performance.now(), bytes: takenBytes(socket) };
  const answer = { raw, socket, patienceMs: answerTimeoutSeconds * 1000, begin, latest: begin };
  openAnswers.add(answer);
  raw.once('close', () => openAnswers.delete(answer));
  checking ??= setInterval(checkAnswers, CHECK_EVERY_MS).unref();
}

function checkAnswers(): void {
  const atMs = performance.now();
  for (const answer of openAnswers) if (isStalled(answer, atMs)) answer.raw.destroy();
  if (openAnswers.size > 0) return;
  clearInterval(checking);
  checking = undefined;
}

function isStalled(answer: OpenAnswer, atMs: number): boolean {
  const { begin, patienceMs, socket } = answer;
  const bytes = takenBytes(socket);
  if (bytes > answer.latest.bytes) answer.latest = { atMs, bytes };
  const allowedMs = patienceMs + (bytes - begin.bytes) / MIN_BYTES_PER_MS;
  return atMs - answer.latest.atMs > patienceMs || atMs - begin.atMs > allowedMs;
}

/** Bytes that the system has accepted for the client so far. */
function takenBytes(socket: Socket): number {
  return socket.bytesWritten - socket.writableLength;
}

function answerBrokenRequest(log: FastifyBaseLogger, error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const detail = BROKEN_REQUESTS[error.code ?? ''] ?? 'The request is not valid HTTP';
  // The error itself is not logged: it has the bytes that were received.
  const requestId = logBrokenRequest(log, socket, error.code ?? error.name);
  const answer = errorAnswerOf(new ServiceError('invalid_request', detail), requestId);
  const body = JSON.stringify(answer);
  const lines = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${answer.request_id}`,
    'Connection: close',
    '',
    body,
  ];
  socket.end(lines.join('\r\n'));
}
