// GET /api/v1/languages: what can be run, in which versions, and a program of each to try.

import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { problemAnswers } from '../problem.ts';

export const LanguageDescription = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    version: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'The newest version, `null` while there is none.',
    }),
    versions: Type.Array(Type.String(), { description: 'All versions, the newest first.' }),
    aliases: Type.Array(Type.String()),
    compiled: Type.Boolean(),
    file_extension: Type.String(),
    status: Type.Unsafe<'ready' | 'installing' | 'missing'>({
      type: 'string',
      enum: ['ready', 'installing', 'missing'],
    }),
    example: Type.String({ description: 'A whole program that runs as it is.' }),
    default_limits: Type.Object({
      time_limit: Type.Number({ description: 'Seconds.' }),
      memory_limit: Type.Number({ description: 'MB.' }),
      output_limit_kb: Type.Number(),
    }),
    memory_allowance_mb: Type.Number({
      description: 'MB that the runtime itself may use on top of `memory_limit`.',
    }),
  },
  { $id: 'Language' },
);
export type LanguageDescription = Static<typeof LanguageDescription>;

const schema = {
  operationId: 'listLanguages',
  summary: 'List the languages',
  tags: ['languages'],
  response: {
    200: {
      description: 'All languages this service knows, also those that are not ready.',
      content: { 'application/json': { schema: Type.Array(Type.Ref('Language')) } },
    },
    ...problemAnswers([401, 500]),
  },
};

export function addLanguagesRoute(app: FastifyInstance, languages: () => LanguageDescription[]): void {
  app.get('/api/v1/languages', { schema }, async () => languages());
}
