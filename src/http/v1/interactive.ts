// WS /api/v1/interactive: a program that its client talks to. The first message is the request; then input goes in and
// output comes back until the program ends.

import type { WebSocket } from '@fastify/websocket';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { clientIdOf } from '../../access/client.ts';
import type { InteractiveRequest } from '../../api/interactive.ts';
import { ServiceError } from '../../errors.ts';
import type { OutputEncoding } from '../../execution/output.ts';
import { INTERACTIVE_LIMITS } from '../../limits.ts';
import type { ServiceMetrics } from '../../metrics/service-metrics.ts';
import type { Config } from '../../settings/config.ts';
import type { InteractContext, Interactions, InteractiveEnd } from '../../submissions/interact.ts';
import { KIB } from '../../units.ts';
import { errorAnswerOf, errorAnswers, refusalOf } from '../error-answer.ts';
import type { LoadShares } from '../load-shares.ts';
import type { RateLimits } from '../rate-limits.ts';
import { PROTOCOL, refuseForeignOrigins, refuseOtherProtocols } from '../web-sockets.ts';
import { createMessageReader, type MessageReader } from './interactive-messages.ts';
import { CLOSE, closeCodeOf, createInteractiveSocket, type InteractiveSocket } from './interactive-socket.ts';

const Query = Type.Object(
  {
    encoding: Type.Optional(
      Type.Unsafe<OutputEncoding>({
        type: 'string',
        enum: ['utf8', 'base64'],
        description: 'How messages write what the program wrote; `utf8` when it is not given.',
      }),
    ),
  },
  { additionalProperties: false },
);

const schema = {
  operationId: 'interactive',
  summary: 'Talk to a running program over a WebSocket',
  description:
    'The first message is an `InteractiveRequest`. Then the client sends `stdin`, `eof`, `signal` and `resize`, and ' +
    'receives `status`, `compile`, `stdout`, `stderr` and, at the end, `exit` or `error`. Messages are JSON texts with a ' +
    '`type`. Closing the connection ends the program. See docs/interactive.md.',
  tags: ['execution'],
  querystring: Query,
  response: {
    101: {
      description: `The connection is a WebSocket, with the protocol \`${PROTOCOL}\` if it was offered.`,
    },
    ...errorAnswers([400, 500]),
  },
};

/** A client that connects and sends no request is disconnected. */
const REQUEST_TIMEOUT_MS = 30_000;
const RETRY_AFTER_SECONDS = 10;

export interface InteractiveRouteParts {
  readonly config: Parameters<typeof createMessageReader>[0] &
    Pick<Config, 'corsOrigins' | 'answerTimeoutSeconds'>;
  /** `null` if the service offers no interactive programs. */
  readonly interactions: Pick<Interactions, 'interact'> | null;
  readonly limits: RateLimits;
  readonly shares: LoadShares;
  readonly metrics: Pick<ServiceMetrics, 'rejected'> | null;
  readonly isStopping: () => boolean;
}

/** What one connection uses. */
interface Exchange {
  readonly parts: InteractiveRouteParts & { readonly interactions: Pick<Interactions, 'interact'> };
  readonly request: FastifyRequest<{ Querystring: Static<typeof Query> }>;
  readonly reply: FastifyReply;
  readonly socket: WebSocket;
  readonly reader: MessageReader;
}

export function addInteractiveRoute(app: FastifyInstance, parts: InteractiveRouteParts): void {
  const reader = createMessageReader(parts.config);
  const replies = new WeakMap<FastifyRequest, FastifyReply>();
  app.route<{ Querystring: Static<typeof Query> }>({
    method: 'GET',
    url: '/interactive',
    schema,
    exposeHeadRoute: false,
    onRequest: async (request) => {
      if (request.ws) refuseForeignOrigins(request, parts.config.corsOrigins);
    },
    preHandler: async (request, reply) => {
      replies.set(request, reply);
      refuseUpgrade(parts, request);
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
      const { interactions } = parts;
      if (interactions) void talk({ parts: { ...parts, interactions }, request, reply, socket, reader });
    },
  });
}

function refuseUpgrade({ interactions, isStopping }: InteractiveRouteParts, request: FastifyRequest): void {
  if (!request.ws) return;
  refuseOtherProtocols(request);
  const options = { retryAfterSeconds: RETRY_AFTER_SECONDS };
  if (isStopping()) throw new ServiceError('shutting_down', 'The service is shutting down', options);
  if (interactions === null)
    throw new ServiceError('not_found', 'This service offers no interactive programs');
}

