// The routes of Judge0's submissions: alone, in batches, with and without waiting, and how they look at any time.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError } from '../../errors.ts';
import { createIdentifier } from '../../identifier.ts';
import { disconnectSignal, sendAnswer } from '../submit-request.ts';
import {
  callerOf,
  DialectError,
  type DialectParts,
  isAboutOptions,
  messageOf,
  rejectionText,
  submitAs,
  submits,
} from './dialect.ts';
import { type Fields, fieldsOf } from './json-body.ts';
import { type AcceptedSubmission, readAttributes } from './judge0-attributes.ts';
import { findSubmission, recentOf } from './judge0-find.ts';
import { noteOf } from './judge0-note.ts';
import type { RecentSubmissions } from './judge0-recent.ts';
import {
  fieldsWanted,
  type Judge0Submission,
  NOT_UTF8,
  ofFailure,
  outcomeOf,
  shownSubmission,
} from './judge0-result.ts';
import { judge0RunChoices, judge0Submission } from './judge0-submission.ts';
import { executionIdOf, tokenOf } from './judge0-token.ts';

export const MAX_BATCH_SIZE = 100;
/** A client that waits for longer gets what is there. */
const MAX_WAIT_MS = 60_000;

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** How a client wants submissions to be shown. */
interface View {
  readonly isBase64: boolean;
  readonly fields: readonly string[];
}

export function addSubmissionRoutes(app: FastifyInstance, parts: DialectParts): void {
  const recent = recentOf(parts);
  app.post('/submissions', submits(parts), async (request, reply) => {
    const view = viewOf(request);
    const accepted = await accept(parts, request.body, view);
    const { wait } = request.query as { wait?: string };
    if (wait === 'true' && accepted.attributes.callback_url !== null) {
      return storeAndWait(parts, { request, reply }, accepted, view);
    }
    if (wait === 'true') return run(parts, recent, { request, reply }, accepted, view);
    return reply.code(201).send(await store(parts, { request, reply }, accepted));
  });
  app.post('/submissions/batch', submits(parts), async (request, reply) =>
    storeAll(parts, { request, reply }),
  );
  app.get<{ Params: { token: string } }>('/submissions/:token', async (request, reply) => {
    const view = viewOf(request);
    const submission = await findSubmission(parts, recent, request, request.params.token);
    if (submission === null) throw new ServiceError('not_found', 'Not Found');
    return sendAnswer(reply, shownSubmission(submission, view), parts.shares);
  });
  app.get('/submissions/batch', async (request, reply) => {
    const view = viewOf(request);
    const submissions = await Promise.all(
      tokensIn(request).map(async (token) => {
        const submission = await findSubmission(parts, recent, request, token);
        return submission && shownSubmission(submission, view);
      }),
    );
    return sendAnswer(reply, { submissions }, parts.shares);
  });
  app.get('/submissions', async () => {
    throw new ServiceError('forbidden', 'The submissions of others are not listed');
  });
  app.delete('/submissions/:token', async () => {
    throw new ServiceError('invalid_request', 'delete not allowed');
  });
}

function viewOf({ query }: FastifyRequest): View {
  const { base64_encoded, fields } = query as Readonly<Record<string, string | undefined>>;
  return { isBase64: base64_encoded === 'true', fields: fieldsWanted(fields) };
}

function accept(
  parts: DialectParts,
  body: unknown,
  { isBase64 }: Pick<View, 'isBase64'>,
): Promise<AcceptedSubmission> {
  return readAttributes(fieldsOf(body), { isBase64, languages: parts.languages() });
}

/** Runs it now. A submission that has run is not refused for what it wrote. */
async function run(
  parts: DialectParts,
  recent: RecentSubmissions,
  exchange: Exchange,
  { attributes, language, files }: AcceptedSubmission,
  view: View,
) {
  const result = await submitAs('judge0', parts, exchange, judge0Submission(attributes, language, files), {
    encoding: 'base64',
    wallTimeLimitSeconds: attributes.wall_time_limit,
    runChoices: judge0RunChoices(attributes),
  }).catch((error: unknown) => rejectionText(attributeRefused(error)));
  const isRejected = typeof result === 'string';
  const at = new Date().toISOString();
  const submission: Judge0Submission = {
    token: tokenOf(isRejected ? createIdentifier() : result.execution_id),
    attributes,
    language,
    createdAt: isRejected ? at : result.created_at,
    finishedAt: isRejected ? at : result.finished_at,
    outcome: isRejected ? ofFailure(result) : outcomeOf(result, attributes),
  };
  recent.add(callerOf(exchange.request).owner, submission);
  return sendCreated(parts, exchange.reply, submission, view);
}

