// A client of the Docker Engine API: plain requests, progress that comes line by line, and the stream of an attached
// container. It knows nothing of what containers are for.

import type { Duplex, Readable } from 'node:stream';
import { Client, type Dispatcher, Pool } from 'undici';
import { MIB } from '../units.ts';
import { readLines } from './lines.ts';

/** The engine refused a request or could not be reached. */
export class EngineError extends Error {
  /** HTTP status of the refusal; `null` when no answer came. */
  readonly status: number | null;
  constructor(message: string, status: number | null, cause?: unknown) {
    super(message, { cause });
    this.name = 'EngineError';
    this.status = status;
  }
}

interface EngineRequest {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Milliseconds within which the answer must arrive. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Answered only when something happens, as waits are: it does not take a connection from quick requests. */
  readonly isLong?: boolean;
  /** Receives the engine's clock as it answers, in seconds since 1970. */
  readonly onClock?: (seconds: number) => void;
}

interface EngineUpload extends EngineRequest {
  /** Sent unchanged, with `contentType`. */
  readonly body?: Readable | Buffer;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface DockerEngine {
  /** As it was given, e.g. `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** One request with a JSON answer; `null` when the answer has no body. Throws an `EngineError`. */
  request<T>(method: 'GET' | 'POST' | 'DELETE', path: string, options?: EngineRequest): Promise<T>;
  /** A request whose answer is one JSON object a line, as they come. Throws an `EngineError`. */
  progress(path: string, options: EngineUpload, onMessage: (message: ProgressMessage) => void): Promise<void>;
  /** Stdin and the multiplexed output of a container, from its start on. */
  attach(containerId: string, timeoutMs: number): Promise<Duplex>;
  close(): Promise<void>;
}

/** A progress message of a build, pull or import. */
export interface ProgressMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly progress?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly aux?: { readonly ID?: string };
}

export const DEFAULT_ENGINE_ADDRESS = 'unix:///var/run/docker.sock';
const CONNECT_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 60_000;
const MAX_CONNECTIONS = 64;
/** Of requests that are answered when something happens, and of those whose answer is progress. */
const MAX_LONG_CONNECTIONS = 256;
const MAX_ANSWER_BYTES = 16 * MIB;

/** Connects at the first request. Throws a TypeError when the address is neither unix:// nor tcp:// nor http://. */
export function createDockerEngine(address: string): DockerEngine {
  const { origin, socketPath } = parseAddress(address);
  const connection = { connectTimeout: CONNECT_TIMEOUT_MS, ...(socketPath && { socketPath }) };
  const pool = new Pool(origin, { ...connection, connections: MAX_CONNECTIONS, pipelining: 1 });
  const longPool = new Pool(origin, { ...connection, connections: MAX_LONG_CONNECTIONS, pipelining: 1 });
  return {
    address,
    request: async <T>(method: Dispatcher.HttpMethod, path: string, options: EngineRequest = {}) => {
      const used = options.isLong ? longPool : pool;
      const answer = await send(used, method, path, { ...options, ...asJson(options.json) });
      const seconds = Date.parse(String(answer.headers.date)) / 1000;
      if (Number.isFinite(seconds)) options.onClock?.(seconds);
      const text = await readText(answer);
      return (text === '' ? null : JSON.parse(text)) as T;
    },
    progress: async (path, options, onMessage) => {
      const answer = await send(longPool, 'POST', path, options);
      let failure: string | undefined;
      await readLines(answer.body, (line) => {
        const message = JSON.parse(line) as ProgressMessage;
        failure ??= message.error;
        onMessage(message);
      });
      if (failure !== undefined) throw new EngineError(failure, answer.statusCode);
    },
    attach: async (containerId, timeoutMs) => {
      const client = new Client(origin, { ...connection, headersTimeout: timeoutMs });
      const path = `/containers/${containerId}/attach?stream=1&stdin=1&stdout=1&stderr=1`;
      try {
        const { socket } = await client.upgrade({ path, method: 'POST', protocol: 'tcp' });
        socket.once('close', () => void client.destroy());
        return socket;
      } catch (error) {
        await client.destroy();
        throw asEngineError(error, `POST /containers/${containerId}/attach`);
      }
    },
    close: async () => {
      await Promise.all([pool.destroy(), longPool.destroy()]);
    },
  };
}

/** Returns the engine's version. Throws an `EngineError` if it does not answer in time. */
export async function askVersion(engine: DockerEngine, timeoutMs: number): Promise<string> {
  const options = { timeoutMs, signal: AbortSignal.timeout(timeoutMs) };
  return (await engine.request<{ Version: string }>('GET', '/version', options)).Version;
}

export function isNotFound(error: unknown): boolean {
  return error instanceof EngineError && error.status === 404;
}

function parseAddress(address: string): { origin: string; socketPath?: string } {
  const socket = /^unix:\/\/(\/.+)$/.exec(address)?.[1];
  if (socket !== undefined) return { origin: 'http://docker', socketPath: socket };
  const host = /^(?:tcp|http):\/\/([A-Za-z0-9.:[\]-]+)\/?$/.exec(address)?.[1];
  if (host !== undefined) return { origin: `http://${host}` };
  throw new TypeError(`a Docker address must be unix:///PATH or tcp://HOST:PORT, got ${address}`);
}

function asJson(value: unknown): Pick<EngineUpload, 'body' | 'contentType'> {
  if (value === undefined) return {};
  return { body: Buffer.from(JSON.stringify(value)), contentType: 'application/json' };
}

async function send(
  pool: Pool,
  method: Dispatcher.HttpMethod,
  path: string,
  { query = {}, body, contentType, headers, timeoutMs = REQUEST_TIMEOUT_MS, signal }: EngineUpload,
): Promise<Dispatcher.ResponseData> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  const what = `${method} ${path}`;
  let answer: Dispatcher.ResponseData;
  try {
    answer = await pool.request({
      method,
      path: search.size > 0 ? `${path}?${search}` : path,
      headers: { ...headers, ...(contentType !== undefined && { 'content-type': contentType }) },
      ...(body !== undefined && { body }),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      ...(signal && { signal }),
    });
  } catch (error) {
    throw asEngineError(error, what);
  }
  if (answer.statusCode < 400) return answer;
  const text = await readText(answer);
  throw new EngineError(`${what}: ${answer.statusCode} ${messageOf(text)}`, answer.statusCode);
}

async function readText(answer: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.body) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw asEngineError(error, 'the answer broke off');
  }
  return Buffer.concat(chunks).toString('utf8').trim();
}

function messageOf(text: string): string {
  try {
    return String(JSON.parse(text).message ?? text);
  } catch {
    return text.slice(0, 500);
  }
}

function asEngineError(error: unknown, what: string): EngineError {
  if (error instanceof EngineError) return error;
  const problem = error instanceof Error ? error.message : String(error);
  return new EngineError(`${what}: ${problem}`, null, error);
}