/** Handles one connection to its end. Never rejects. */
async function talk(exchange: Exchange): Promise<void> {
  const { request, reply, socket, reader, parts } = exchange;
  const first = Promise.withResolvers<InteractiveRequest>();
  first.promise.catch(() => {});
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  let live: InteractiveSocket | null = null;
  const timer = setTimeout(() => first.reject(timedOut()), REQUEST_TIMEOUT_MS);
  socket.once('close', () => first.reject(new Error('the client disconnected')));
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    parts.shares.charge(clientIdOf(request), data.length);
    request.chunkedBytes += data.length; // for the log
    try {
      if (live) return live.receive(reader.message(data, isBinary));
      clearTimeout(timer);
      const started = reader.request(data, isBinary);
      live = createInteractiveSocket(socket, {
        encoding: request.query.encoding ?? 'utf8',
        pty: started.pty ?? null,
        onSent: (bytes) => {
          parts.shares.charge(clientIdOf(request), bytes);
          reply.streamedBytes += bytes;
        },
      });
      return first.resolve(started);
    } catch (error) {
      first.reject(error);
      return failed.reject(error);
    }
  });
  try {
    const started = await first.promise;
    await Promise.race([run(exchange, live as unknown as InteractiveSocket, started), failed.promise]);
  } catch (error) {
    report(exchange, error);
  } finally {
    clearTimeout(timer);
  }
}

function timedOut(): ServiceError {
  return new ServiceError('invalid_request', `No request came within ${REQUEST_TIMEOUT_MS / 1000} s`);
}

async function run(
  { parts, request, reply, socket }: Exchange,
  live: InteractiveSocket,
  { type: _, pty, output_limit_kb: limitKb, ...submission }: InteractiveRequest,
): Promise<void> {
  const { limits, interactions, config } = parts;
  await limits.takeExecutions(request, reply, [submission.user_id ?? null]);
  const end = await interactions
    .interact(submission, contextOf(request, live, { pty, limitKb }))
    .catch(async (error: unknown) => {
      await limits.giveBackExecutions(request);
      throw error;
    });
  // The program has ended; what it wrote must be read in the time that an answer may take.
  const timer = setTimeout(() => socket.terminate(), config.answerTimeoutSeconds * 1000);
  await live.flushed();
  await live.send(exitOf(end));
  clearTimeout(timer);
  live.close(CLOSE.ended);
}

function contextOf(
  request: Exchange['request'],
  live: InteractiveSocket,
  { pty, limitKb }: { pty: InteractiveRequest['pty']; limitKb: number | undefined },
): InteractContext {
  return {
    signal: live.signal,
    encoding: request.query.encoding ?? 'utf8',
    requestId: request.id,
    clientId: clientIdOf(request),
    keyName: request.apiKey?.name ?? null,
    api: 'v1',
    trace: request.trace,
    terminal: pty ?? null,
    outputBytes: Math.floor((limitKb ?? INTERACTIVE_LIMITS.output_limit_kb.default) * KIB),
    onAccepted: (executionId) =>
      void live.send({ type: 'status', status: 'queued', execution_id: executionId }),
    onStatus: (status) => void live.send({ type: 'status', status }),
    onCompile: (compile) => void live.send({ type: 'compile', ...compile }),
    onProgram: live.attach,
  };
}

function exitOf({ result, wasIdle }: InteractiveEnd) {
  const [test] = result.results;
  return {
    type: 'exit',
    execution_id: result.execution_id,
    status: result.status,
    exit_code: test?.exit_code ?? null,
    signal: test?.signal ?? null,
    ...(test?.limit !== undefined && { limit: wasIdle ? 'idle' : test.limit }),
    cpu_time_ms: result.cpu_time_ms,
    wall_time_ms: result.wall_time_ms,
    memory_kb: result.memory_kb,
    stdout_truncated: test?.stdout_truncated ?? false,
    stderr_truncated: test?.stderr_truncated ?? false,
    message: test?.message ?? null,
    warnings: result.warnings,
  };
}

/** Sends the error, then closes, which ends the program. */
function report({ request, socket }: Exchange, error: unknown): void {
  if (socket.readyState !== socket.OPEN) return;
  const refusal = refusalOf(error);
  logFault(request.log, refusal);
  socket.resume();
  socket.send(JSON.stringify({ ...errorAnswerOf(refusal, request.id), type: 'error' }));
  socket.close(closeCodeOf(refusal.code), refusal.code);
}

function logFault(log: FastifyBaseLogger, { code, cause, message }: ServiceError): void {
  if (code !== 'internal_error' && cause === undefined) return;
  log.error({ code, err: cause ?? message }, 'request failed');
}
