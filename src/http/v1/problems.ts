// Problems that the service keeps: PUT /api/v1/problems/{id} makes a version, GET shows it or lists them, DELETE removes
// all versions.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { ProblemDefinition } from '../../api/problem.ts';
import { PAGE } from '../../api/stored-execution.ts';
import { ServiceError } from '../../errors.ts';
import { PROBLEM_ID_PATTERN } from '../../limits.ts';
import type { ProblemPackages } from '../../submissions/problem-packages.ts';
import type { Problems } from '../../submissions/problems.ts';
import type { ProofContext } from '../../submissions/prove-package.ts';
import { MIB } from '../../units.ts';
import { type AnswerBudget, holdUntilRead } from '../answer-budget.ts';
import { errorAnswers } from '../error-answer.ts';
import type { RateLimits } from '../rate-limits.ts';
import { disconnectSignal } from '../submit-request.ts';
import { callerOf } from './executions.ts';
import { readNumbers } from './numeric-query.ts';
import { acceptRawBodies } from './raw-body.ts';

const tags = ['problems'];
const ZIP = 'application/zip';
/** What a package is in the OpenAPI document: generators of clients know no other type of bytes. */
const BYTES = 'application/octet-stream';
const IdParams = Type.Object({
  id: Type.String({ description: 'Letters, digits and `.`, `_`, `-`, at most 64; a letter or digit first.' }),
});
const ReferenceParams = Type.Object({ id: Type.String({ description: '`ID` or `ID@VERSION`.' }) });
const ListQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE.maximum })),
    cursor: Type.Optional(Type.String({ pattern: `^${PROBLEM_ID_PATTERN}$` })),
  },
  { additionalProperties: false },
);

const json = (schema: string, description: string) => ({
  description,
  content: { 'application/json': { schema: Type.Ref(schema) } },
});

const putSchema = {
  operationId: 'putProblem',
  summary: 'Keep a problem, or a new version of it',
  description:
    'Tests are hidden unless they have `"is_hidden": false`. A version never changes: the same content has the same ' +
    'version, and other content another one. A package in the format of ICPC and Kattis, as a ZIP archive, is read as a ' +
    'problem, and the submissions in it are run as its proof before this answers.',
  tags,
  params: IdParams,
  body: {
    content: {
      'application/json': { schema: Type.Ref('ProblemDefinition') },
      [BYTES]: { schema: Type.Unknown() },
    },
  },
  response: {
    200: {
      description: 'It is the latest version. Of a package, the answer has a report too.',
      content: {
        'application/json': { schema: Type.Union([Type.Ref('ProblemSummary'), Type.Ref('PackageReport')]) },
      },
    },
    ...errorAnswers([400, 413, 415, 422, 500, 503]),
  },
};

const getSchema = {
  operationId: 'getProblem',
  summary: 'Show a problem',
  description:
    'Data of tests that is long or no text is named by its digest; `GET /blobs/{sha256}` returns it.',
  tags,
  params: ReferenceParams,
  response: { 200: json('KeptProblem', 'The problem.'), ...errorAnswers([404, 500]) },
};

const checkSchema = {
  operationId: 'checkProblem',
  summary: 'Check a problem package, and keep nothing',
  tags,
  body: { content: { [BYTES]: { schema: Type.Unknown() } } },
  response: {
    200: json('PackageReport', 'What the package was read as.'),
    ...errorAnswers([400, 413, 415, 422, 500, 503]),
  },
};

const packageSchema = {
  operationId: 'getProblemPackage',
  summary: 'Return a problem as an archive',
  description: 'Put again, it is the same version.',
  tags,
  params: ReferenceParams,
  response: {
    200: { description: 'A ZIP archive.', content: { [BYTES]: { schema: Type.Unknown() } } },
    ...errorAnswers([404, 413, 500, 503]),
  },
};

const listSchema = {
  operationId: 'listProblems',
  summary: 'List the problems of the key, by id',
  tags,
  querystring: ListQuery,
  response: { 200: json('ProblemPage', 'A page of problems.'), ...errorAnswers([400, 500]) },
};

