// GET /api/v1/languages: what can be run, in which versions, and a program of each to try.

import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { errorAnswers } from '../error-answer.ts';
import type { LanguageDescription } from './language-description.ts';

const schema = {
  operationId: 'listLanguages',
  summary: 'List the languages',
  tags: ['languages'],
  response: {
    200: {
      description: 'All languages this service knows, also those that are not ready.',
      content: { 'application/json': { schema: Type.Array(Type.Ref('Language')) } },
    },
    ...errorAnswers([500]),
  },
};

export function addLanguagesRoute(app: FastifyInstance, languages: () => LanguageDescription[]): void {
  app.get('/languages', { schema }, async () => languages());
}
