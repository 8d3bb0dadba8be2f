// A gateway for tests in front of their engine, and plain requests to either of them.

import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createTestLog } from '../../log-fixture.ts';
import { GIB } from '../../units.ts';
import type { DockerEngine } from '../engine.ts';
import { readSeccompProfile } from '../supervisor-output.ts';
import { type GatewayOptions, startGateway } from './gateway.ts';

export interface GatewayForTests {
  readonly address: string;
  readonly path: string;
  /** Messages of what was logged, those of refusals with their reason. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

/** How often it is tried whether the other end still receives. */
const TRY_MS = 20;
const REPOSITORY = 'code-execution-service';

export async function gatewayForTests(
  engine: DockerEngine,
  options: Partial<GatewayOptions> = {},
): Promise<GatewayForTests> {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-'));
  const path = join(directory, 'docker.sock');
  const log: string[] = [];
  const gateway = await startGateway({
    engine,
    listen: `unix://${path}`,
    name: directory.slice(directory.lastIndexOf('/') + 1),
    repository: REPOSITORY,
    seccompProfile: await readSeccompProfile(),
    mayPull: false,
    maxContainers: 64,
    maxMemoryBytes: GIB,
    log: createTestLog(({ level, message, details }) => {
      log.push(`${level} ${message} ${JSON.stringify(details)}`);
    }),
    ...options,
  });
  return {
    address: gateway.address,
    path,
    log,
    async close() {
      await gateway.close();
      rmSync(directory, { recursive: true });
    },
  };
}

export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface PlainAnswer {
  readonly status: number;
  readonly text: string;
}

/** One request to a socket, exactly as it is written: no path is made plain. */
export function ask(
  socketPath: string,
  { method, path, json, headers, body }: PlainRequest,
): Promise<PlainAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<PlainAnswer>();
  const sent = json === undefined ? body : JSON.stringify(json);
  const type = json === undefined ? {} : { 'content-type': 'application/json' };
  const length = sent === undefined ? {} : { 'content-length': String(Buffer.byteLength(sent)) };
  const outgoing = request({
    socketPath,
    method,
    path,
    agent: false,
    headers: { ...type, ...length, ...headers },
  });
  outgoing.on('error', reject);
  outgoing.on('response', async (answer) => {
    resolve({ status: answer.statusCode ?? 0, text: await text(answer) });
  });
  outgoing.on('upgrade', (answer, socket) => {
    socket.destroy();
    resolve({ status: answer.statusCode ?? 0, text: '' });
  });
  outgoing.end(sent);
  return promise;
}

export interface RawClient {
  readonly socket: Socket;
  /** What came back until the other end closed its half. */
  readonly ended: Promise<string>;
  /** Resolves when the other end has closed all of it, also what it receives by. This end closes nothing by itself. */
  readonly closed: Promise<void>;
}

/** A connection that sends these bytes and never ends, whatever it receives. */
export function raw(socketPath: string, sent: string): RawClient {
  const socket = connect({ path: socketPath, allowHalfOpen: true });
  const ended = Promise.withResolvers<string>();
  const closed = Promise.withResolvers<void>();
  let received = '';
  socket.on('connect', () => void (sent !== '' && socket.write(sent)));
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
  });
  socket.on('end', () => {
    ended.resolve(received);
    const trying = setInterval(() => socket.write(' '), TRY_MS);
    socket.once('close', () => clearInterval(trying));
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    ended.resolve(received);
    closed.resolve();
  });
  return { socket, ended: ended.promise, closed: closed.promise };
}
