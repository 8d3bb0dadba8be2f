// Finds submissions to Judge0 by their tokens: those that were waited for are in memory, all others are stored executions.

import type { FastifyRequest } from 'fastify';
import type { Execution } from '../../api/stored-execution.ts';
import { ServiceError } from '../../errors.ts';
import { callerOf, type DialectParts } from './dialect.ts';
import { judge0Languages, languageNumbered } from './judge0-languages.ts';
import { attributesIn } from './judge0-note.ts';
import { createRecentSubmissions, type RecentSubmissions } from './judge0-recent.ts';
import { type Judge0Submission, ofProgress, outcomeOf } from './judge0-result.ts';
import { executionIdOf, tokenOf } from './judge0-token.ts';

/** Shared by all paths of the API. */
const recents = new WeakMap<DialectParts, RecentSubmissions>();

export function recentOf(parts: DialectParts): RecentSubmissions {
  const recent = recents.get(parts) ?? createRecentSubmissions();
  recents.set(parts, recent);
  return recent;
}

/** `null` for a token of none of the client's submissions. */
export async function findSubmission(
  parts: DialectParts,
  recent: RecentSubmissions,
  request: FastifyRequest,
  token: string,
): Promise<Judge0Submission | null> {
  const id = executionIdOf(token);
  if (id === null) return null;
  const caller = callerOf(request);
  const known = recent.find(caller.owner, token.toLowerCase());
  if (known !== null) return known;
  try {
    const note = await parts.executions.note(id, caller);
    if (note === null) return null;
    const execution = await parts.executions.get(id, caller, { encoding: 'base64' });
    return await storedSubmission(parts, execution, note);
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'not_found') return null;
    throw error;
  }
}

async function storedSubmission(
  parts: DialectParts,
  execution: Execution,
  note: string,
): Promise<Judge0Submission> {
  const attributes = await attributesIn(note);
  const languages = parts.languages();
  const language =
    judge0Languages(languages).find(({ number }) => number === attributes.language_id) ??
    languageNumbered(attributes.language_id, languages, execution.version);
  const { status, finished_at: finishedAt } = execution;
  return {
    token: tokenOf(execution.execution_id),
    attributes,
    language,
    createdAt: execution.created_at,
    finishedAt,
    outcome: finishedAt === null ? ofProgress(status === 'queued') : outcomeOf(execution, attributes),
  };
}
