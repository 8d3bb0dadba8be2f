// Jobe's API, which Moodle's CodeRunner speaks: runs, languages, and files that are uploaded before a run.

import { join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientIdOf } from '../../access/client.ts';
import { type ErrorCode, ServiceError } from '../../errors.ts';
import { sendAnswer } from '../submit-request.ts';
import {
  type Dialect,
  type DialectParts,
  isAboutOptions,
  messageOf,
  statusOf,
  submitAs,
  submits,
} from './dialect.ts';
import { createJobeFiles, type JobeFiles } from './jobe-files.ts';
import { jobeLanguages, readJobeRequest, withUploads } from './jobe-request.ts';
import { FAILED, jobeAnswer, OVERLOADED, REJECTED, refusedOptions } from './jobe-result.ts';
import { acceptJson, fieldsOf } from './json-body.ts';

const RUNS = '/runs';
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** CodeRunner asks the student to try again. */
const BUSY: readonly ErrorCode[] = ['queue_full', 'unavailable', 'shutting_down'];

export const jobe: Dialect = {
  api: 'jobe',
  prefixes: ['/jobe/index.php/restapi'],
  shapeError: (refusal, { routeOptions }) => {
    const isRun = routeOptions.url?.endsWith(RUNS) ?? false;
    if (isRun && BUSY.includes(refusal.code)) return { status: 200, body: OVERLOADED };
    if (isRun && refusal.code === 'internal_error') return { status: 200, body: FAILED };
    if (isRun && isAboutOptions(refusal)) return { status: 200, body: refusedOptions(refusal.message) };
    if (isRun && refusal.code === 'code_rejected') return { status: 200, body: REJECTED };
    // CodeRunner takes 401 for a limit of use.
    if (refusal.code === 'unauthorized') return { status: 403, body: messageOf(refusal) };
    const isNoJson = refusal.code === 'unsupported_media_type' || refusal.message.includes('not valid JSON');
    if (isNoJson) return { status: 400, body: 'Non-JSON post data received' };
    return { status: statusOf(refusal), body: messageOf(refusal) };
  },
  addRoutes: (app, parts) => {
    const files = createJobeFiles(join(parts.config.dataDirectory, 'jobe-files'));
    acceptJson(app);
    app.get('/languages', async () => jobeLanguages(parts.languages()));
    app.post(RUNS, submits(parts), async (request, reply) => run(parts, files, request, reply));
    app.put('/files/:id', async (request, reply) => {
      await files.put(clientIdOf(request), idOf(request), contentOf(request));
      return reply.code(204).send();
    });
    app.head('/files/:id', async (request, reply) => {
      return reply.code((await files.has(clientIdOf(request), idOf(request))) ? 204 : 404).send();
    });
  },
};

async function run(parts: DialectParts, files: JobeFiles, request: FastifyRequest, reply: FastifyReply) {
  if (request.body === undefined) throw new ServiceError('invalid_request', 'Non-JSON post data received');
  const { submission, uploads, runChoices } = readJobeRequest(request.body, parts.languages());
  const uploaded = await Promise.all(
    uploads.map(async ({ id, name }) => {
      const content = await files.read(clientIdOf(request), id);
      if (content !== null)
        return { path: name, content: content.toString('base64'), encoding: 'base64' as const };
      throw new ServiceError('not_found', 'One or more of the specified files is missing/unavailable');
    }),
  );
  const whole = withUploads(submission, uploaded);
  const result = await submitAs('jobe', parts, { request, reply }, whole, {
    encoding: 'base64',
    runChoices,
  });
  return sendAnswer(reply, jobeAnswer(result), parts.shares);
}

function idOf({ params }: FastifyRequest): string {
  return String((params as { id?: string }).id);
}

function contentOf(request: FastifyRequest): Buffer {
  const { file_contents: contents } = fieldsOf(request.body);
  if (typeof contents !== 'string') throw wrong('put: missing file_contents parameter');
  if (!BASE64.test(contents) || contents.length % 4 !== 0) {
    throw wrong(`put: contents of file ${idOf(request)} are not valid base-64`);
  }
  return Buffer.from(contents, 'base64');
}

function wrong(message: string): ServiceError {
  return new ServiceError('invalid_request', message);
}