function sendCreated(parts: DialectParts, reply: FastifyReply, submission: Judge0Submission, view: View) {
  reply.code(201);
  try {
    return sendAnswer(reply, shownSubmission(submission, view), parts.shares);
  } catch (error) {
    if (error !== NOT_UTF8) throw error;
    return { token: submission.token, error: NOT_UTF8.message };
  }
}

/** Only what is stored has a callback. */
async function storeAndWait(
  parts: DialectParts,
  exchange: Exchange,
  accepted: AcceptedSubmission,
  view: View,
) {
  const { request, reply } = exchange;
  const { token } = await store(parts, exchange, accepted);
  const id = executionIdOf(token) ?? '';
  await parts.executions.get(id, callerOf(request), { waitMs: MAX_WAIT_MS, signal: disconnectSignal(reply) });
  const submission = await findSubmission(parts, recentOf(parts), request, token);
  return submission === null ? reply.code(201).send({ token }) : sendCreated(parts, reply, submission, view);
}

/** What is wrong with the options of the compiler or the callback is an attribute's fault. */
function attributeRefused(error: unknown): unknown {
  if (!(error instanceof ServiceError)) return error;
  if (error.errors?.some(({ path }) => path === 'webhook_url')) {
    return new DialectError({ status: 422, body: { callback_url: ['setting callback is not allowed'] } });
  }
  if (!isAboutOptions(error)) return error;
  return new DialectError({ status: 422, body: { compiler_options: [error.message] } });
}

/** Stores it, to be run when its turn comes. Resolves with its token. */
async function store(
  parts: DialectParts,
  { request, reply }: Exchange,
  { attributes, language, files }: AcceptedSubmission,
): Promise<{ token: string }> {
  await parts.limits.takeExecutions(request, reply, [null]);
  const submittedBy = {
    ...callerOf(request),
    requestId: request.id,
    keyName: request.apiKey?.name ?? null,
    api: 'judge0' as const,
    traceparent: request.trace?.traceparent,
    codeValidation: parts.config.compatCodeValidation,
    wallTimeLimitSeconds: attributes.wall_time_limit,
    runChoices: judge0RunChoices(attributes),
    note: await noteOf(attributes),
  };
  const { callback_url: callback } = attributes;
  const submission = judge0Submission(attributes, language, files);
  try {
    const { execution } = await parts.executions.submit(
      { ...submission, ...(callback !== null && { webhook_url: callback }) },
      submittedBy,
    );
    return { token: tokenOf(execution.execution_id) };
  } catch (error) {
    await parts.limits.giveBackExecutions(request);
    if (!(error instanceof ServiceError) || error.code !== 'code_rejected') throw attributeRefused(error);
    throw new DialectError({ status: 422, body: { source_code: [error.message] } });
  }
}

/** Each entry has its token or what is wrong with it, in the order of the request. */
async function storeAll(parts: DialectParts, exchange: Exchange) {
  const { request, reply } = exchange;
  const list = fieldsOf(request.body).submissions;
  if (!Array.isArray(list) || list.length === 0) {
    throw new ServiceError('invalid_request', 'there should be at least one submission in a batch');
  }
  if (list.length > MAX_BATCH_SIZE) {
    const message = `number of submissions in a batch should be less than or equal to ${MAX_BATCH_SIZE}`;
    throw new ServiceError('invalid_request', message);
  }
  const view = viewOf(request);
  const outcomes = await Promise.all(list.map((entry: Fields) => storeEntry(parts, exchange, entry, view)));
  const refusal = outcomes.find(
    (outcome) => outcome instanceof ServiceError && !(outcome instanceof DialectError),
  );
  const isAnyStored = outcomes.some((outcome) => 'token' in outcome);
  if (!isAnyStored && refusal instanceof ServiceError) throw refusal;
  reply.code(isAnyStored ? 201 : 422);
  return outcomes.map((outcome) => {
    if (outcome instanceof DialectError) return outcome.shape.body;
    return outcome instanceof ServiceError ? { error: messageOf(outcome) } : outcome;
  });
}

async function storeEntry(parts: DialectParts, exchange: Exchange, entry: unknown, view: View) {
  try {
    return await store(parts, exchange, await accept(parts, entry, view));
  } catch (error) {
    if (error instanceof ServiceError && error.code !== 'internal_error') return error;
    throw error;
  }
}

/** As a query or a header. */
function tokensIn({ query, headers }: FastifyRequest): string[] {
  const written = (query as { tokens?: unknown }).tokens ?? headers.tokens ?? '';
  const tokens = String(written)
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '');
  if (tokens.length > MAX_BATCH_SIZE) {
    const message = `number of submissions in a batch should be less than or equal to ${MAX_BATCH_SIZE}`;
    throw new ServiceError('invalid_request', message);
  }
  return tokens;
}
