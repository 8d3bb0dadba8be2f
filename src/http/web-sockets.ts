// WebSockets for any API: who may open one, how a browser sends its key, and which connections become one. It knows no
// messages.

import websocket from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServiceError } from '../errors.ts';
import { MIB } from '../units.ts';

/** What a client offers as `Sec-WebSocket-Protocol`, and the service chooses. */
export const PROTOCOL = 'code-execution.v1';
/** Before a key in Base64url, without padding: pages cannot send headers. It is never chosen, so never sent back. */
export const KEY_PROTOCOL = 'code-execution.key.';

/** Of one message. */
const MAX_MESSAGE_BYTES = 4 * MIB;
const GOING_AWAY = 1001;
/** For the other side to agree to the end of a connection. */
const CLOSE_MS = 1000;
const INTERNAL_ERROR = 1011;

/** Lets routes of `app` have a `wsHandler`. Hooks run before a connection is upgraded, so they can reject it. */
export async function acceptWebSockets(app: FastifyInstance): Promise<void> {
  await app.register(websocket, {
    options: {
      maxPayload: MAX_MESSAGE_BYTES,
      handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
    },
    // An error of the protocol closes the connection by itself, with its code.
    errorHandler: (error, socket, request) => {
      request.log.debug({ err: error }, 'a WebSocket failed');
      socket.close(INTERNAL_ERROR);
    },
    preClose(done) {
      for (const client of this.websocketServer.clients) {
        client.resume(); // or it would not see the answer
        client.close(GOING_AWAY, 'the service is stopping');
        setTimeout(() => client.terminate(), CLOSE_MS).unref();
      }
      done();
    },
  });
}

/** The key that a WebSocket offers among its protocols; `undefined` if there is none. */
export function keyInProtocols({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const offered = protocolsOf(headers).find((protocol) => protocol.startsWith(KEY_PROTOCOL));
  return offered && Buffer.from(offered.slice(KEY_PROTOCOL.length), 'base64url').toString('utf8');
}

/**
 * Rejects a page of another origin, since any page may open a WebSocket to any address: its origin must have the host that
 * the request is for, or be among `allowed`. Clients that are no browsers send no origin.
 */
export function refuseForeignOrigins({ headers, host }: FastifyRequest, allowed: readonly string[]): void {
  const { origin } = headers;
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return;
  if (URL.canParse(origin) && new URL(origin).host === host.toLowerCase()) return;
  throw new ServiceError('forbidden', 'Pages of this origin may not open a WebSocket to this service');
}

/** A browser gives up a connection for which it offered protocols and none was chosen. */
export function refuseOtherProtocols({ headers }: FastifyRequest): void {
  const offered = protocolsOf(headers);
  if (offered.length === 0 || offered.includes(PROTOCOL)) return;
  throw new ServiceError('invalid_request', `Sec-WebSocket-Protocol must offer ${PROTOCOL}`);
}

function protocolsOf(headers: FastifyRequest['headers']): string[] {
  const offered = headers.upgrade === undefined ? '' : (headers['sec-websocket-protocol'] ?? '');
  return offered
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== '');
}
