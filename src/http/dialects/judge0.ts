// Judge0's API, version 1.13, at the root and under `/judge0`.

import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, ServiceError } from '../../errors.ts';
import { requireScope } from '../authentication.ts';
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
import { acceptForms, acceptJson, fieldsOf } from './json-body.ts';
import { Judge0Error, readAttributes } from './judge0-attributes.ts';
import { addInfoRoutes } from './judge0-info.ts';
import { fieldsWanted, NOT_UTF8, ofFailure, outcomeOf, shownSubmission } from './judge0-result.ts';
import { judge0Submission } from './judge0-submission.ts';

const BUSY: readonly ErrorCode[] = ['queue_full', 'unavailable', 'shutting_down'];

type Query = Readonly<Record<string, string | undefined>>;

export const judge0: Dialect = {
  api: 'judge0',
  prefixes: ['', '/judge0'],
  shapeError: (refusal, { routeOptions }) => {
    const isAuthorization = routeOptions.url?.endsWith('/authorize') ?? false;
    if (refusal.code === 'unauthorized' && !isAuthorization) return { status: 401, body: undefined };
    if (refusal.code === 'forbidden' || isAuthorization) return { status: 403, body: undefined };
    if (refusal.code === 'queue_full') return { status: 503, body: { error: 'queue is full' } };
    if (BUSY.includes(refusal.code)) return { status: 503, body: { error: refusal.message } };
    if (refusal.code === 'not_found') return { status: 404, body: { status: 404, error: 'Not Found' } };
    return { status: statusOf(refusal), body: { error: messageOf(refusal) } };
  },
  addRoutes: (app, parts) => {
    acceptJson(app);
    acceptForms(app);
    addInfoRoutes(app, parts);
    addAccessRoutes(app);
    app.post('/submissions', submits(parts), async (request, reply) => submit(parts, request, reply));
    app.get('/submissions', async () => {
      throw new ServiceError('forbidden', 'The submissions of others are not listed');
    });
  },
};

/** With a valid key, or where none is required, the hooks let a request through to here. */
function addAccessRoutes(app: FastifyInstance): void {
  app.post('/authenticate', async (_request, reply) => reply.code(200).send());
  app.post('/authorize', requireScope('admin'), async (_request, reply) => reply.code(200).send());
}

async function submit(parts: DialectParts, request: FastifyRequest, reply: FastifyReply) {
  const query = request.query as Query;
  const isBase64 = query.base64_encoded === 'true';
  const fields = fieldsWanted(query.fields);
  try {
    const { attributes, language } = readAttributes(fieldsOf(request.body), {
      isBase64,
      languages: parts.languages(),
    });
    if (query.wait !== 'true') throw new ServiceError('invalid_request', 'only wait=true is supported');
    const token = randomUUID();
    const createdAt = new Date().toISOString();
    const outcome = await submitAs(
      'judge0',
      parts,
      { request, reply },
      judge0Submission(attributes, language),
      {
        encoding: 'base64',
      },
    ).then(
      (result) => outcomeOf(result, language, attributes),
      (error) => ofFailure(rejectionText(error)),
    );
    const submission = {
      token,
      attributes,
      language,
      createdAt,
      finishedAt: new Date().toISOString(),
      outcome,
    };
    reply.code(201);
    return sendAnswer(reply, shownOrRefused(submission, { isBase64, fields }), parts.shares);
  } catch (error) {
    if (!(error instanceof Judge0Error)) throw error;
    reply.errorCode = 'invalid_request';
    return reply.code(422).send(error.reasons);
  }
}

/** A submission that has run is not refused for what it wrote. */
function shownOrRefused(
  submission: Parameters<typeof shownSubmission>[0],
  options: Parameters<typeof shownSubmission>[1],
) {
  try {
    return shownSubmission(submission, options);
  } catch (error) {
    if (error !== NOT_UTF8) throw error;
    return { token: submission.token, error: NOT_UTF8.message };
  }
}
