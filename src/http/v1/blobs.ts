// Blobs: PUT /api/v1/blobs/{sha256} stores bytes under their digest, GET returns them and HEAD shows whether they are there.

import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { SHA256_PATTERN } from '../../api/blob.ts';
import type { Problems } from '../../submissions/problems.ts';
import { MIB } from '../../units.ts';
import { type AnswerBudget, holdUntilRead } from '../answer-budget.ts';
import { errorAnswers } from '../error-answer.ts';
import { callerOf } from './executions.ts';
import { acceptRawBodies } from './raw-body.ts';

const params = Type.Object({ sha256: Type.String({ pattern: SHA256_PATTERN }) });
const tags = ['problems'];
const BYTES = 'application/octet-stream';

const putSchema = {
  operationId: 'putBlob',
  summary: 'Store bytes under their SHA-256',
  description:
    'Wherever a request has `input`, `expected_output` or the `content` of a file, `{"blob": "SHA-256"}` stands for them. ' +
    'A blob that no problem names is removed a day after its last use.',
  tags,
  consumes: [BYTES],
  params,
  response: {
    200: { description: 'It was there already.', type: 'null' },
    201: { description: 'It is stored.', type: 'null' },
    ...errorAnswers([400, 413, 500, 503]),
  },
};

const getSchema = {
  operationId: 'getBlob',
  summary: 'Return the bytes of a blob',
  tags,
  params,
  response: {
    200: { description: 'The bytes.', content: { [BYTES]: { schema: Type.Unknown() } } },
    ...errorAnswers([400, 404, 500, 503]),
  },
};

const headSchema = { ...getSchema, operationId: 'hasBlob', summary: 'Show whether a blob is there' };

export interface BlobRouteParts {
  readonly config: { readonly maxBlobMb: number };
  readonly problems: Problems;
  readonly answers: AnswerBudget;
}

export async function addBlobRoutes(
  app: FastifyInstance,
  { config, problems, answers }: BlobRouteParts,
): Promise<void> {
  app.get<{ Params: { sha256: string } }>(
    '/blobs/:sha256',
    { schema: getSchema, exposeHeadRoute: false },
    async (request, reply) => {
      const { owner } = callerOf(request);
      const { sha256 } = request.params;
      holdUntilRead(answers, reply, await problems.blobBytes(owner, sha256));
      const content = await problems.readBlob(owner, sha256);
      return reply.type(BYTES).send(content);
    },
  );
  app.head<{ Params: { sha256: string } }>(
    '/blobs/:sha256',
    { schema: headSchema },
    async (request, reply) => {
      const bytes = await problems.blobBytes(callerOf(request).owner, request.params.sha256);
      return reply.type(BYTES).header('content-length', bytes).send();
    },
  );
  await app.register(async (raw) => {
    acceptRawBodies(raw, '*');
    raw.put<{ Params: { sha256: string }; Body: Buffer | undefined }>(
      '/blobs/:sha256',
      { schema: putSchema, bodyLimit: config.maxBlobMb * MIB },
      async (request, reply) => {
        const { owner } = callerOf(request);
        const isNew = await problems.putBlob(owner, request.params.sha256, request.body ?? new Uint8Array());
        return reply.code(isNew ? 201 : 200).send();
      },
    );
  });
}
