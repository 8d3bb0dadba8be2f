// The Model Context Protocol over HTTP: each POST is a conversation of its own, without a session. The SDK is loaded with
// the first request, so that a service without agents does not pay for it.

import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientIdOf } from '../../access/client.ts';
import { ServiceError } from '../../errors.ts';
import { type CodeRunner, progressOf } from '../../mcp/code-runner.ts';
import {
  type Dialect,
  type DialectParts,
  messageOf,
  rejectionText,
  statusOf,
  submitAs,
  submits,
} from './dialect.ts';
import { acceptJson } from './json-body.ts';
import { type CallsInProgress, createCallsInProgress } from './mcp-calls.ts';
import { checkOrigin } from './mcp-origin.ts';

const PARSE_ERROR = -32_700;
const SERVER_ERROR = -32_000;
const STREAM = 'text/event-stream';
const JSON_TYPE = 'application/json';

export const mcp: Dialect = {
  api: 'mcp',
  prefixes: [''],
  shapeError: (refusal, { routeOptions, body }) => {
    const isUnparsed =
      refusal.code === 'invalid_request' && body === undefined && routeOptions.method === 'POST';
    const error = { code: isUnparsed ? PARSE_ERROR : SERVER_ERROR, message: messageOf(refusal) };
    return { status: statusOf(refusal), body: { jsonrpc: '2.0', error, id: null } };
  },
  addRoutes: (app, parts) => {
    checkOrigin(app, parts.config);
    acceptJson(app);
    addPostRoute(app, parts);
  },
};

function addPostRoute(app: FastifyInstance, parts: DialectParts): void {
  const calls = createCallsInProgress();
  const load = loadOnce();
  app.post('/mcp', submits(parts), async (request, reply) => {
    const { createMcpServer, Transport } = await load();
    const runner = runnerFor(parts, { request, reply });
    const server = await createMcpServer(runner, parts.version);
    const transport = new Transport(transportOptions(request));
    await server.connect(transport);
    reply.raw.once('close', () => void server.close());
    followCalls(calls, { request, reply }, transport);
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    await transport.handleRequest(request.raw, reply.raw, request.body ?? null);
  });
}

type Loaded = {
  readonly createMcpServer: (runner: CodeRunner, version: string) => Promise<McpServer>;
  readonly Transport: typeof StreamableHTTPServerTransport;
};

function loadOnce(): () => Promise<Loaded> {
  let loading: Promise<Loaded> | null = null;
  return () => {
    loading ??= Promise.all([
      import('../../mcp/mcp-server.ts'),
      import('@modelcontextprotocol/sdk/server/streamableHttp.js'),
    ]).then(([{ createMcpServer }, { StreamableHTTPServerTransport: Transport }]) => ({
      createMcpServer,
      Transport,
    }));
    return loading;
  };
}

/** The SDK wants both media types; a client that takes only one gets that. */
function transportOptions({ raw }: FastifyRequest) {
  const accepted = raw.headers.accept ?? '*/*';
  const takesStream = accepted.includes(STREAM) || accepted.includes('*/*');
  raw.headers.accept = `${JSON_TYPE}, ${STREAM}`;
  const index = raw.rawHeaders.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === 'accept');
  if (index === -1) raw.rawHeaders.push('accept', raw.headers.accept);
  else raw.rawHeaders[index + 1] = raw.headers.accept;
  return { enableJsonResponse: !takesStream };
}

/** Runs programs here, with the key and the limits of a request. */
function runnerFor(
  parts: DialectParts,
  exchange: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): CodeRunner {
  return {
    languages: async () => parts.languages(),
    execute: async (submission, { signal, onProgress }) => {
      const onEvent = progressOf(submission, onProgress);
      return submitAs('mcp', parts, exchange, submission, { signal, onEvent }).catch((error: unknown) => {
        if (error instanceof ServiceError && error.code === 'code_rejected')
          throw new Error(rejectionText(error));
        if (error instanceof ServiceError) throw new Error(messageOf(error));
        exchange.request.log.error({ err: error }, 'a tool failed');
        throw new Error('An internal error occurred');
      });
    },
  };
}

/** A later POST may cancel a call of this one. */
function followCalls(
  calls: CallsInProgress,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  transport: StreamableHTTPServerTransport,
): void {
  const clientId = clientIdOf(request);
  for (const message of [request.body].flat() as readonly Record<string, unknown>[]) {
    const { id, method, params } = message ?? {};
    if (method === 'notifications/cancelled') {
      calls.cancel(clientId, (params as { requestId?: unknown } | undefined)?.requestId);
    } else if (method === 'tools/call' && id !== undefined) {
      const forget = calls.add(clientId, id, () => cancelCall(id, transport, reply));
      reply.raw.once('close', forget);
    }
  }
}

/** A cancelled call gets no response, so its stream ends. */
function cancelCall(id: unknown, transport: StreamableHTTPServerTransport, { raw }: FastifyReply): void {
  transport.onmessage?.(cancellationOf(id));
  setImmediate(() => (raw.headersSent ? raw.end() : raw.destroy()));
}

function cancellationOf(id: unknown) {
  return { jsonrpc: '2.0' as const, method: 'notifications/cancelled', params: { requestId: id as string } };
}
