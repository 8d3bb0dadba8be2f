// Piston's WebSocket: `init` starts a program, its stages report in order, input and signals go in while it runs.

import { constants } from 'node:os';
import { PassThrough, type Readable } from 'node:stream';
import type { WebSocket } from '@fastify/websocket';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientIdOf } from '../../access/client.ts';
import type { CompileResult } from '../../api/result-fields.ts';
import { ServiceError } from '../../errors.ts';
import type { LiveProgram } from '../../execution/live-program.ts';
import { INTERACTIVE_LIMITS } from '../../limits.ts';
import type { InteractiveEnd } from '../../submissions/interact.ts';
import { KIB } from '../../units.ts';
import { refuseForeignOrigins } from '../web-sockets.ts';
import { type DialectParts, messageOf } from './dialect.ts';
import { type Fields, fieldsOf } from './json-body.ts';
import { type PistonSubmission, readPistonRequest } from './piston-request.ts';

const CLOSE = {
  alreadyInitialized: [4000, 'Already Initialized'],
  timeout: [4001, 'Initialization Timeout'],
  notified: [4002, 'Notified Error'],
  notInitialized: [4003, 'Not yet initialized'],
  otherStream: [4004, 'Can only write to stdin'],
  invalidSignal: [4005, 'Invalid signal'],
  completed: [4999, 'Job Completed'],
} as const;
const INIT_TIMEOUT_MS = 1000;
/** Input kept for a program that does not read yet; beyond it, the socket is not read. */
const MAX_WAITING_INPUT_BYTES = 256 * KIB;

/** The route, which is a WebSocket only. */
export function addConnectRoute(app: FastifyInstance, parts: DialectParts): void {
  const replies = new WeakMap<FastifyRequest, FastifyReply>();
  app.route({
    method: 'GET',
    url: '/connect',
    exposeHeadRoute: false,
    onRequest: async (request) => {
      if (request.ws) refuseForeignOrigins(request, parts.config.corsOrigins);
    },
    preHandler: async (request, reply) => {
      replies.set(request, reply);
      if (request.ws && parts.interactions === null) {
        throw new ServiceError('unavailable', 'This service offers no interactive programs');
      }
    },
    handler: async () => {
      throw new ServiceError(
        'invalid_request',
        'This route is a WebSocket: connect to it with ws:// or wss://',
      );
    },
    wsHandler: (socket, request) => {
      const reply = replies.get(request) as FastifyReply;
      reply.isUpgraded = true;
      serve({ parts, request, reply, socket });
    },
  });
}

interface Connection {
  readonly parts: DialectParts;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly socket: WebSocket;
}

/** Handles the messages of one connection. */
function serve(connection: Connection): void {
  const { socket } = connection;
  const close = ([code, reason]: (typeof CLOSE)[keyof typeof CLOSE]) => socket.close(code, reason);
  const timer = setTimeout(() => close(CLOSE.timeout), INIT_TIMEOUT_MS);
  let job: Job | null = null;
  socket.once('close', () => clearTimeout(timer));
  socket.on('message', (data: Buffer) => {
    const message = parse(data);
    if (message.type === 'init') {
      clearTimeout(timer);
      if (job !== null) return close(CLOSE.alreadyInitialized);
      job = createJob(socket);
      void run(connection, job, message).then(
        () => close(CLOSE.completed),
        async (error: unknown) => {
          await send(socket, { type: 'error', message: reasonOf(connection, error) });
          close(CLOSE.notified);
        },
      );
      return;
    }
    if (!['data', 'eof', 'signal'].includes(String(message.type))) return;
    if (job === null) return close(CLOSE.notInitialized);
    if (message.type === 'data' && message.stream !== 'stdin') return close(CLOSE.otherStream);
    if (message.type === 'data') job.write(String(message.data ?? ''));
    else if (message.type === 'eof') job.input.end();
    else if (!Object.hasOwn(constants.signals, String(message.signal))) close(CLOSE.invalidSignal);
    else job.program?.signal(message.signal as Parameters<LiveProgram['signal']>[0]);
  });
}

/** What is no JSON object has no type. */
function parse(data: Buffer): Fields {
  try {
    return fieldsOf(JSON.parse(data.toString('utf8')));
  } catch {
    return {};
  }
}

function reasonOf({ request }: Connection, error: unknown): string {
  if (error instanceof ServiceError) return messageOf(error);
  request.log.error({ err: error }, 'a program on a WebSocket failed');
  return 'An internal error occurred';
}

