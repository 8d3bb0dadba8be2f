// Piston's API, version 2, under its own path and under that of the former public service.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError } from '../../errors.ts';
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
import { acceptJson, fieldsOf } from './json-body.ts';
import { addConnectRoute } from './piston-connect.ts';
import { packagesOf, runtimesOf } from './piston-languages.ts';
import { readPistonRequest } from './piston-request.ts';
import { pistonAnswer, rejectedRun } from './piston-result.ts';

const BODILESS = ['GET', 'HEAD', 'OPTIONS'];

export const piston: Dialect = {
  api: 'piston',
  prefixes: ['/api/v2', '/api/v2/piston'],
  shapeError: (refusal) => ({ status: statusOf(refusal), body: { message: messageOf(refusal) } }),
  addRoutes: (app, parts) => {
    requireJson(app);
    acceptJson(app, ['application/json', 'text/plain']);
    addPackageRoutes(app, parts);
    app.get('/runtimes', async () => runtimesOf(parts.languages()));
    app.post('/execute', submits(parts), async (request, reply) => execute(parts, request, reply));
    addConnectRoute(app, parts);
  },
};

/** Forms of other sites' pages cannot send JSON. A text is taken from who has a key. */
function requireJson(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ method, headers, apiKey }) => {
    const type = headers['content-type'] ?? '';
    const isJson = type.startsWith('application/json') || (type.startsWith('text/plain') && apiKey !== null);
    if (BODILESS.includes(method) || isJson) return;
    throw new ServiceError('unsupported_media_type', 'requests must be of type application/json');
  });
}

async function execute(parts: DialectParts, request: FastifyRequest, reply: FastifyReply) {
  const { runtime, version, submission, wallTimeLimitSeconds } = readPistonRequest(
    fieldsOf(request.body),
    parts,
  );
  const names = { language: runtime.canonicalName, version, hasCompileStage: runtime.language.compiled };
  try {
    const result = await submitAs('piston', parts, { request, reply }, submission, {
      wallTimeLimitSeconds,
    });
    return sendAnswer(reply, pistonAnswer(result, names), parts.shares);
  } catch (error) {
    const { language } = names;
    return { language, version, run: rejectedRun(rejectionText(error)) };
  }
}

/** Installing is the operator's: a package that is there counts as installed, and one that is not does not exist. */
function addPackageRoutes(app: FastifyInstance, { languages }: DialectParts): void {
  const asked = (request: FastifyRequest) => {
    const { language, version } = fieldsOf(request.body);
    const found = packagesOf(languages()).find(
      (each) => each.language === language && each.language_version === version,
    );
    if (found) return { language: found.language, version: found.language_version };
    throw new ServiceError('not_found', `Requested package ${language}-${version} does not exist`);
  };
  app.get('/packages', async () => packagesOf(languages()));
  app.post('/packages', async (request) => asked(request));
  app.delete('/packages', async (request) => {
    if (request.apiKey?.scopes.includes('admin')) return asked(request);
    throw new ServiceError('forbidden', 'Packages cannot be removed through this API');
  });
}
