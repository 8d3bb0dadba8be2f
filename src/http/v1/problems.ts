// Problems that the service keeps: PUT /api/v1/problems/{id} makes a version, GET shows it or lists them, DELETE removes
// all versions.

import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import type { ProblemDefinition } from '../../api/problem.ts';
import { PAGE } from '../../api/stored-execution.ts';
import { PROBLEM_ID_PATTERN } from '../../limits.ts';
import type { Problems } from '../../submissions/problems.ts';
import { errorAnswers } from '../error-answer.ts';
import { callerOf } from './executions.ts';
import { readNumbers } from './numeric-query.ts';

const tags = ['problems'];
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
    'version, and other content another one.',
  tags,
  params: IdParams,
  body: Type.Ref('ProblemDefinition'),
  response: {
    200: json('ProblemSummary', 'It is the latest version.'),
    ...errorAnswers([400, 413, 415, 422, 500]),
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
}

export function addProblemRoutes(app: FastifyInstance, { problems }: ProblemRouteParts): void {
  app.put<{ Params: Static<typeof IdParams>; Body: ProblemDefinition }>(
    '/problems/:id',
    { schema: putSchema, config: { isProblem: true } },
    async (request) => problems.put(callerOf(request).owner, request.params.id, request.body),
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