const deleteSchema = {
  operationId: 'deleteProblem',
  summary: 'Remove a problem with all its versions',
  tags,
  params: IdParams,
  response: { 204: { description: 'It is removed.', type: 'null' }, ...errorAnswers([404, 500]) },
};

export interface ProblemRouteParts {
  readonly problems: Problems;
  readonly packages: ProblemPackages;
}

export async function addProblemRoutes(
  app: FastifyInstance,
  parts: ProblemRouteParts & {
    readonly config: { readonly maxPackageMb: number };
    readonly limits: RateLimits;
    readonly answers: AnswerBudget;
  },
): Promise<void> {
  const { problems, packages, config, limits, answers } = parts;
  await app.register(async (archives) => {
    acceptRawBodies(archives, [ZIP, BYTES]);
    const bodyLimit = config.maxPackageMb * MIB;
    archives.put<{ Params: Static<typeof IdParams>; Body: ProblemDefinition | Buffer }>(
      '/problems/:id',
      { schema: putSchema, bodyLimit, config: { isProblem: true } },
      async (request, reply) => {
        const { params, body } = request;
        if (Buffer.isBuffer(body)) return readArchive(parts, { request, reply }, params.id, body);
        if (hasProgram(body)) await limits.takeExecutions(request, reply, [null]);
        return problems.put(callerOf(request).owner, params.id, body, contextOf(request, reply));
      },
    );
    archives.post<{ Body: Buffer }>(
      '/problems/check',
      { schema: checkSchema, bodyLimit },
      async (request, reply) => {
        if (Buffer.isBuffer(request.body)) return readArchive(parts, { request, reply }, null, request.body);
        throw new ServiceError(
          'unsupported_media_type',
          `The body must be a package, with Content-Type: ${ZIP}`,
        );
      },
    );
  });
  app.get<{ Params: Static<typeof ReferenceParams> }>(
    '/problems/:id/package',
    { schema: packageSchema },
    async (request, reply) => {
      const { archive, heldBytes } = await packages.write(callerOf(request).owner, request.params.id);
      holdUntilRead(answers, reply, heldBytes);
      const [name] = request.params.id.split('@');
      return reply
        .type(BYTES)
        .header('content-disposition', `attachment; filename="${name}.zip"`)
        .send(archive);
    },
  );
  app.get<{ Params: Static<typeof ReferenceParams> }>('/problems/:id', { schema: getSchema }, (request) =>
    problems.get(callerOf(request).owner, request.params.id),
  );
  app.get<{ Querystring: Static<typeof ListQuery> }>(
    '/problems',
    { schema: listSchema, preValidation: readNumbers(['limit']) },
    (request) => {
      const { limit = PAGE.default, cursor } = request.query;
      return problems.list(callerOf(request).owner, { after: cursor, limit });
    },
  );
  app.delete<{ Params: Static<typeof IdParams> }>(
    '/problems/:id',
    { schema: deleteSchema },
    async (request, reply) => {
      await problems.remove(callerOf(request).owner, request.params.id);
      return reply.code(204).send();
    },
  );
}

/** Counts as one execution, whatever its submissions are. */
async function readArchive(
  { packages, limits }: Pick<Parameters<typeof addProblemRoutes>[1], 'packages' | 'limits'>,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  id: string | null,
  archive: Buffer,
) {
  await limits.takeExecutions(request, reply, [null]);
  return packages.read(callerOf(request).owner, id, archive, contextOf(request, reply));
}

function hasProgram({ checker, interactor }: ProblemDefinition): boolean {
  return checker?.type === 'program' || interactor !== undefined;
}

/** Of what a problem has run before it is kept. */
function contextOf(request: FastifyRequest, reply: FastifyReply): ProofContext {
  return {
    signal: disconnectSignal(reply),
    requestId: request.id,
    keyName: request.apiKey?.name ?? null,
    clientId: callerOf(request).clientId,
  };
}