interface Job {
  readonly signal: AbortSignal;
  readonly input: PassThrough;
  program: LiveProgram | null;
  outputs: Promise<unknown>;
  write(text: string): void;
}

function createJob(socket: WebSocket): Job {
  const gone = new AbortController();
  const input = new PassThrough({ highWaterMark: MAX_WAITING_INPUT_BYTES });
  input.on('drain', () => socket.resume());
  socket.once('close', () => {
    input.destroy();
    gone.abort(new Error('the client disconnected'));
  });
  return {
    signal: gone.signal,
    input,
    program: null,
    outputs: Promise.resolve(),
    write: (text) => {
      if (!input.writableEnded && !input.write(text)) socket.pause();
    },
  };
}

async function run(connection: Connection, job: Job, message: Fields): Promise<void> {
  const { parts, request, reply, socket } = connection;
  const piston = readPistonRequest(message, parts);
  await parts.limits.takeExecutions(request, reply, [null]);
  void send(socket, { type: 'runtime', language: piston.runtime.canonicalName, version: piston.version });
  const interactions = parts.interactions as NonNullable<DialectParts['interactions']>;
  const end = await interactions
    .interact(piston.submission, contextOf(connection, job, piston))
    .catch(async (error: unknown) => {
      await parts.limits.giveBackExecutions(request);
      throw error;
    });
  await job.outputs;
  await reportEnd(socket, end, piston);
}

function contextOf({ parts, request, socket }: Connection, job: Job, piston: PistonSubmission) {
  return {
    signal: job.signal,
    encoding: 'utf8' as const,
    requestId: request.id,
    clientId: clientIdOf(request),
    keyName: request.apiKey?.name ?? null,
    api: 'piston' as const,
    codeValidation: parts.config.compatCodeValidation,
    trace: request.trace,
    terminal: null,
    outputBytes: INTERACTIVE_LIMITS.output_limit_kb.default * KIB,
    onAccepted: () => {},
    onStatus: () => {},
    onCompile: (compile: CompileResult) => {
      if (piston.runtime.language.compiled) reportCompile(socket, compile);
    },
    onProgram: (program: LiveProgram) => {
      job.program = program;
      void send(socket, { type: 'stage', stage: 'run' });
      job.input.pipe(program.stdin);
      const late = setTimeout(() => program.signal('SIGKILL'), piston.wallTimeLimitSeconds * 1000);
      job.outputs = Promise.all([
        passOn(socket, program.stdout, 'stdout'),
        passOn(socket, program.stderr, 'stderr'),
      ]).finally(() => clearTimeout(late));
      job.outputs.catch(() => {}); // awaited when the program has ended
    },
  };
}

/** A character that is cut in two waits for its end. */
async function passOn(socket: WebSocket, stream: Readable, name: 'stdout' | 'stderr'): Promise<void> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const bytes of stream) {
    const data = decoder.decode(bytes as Buffer, { stream: true });
    if (data !== '') await send(socket, { type: 'data', stream: name, data });
  }
  const rest = decoder.decode();
  if (rest !== '') await send(socket, { type: 'data', stream: name, data: rest });
}

function reportCompile(
  socket: WebSocket,
  { stdout, stderr, status, exit_code, signal }: CompileResult,
): void {
  void send(socket, { type: 'stage', stage: 'compile' });
  for (const [stream, data] of Object.entries({ stdout, stderr })) {
    if (data !== '') void send(socket, { type: 'data', stream, data });
  }
  const code = status === 'completed' ? 0 : (exit_code ?? null) || (signal === null ? 1 : null);
  void send(socket, { type: 'exit', stage: 'compile', code, signal });
}

async function reportEnd(
  socket: WebSocket,
  { result }: InteractiveEnd,
  { runtime }: PistonSubmission,
): Promise<void> {
  const [test] = result.results;
  if (test !== undefined) {
    const signal = test.signal ?? (test.exit_code === null ? 'SIGKILL' : null);
    await send(socket, { type: 'exit', stage: 'run', code: signal === null ? test.exit_code : null, signal });
  } else if (!runtime.language.compiled) {
    const data = result.compile?.output ?? '';
    await send(socket, { type: 'stage', stage: 'run' });
    await send(socket, { type: 'data', stream: 'stderr', data });
    await send(socket, { type: 'exit', stage: 'run', code: 1, signal: null });
  }
}

/** Resolves when the system has taken the message, or the connection is gone. */
function send(socket: WebSocket, message: object): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message), () => resolve());
  else resolve();
  return promise;
}
