// Judge0's API, version 1.13, at the root and under `/judge0`.

import type { FastifyInstance } from 'fastify';
import type { ErrorCode } from '../../errors.ts';
import { requireScope } from '../authentication.ts';
import { type Dialect, messageOf, statusOf } from './dialect.ts';
import { acceptForms, acceptJson } from './json-body.ts';
import { addInfoRoutes } from './judge0-info.ts';
import { addSubmissionRoutes } from './judge0-submissions.ts';

const BUSY: readonly ErrorCode[] = ['queue_full', 'unavailable', 'shutting_down'];

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
    addSubmissionRoutes(app, parts);
  },
};

/** With a valid key, or where none is required, the hooks let a request through to here. */
function addAccessRoutes(app: FastifyInstance): void {
  app.post('/authenticate', async (_request, reply) => reply.code(200).send());
  app.post('/authorize', requireScope('admin'), async (_request, reply) => reply.code(200).send());
}
