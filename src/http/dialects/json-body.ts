// Reads the JSON bodies of dialects. As version 1 does, it bounds what a body costs before it is parsed.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServiceError } from '../../errors.ts';
import { type ShapeBounds, shapeOf } from '../../json-shape.ts';
import { REQUEST_SIZES } from '../../limits.ts';
import { utf8Fault } from '../utf8-fault.ts';

const MAX_DEPTH = 20;
const MAX_VALUES = 20_000;
/** A character may be written as an escape of six bytes. */
const MAX_STRING_BYTES = 6 * REQUEST_SIZES.textBytes;
const BOUNDS: ShapeBounds = {
  depth: MAX_DEPTH,
  values: MAX_VALUES,
  stringBytes: new Map(),
  otherStringBytes: MAX_STRING_BYTES,
};
const BYTE_ORDER_MARK = '\ufeff';

/** A JSON object; what else a body may be counts as one without fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** Adds a parser for JSON in these media types. An empty body is `undefined`. */
export function acceptJson(app: FastifyInstance, mediaTypes: readonly string[] = ['application/json']): void {
  app.addContentTypeParser([...mediaTypes], { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    countChunked(request, body);
    try {
      done(null, body.length === 0 ? undefined : parseJson(body));
    } catch (error) {
      done(error as ServiceError);
    }
  });
}

/** Adds a parser for forms, whose fields are all texts. */
export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (request, body: Buffer, done) => {
      countChunked(request, body);
      done(null, Object.fromEntries(new URLSearchParams(body.toString('utf8'))));
    },
  );
}

/** The body budget asks for the bytes of a body without `Content-Length`. */
function countChunked(request: FastifyRequest, body: Buffer): void {
  if (request.headers['content-length'] === undefined) request.chunkedBytes = body.length;
}

/** Throws `invalid_request`. A key that could reach a prototype is an ordinary one of an object without prototype. */
function parseJson(body: Buffer): unknown {
  const encoding = utf8Fault(body);
  if (encoding !== null) throw new ServiceError('invalid_request', encoding);
  const { fault } = shapeOf(body, BOUNDS);
  if (fault !== null) throw new ServiceError('too_large', `The body has too much in ${fault.field || 'it'}`);
  const text = body.toString('utf8');
  try {
    return JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text, withoutPrototype);
  } catch {
    throw new ServiceError('invalid_request', 'The body is not valid JSON');
  }
}

function withoutPrototype(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

export function fieldsOf(body: unknown): Fields {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Fields) : {};
}
