// A gateway to a Docker engine: its clients can make boxes for untrusted programs and use them, and can do nothing else
// with the engine. Only the gateway has the engine's address; the service has the gateway's.

import { rmSync, statSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Log } from '../../log.ts';
import { KIB } from '../../units.ts';
import { type DockerEngine, EngineError } from '../engine.ts';
import { createAllowedImages } from './allowed-images.ts';
import { attach } from './attach.ts';
import { type Bounds, createBounds } from './bounds.ts';
import { createBoxRegister } from './box-register.ts';
import { createBodyReader, parseTarget } from './parse-request.ts';
import { Refusal, shown } from './refusal.ts';
import { createRefusalLog, type RefusalLog } from './refusal-log.ts';
import { createRoutes, findRoute, type RouteParts } from './routes.ts';

export interface GatewayOptions {
  readonly engine: DockerEngine;
  /** As DOCKER_HOST of the service names it: `unix:///PATH` or `tcp://HOST:PORT`. */
  readonly listen: string;
  /** Distinguishes the gateways of one engine. */
  readonly name: string;
  /** What the names of all images begin with. */
  readonly repository: string;
  readonly seccompProfile: string;
  /** The one runtime that containers have; `undefined` is the engine's own. */
  readonly runtime?: string | undefined;
  readonly mayPull: boolean;
  readonly maxContainers: number;
  readonly maxMemoryBytes: number;
  readonly log: Log;
}

export interface Gateway {
  /** Where it listens, with the port that was found for port 0. */
  readonly address: string;
  /** Ends every connection; containers end with their streams. */
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 2048;
const MAX_HEADER_BYTES = 16 * KIB;
const HEADERS_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 5000;
/** How often connections are looked through for those whose time is over. */
const CHECK_INTERVAL_MS = 1000;
/** A client has this long to take in why its upgrade was refused. */
const LINGER_MS = 1000;
/** The service's user and group, which only the gateway shares. */
const SOCKET_MODE = 0o660;
const DIRECTORY_MODE = 0o750;

/** Throws an Error when it cannot listen there. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const parts = createParts(options);
  const bounds = createBounds();
  const logs = {
    log: options.log,
    refusals: createRefusalLog((details) => options.log.warn(details, 'refused')),
  };
  const streams = new Set<Duplex>();
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: IDLE_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
    },
    createAnswer(parts, bounds, logs),
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.on('upgrade', async (request, client, first) => {
    streams.add(client.once('close', () => streams.delete(client)));
    client.on('error', () => client.destroy());
    try {
      using _held = bounds.quick.hold();
      await attach(parts, request, client, first);
    } catch (error) {
      refuseUpgrade(client, clientError(error, request, logs));
    }
  });
  const address = await listen(server, options.listen);
  return {
    address,
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      for (const stream of streams) stream.destroy();
      await closed.promise;
    },
  };
}

interface Logs {
  readonly log: Log;
  readonly refusals: RefusalLog;
}

/** The client may never close its end, nor read: the connection goes all the same. */
function refuseUpgrade(client: Duplex, { status, message }: { status: number; message: string }): void {
  const body = JSON.stringify({ message });
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  const headers = `Content-Type: application/json\r\n${length}\r\nConnection: close`;
  client.resume(); // what is not read would reset the connection before the answer is
  client.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers}\r\n\r\n${body}`);
  setTimeout(() => client.destroy(), LINGER_MS).unref();
}

function createParts(options: GatewayOptions): RouteParts {
  const { engine, name, repository, seccompProfile, runtime, maxMemoryBytes, mayPull } = options;
  return {
    engine,
    rules: { settings: { seccompProfile, runtime }, maxMemoryBytes },
    images: createAllowedImages(engine, repository),
    boxes: createBoxRegister(engine, { name, maximum: options.maxContainers }),
    mayPull,
  };
}

function createAnswer(
  parts: RouteParts,
  bounds: Bounds,
  logs: Logs,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const routes = createRoutes(parts);
  const bodies = createBodyReader();
  return async (request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      const target = parseTarget(request.url ?? '');
      const { route, name } = findRoute(routes, request.method, target);
      const body = await bodies.read(request, route.maxBodyBytes ?? 0);
      using _held = bounds[route.kind ?? 'quick'].hold(); // a body that is slow to come counts for nobody
      const onMessage = (message: object) => {
        if (!response.headersSent) response.writeHead(route.status, { 'content-type': 'application/json' });
        response.write(`${JSON.stringify(message)}\n`);
      };
      const value = await route.answer({
        name,
        query: target.query,
        body,
        signal: gone.signal,
        onMessage,
        onClock: (seconds) => response.setHeader('date', new Date(seconds * 1000).toUTCString()),
      });
      if (response.headersSent) response.end();
      else send(response, route.status, value);
    } catch (error) {
      const { status, message } = clientError(error, request, logs);
      if (response.headersSent) response.end();
      else send(response, status, { message }, { connection: 'close' }); // the rest of the body is not read
    }
  };
}

function send(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = status === 204 || value === null ? '' : JSON.stringify(value);
  const about = body === '' ? {} : { 'content-type': 'application/json' };
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...about, ...length }).end(body);
}

/** What the client sees of an error. Refusals are logged, as the driver causes none. */
function clientError(
  error: unknown,
  { method, url = '' }: IncomingMessage,
  { log, refusals }: Logs,
): { status: number; message: string } {
  if (error instanceof Refusal) {
    refusals.note({ method, url: shown(url), reason: error.message });
    return { status: error.status, message: `refused by the gateway: ${error.message}` };
  }
  if (error instanceof EngineError) return { status: error.status ?? 502, message: error.message };
  log.error({ err: error, method, url: shown(url) }, 'a request failed');
  return { status: 500, message: 'the gateway failed' };
}

async function listen(server: Server, address: string): Promise<string> {
  const path = /^unix:\/\/(.+)$/.exec(address)?.[1];
  const { hostname, port } = path ? { hostname: '', port: '' } : new URL(address);
  if (path !== undefined) {
    await mkdir(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
    removeSocket(path);
  }
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  if (path !== undefined) server.listen(path, listening.resolve);
  else server.listen(Number(port), hostname.replace(/^\[|\]$/g, ''), listening.resolve);
  await listening.promise;
  if (path === undefined) return `tcp://${hostname}:${(server.address() as AddressInfo).port}`;
  await chmod(path, SOCKET_MODE);
  return address;
}

/** Of an earlier gateway that was killed. Anything but a socket is left, and listening then fails. */
function removeSocket(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path);
}
