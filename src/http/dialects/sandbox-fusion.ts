// SandboxFusion's API for running code: one request, one program. Clients retry nothing but a 504, so a request that
// finds the queue full waits for a place as long as its client does.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, ServiceError } from '../../errors.ts';
import { sendAnswer } from '../submit-request.ts';
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
import { readSandboxFusionRequest } from './sandbox-fusion-request.ts';
import { fetchedFiles, rejectedAnswer, sandboxError, sandboxFusionAnswer } from './sandbox-fusion-result.ts';

/** The answer must reach a client that is about to give up. */
const RESERVE_MS = 1000;
/** However long the time limits are, a request waits no longer for a place in the queue. */
const MAX_WAIT_MS = 120_000;

/** Rejections that pass by themselves. */
const BUSY: readonly ErrorCode[] = ['rate_limited', 'queue_full', 'unavailable', 'shutting_down'];
const GATEWAY_TIMEOUT = 504;

/** What the original says to a body that it does not read as JSON. */
const NO_OBJECT = {
  status: 422,
  body: {
    detail: [
      {
        type: 'model_attributes_type',
        loc: ['body'],
        msg: 'Input should be a valid dictionary or object to extract fields from',
        input: null,
      },
    ],
  },
};

/** Of what the original has beside: data sets on its disk, and notebooks. */
const OTHER_ROUTES = ['/run_jupyter', '/submit', '/get_prompts', '/list_datasets', '/get_metrics'];

export const sandboxFusion: Dialect = {
  api: 'sandbox-fusion',
  prefixes: [''],
  shapeError: (refusal) => {
    if (refusal.code === 'internal_error') return { status: 200, body: sandboxError(messageOf(refusal)) };
    if (BUSY.includes(refusal.code)) return { status: GATEWAY_TIMEOUT, body: { detail: refusal.message } };
    if (refusal.code === 'unsupported_media_type') return NO_OBJECT;
    if (refusal.code !== 'invalid_request')
      return { status: statusOf(refusal), body: { detail: refusal.message } };
    const loc = ['body', ...(refusal.errors ?? []).slice(0, 1).map(({ path }) => path)];
    return {
      status: 422,
      body: { detail: [{ type: 'value_error', loc, msg: refusal.message, input: null }] },
    };
  },
  addRoutes: (app, parts) => {
    acceptJson(app);
    app.get('/v1/ping', { config: { open: true } }, async (_request, reply) =>
      reply.type('application/json; charset=utf-8').send('"pong"'),
    );
    app.post('/run_code', submits(parts), async (request, reply) => runCode(parts, request, reply));
    for (const url of OTHER_ROUTES) {
      app.all(url, async () => {
        throw new ServiceError('not_found', 'Not Found');
      });
    }
  },
};

async function runCode(parts: DialectParts, request: FastifyRequest, reply: FastifyReply) {
  try {
    const { submission, fetched, clientTimeoutSeconds, wallTimeLimitSeconds } = readSandboxFusionRequest(
      request.body,
      parts.languages(),
    );
    const waitForRoomMs = Math.min(MAX_WAIT_MS, clientTimeoutSeconds * 1000 - RESERVE_MS);
    const result = await submitAs('sandbox-fusion', parts, { request, reply }, submission, {
      waitForRoomMs,
      wallTimeLimitSeconds,
    });
    const files = fetchedFiles(fetched, submission.files ?? [], result);
    return sendAnswer(reply, { ...sandboxFusionAnswer(result), files }, parts.shares);
  } catch (error) {
    return rejectedAnswer(rejectionText(error));
  }
}
