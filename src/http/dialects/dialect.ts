// The contract of a dialect: another service's API as a plugin. A dialect translates a request into a submission and the
// result back. Whatever holds for every API, it gets from here: keys, limits, bounds of bodies, errors in its own shape.

import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { clientIdOf } from '../../access/client.ts';
import type { KeyRing } from '../../access/key-ring.ts';
import type { ExecuteRequest, ExecutionResult } from '../../api/execution.ts';
import { ERROR_CATALOG, ServiceError } from '../../errors.ts';
import type { ServiceMetrics } from '../../metrics/service-metrics.ts';
import type { Config } from '../../settings/config.ts';
import { ANYONE, type Caller, type Executions } from '../../submissions/executions.ts';
import type { Interactions } from '../../submissions/interact.ts';
import type { ApiName } from '../../submissions/submission.ts';
import { authenticate } from '../authentication.ts';
import type { BoundBodies } from '../body-budget.ts';
import { reportError } from '../error-answer.ts';
import { markRoutes } from '../marked-routes.ts';
import { countRequests } from '../rate-limits.ts';
import {
  countRejections,
  type SubmissionChoices,
  type SubmissionParts,
  submitRequest,
} from '../submit-request.ts';
import { offeredKeys } from './offered-keys.ts';

/** What a dialect knows of a language. */
export interface OfferedLanguage {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly status: 'ready' | 'installing' | 'missing';
  readonly compiled: boolean;
  readonly file_extension: string;
  /** The newest; `null` while there is none. */
  readonly version: string | null;
  /** A whole program. */
  readonly example: string;
  /** The ready ones, the newest first. */
  readonly versions: readonly string[];
}

export interface DialectParts extends SubmissionParts {
  readonly executions: Executions;
  /** `null` if the service offers no interactive programs. */
  readonly interactions: Pick<Interactions, 'interact'> | null;
  readonly config: Pick<
    Config,
    | 'compat'
    | 'compatAnyVersion'
    | 'compatCodeValidation'
    | 'executionTimeoutSeconds'
    | 'concurrency'
    | 'queueSize'
    | 'dataDirectory'
    | 'host'
    | 'mcpAllowedOrigins'
    | 'corsOrigins'
  >;
  readonly version: string;
  readonly keys: KeyRing;
  readonly metrics: Pick<ServiceMetrics, 'rejected'> | null;
  readonly boundBodies: BoundBodies;
  readonly languages: () => readonly OfferedLanguage[];
  /** Executions that wait or run. */
  readonly queue: () => { readonly active: number };
  /** The name of the file that a program in this language is written to. */
  readonly sourceFileOf: (languageId: string, code: string) => string;
}

/** An error answer in the shape of a dialect. */
interface ErrorShape {
  readonly status: number;
  readonly body: unknown;
}

/** A wrong request for which a dialect has an answer of its own. */
export class DialectError extends ServiceError {
  readonly shape: ErrorShape;
  constructor(shape: ErrorShape) {
    super('invalid_request', 'The request is not valid');
    this.name = 'DialectError';
    this.shape = shape;
  }
}

export interface Dialect {
  readonly api: ApiName;
  /** Each has all routes; `''` is the root. */
  readonly prefixes: readonly string[];
  /** The answer to a request that the service rejects. */
  shapeError(refusal: ServiceError, request: FastifyRequest): ErrorShape;
  /** Adds the parsers and the routes. */
  addRoutes(app: FastifyInstance, parts: DialectParts): void;
}

const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

/** The plugin of a dialect, for one of its prefixes. */
export async function dialectPlugin(
  app: FastifyInstance,
  { dialect, parts, isRoot }: { dialect: Dialect; parts: DialectParts; isRoot: boolean },
): Promise<void> {
  markRoutes(app, dialect.api);
  app.setErrorHandler((error, request, reply) => {
    const refusal = reportError(error, request, reply);
    const { status, body } =
      refusal instanceof DialectError ? refusal.shape : dialect.shapeError(refusal, request);
    const answer = typeof body === 'string' ? JSON.stringify(body) : body;
    return reply.code(status).type('application/json; charset=utf-8').send(answer);
  });
  if (!isRoot) {
    app.setNotFoundHandler(() => {
      throw new ServiceError('not_found', 'Not Found');
    });
  }
  authenticate(app, parts.keys, offeredKeys);
  countRequests(app, parts.limits);
  parts.boundBodies(app);
  // Each dialect reports wrong fields in its own words.
  app.setValidatorCompiler(() => () => true);
  const methodsByUrl = collectMethods(app);
  dialect.addRoutes(app, parts);
  rejectOtherMethods(app, methodsByUrl);
}

function collectMethods(app: FastifyInstance): Map<string, string[]> {
  const methodsByUrl = new Map<string, string[]>();
  app.addHook('onRoute', ({ routePath, method }) => {
    methodsByUrl.set(routePath, [...(methodsByUrl.get(routePath) ?? []), ...[method].flat()]);
  });
  return methodsByUrl;
}

/** Another method than those of a route is the dialect's error, and not the service's. */
function rejectOtherMethods(
  app: FastifyInstance,
  methodsByUrl: ReadonlyMap<string, readonly string[]>,
): void {
  for (const [url, methods] of [...methodsByUrl]) {
    const others = METHODS.filter((method) => !methods.includes(method));
    const reject = async (_request: FastifyRequest, reply: FastifyReply) => {
      reply.header('allow', methods.join(', '));
      throw new ServiceError('method_not_allowed', 'Method Not Allowed');
    };
    app.route({ method: others, url, onRequest: reject, handler: reject });
  }
}

/** The option of a route that submits. */
export function submits({ metrics }: DialectParts) {
  return { onSend: countRejections(metrics) };
}

/** Submits what a dialect made of a request, with its own rule for the validation of code. */
export function submitAs(
  api: ApiName,
  parts: DialectParts,
  exchange: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  submission: ExecuteRequest,
  choices: Partial<SubmissionChoices> = {},
): Promise<ExecutionResult> {
  return submitRequest(parts, exchange, submission, {
    api,
    encoding: 'utf8',
    include: [],
    codeValidation: parts.config.compatCodeValidation,
    ...choices,
  });
}

/** Whose executions a request may see. */
export function callerOf(request: FastifyRequest): Caller {
  const { apiKey } = request;
  return { owner: apiKey === null ? ANYONE : `key:${apiKey.name}`, clientId: clientIdOf(request) };
}

/** The HTTP status of a rejection. */
export function statusOf({ code }: ServiceError): number {
  return ERROR_CATALOG[code].status;
}

/** What a client may read of a rejection. */
export function messageOf({ code, message }: ServiceError): string {
  return code === 'internal_error' ? 'An internal error occurred' : message;
}

/** The findings for which code was rejected, as a compiler writes them. Throws any other error again. */
export function rejectionText(error: unknown): string {
  if (!(error instanceof ServiceError) || error.code !== 'code_rejected') throw error;
  const lines = (error.findings ?? []).map(
    ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}\n`,
  );
  return `${error.message}\n${lines.join('')}`;
}

/** Whether a submission was rejected for its options of the compiler. */
export function isAboutOptions({ errors = [] }: ServiceError): boolean {
  return errors.some(({ path }) => path.startsWith('compile_options'));
}
