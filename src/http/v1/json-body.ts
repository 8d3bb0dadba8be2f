// Reads a JSON body. Rejects what is not UTF-8, not JSON or larger than its fields may be, with a hint at the place, and
// keys that could reach a prototype.

import { webcrypto } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../../errors.ts';
import { type Shape, type ShapeBounds, shapeOf } from '../../json-shape.ts';
import { shown } from '../../submissions/field-reason.ts';
import { KIB } from '../../units.ts';
import { utf8Fault } from '../utf8-fault.ts';
import { type BodySettings, batchBounds, bodyBounds, problemBounds, shapeError } from './body-bounds.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body has many requests. */
    isBatch?: boolean;
    /** The body is a problem, which may have more tests than a request. */
    isProblem?: boolean;
  }
  interface FastifyRequest {
    /** SHA-256 of the body, of a request with an `Idempotency-Key`; computed beside the event loop. */
    bodyDigest: Promise<string> | null;
  }
}

/** A parameter of Content-Type, quoted or not. */
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/gi;
/** Of a message of the engine, which may quote the text. */
const MAX_PLACE_LENGTH = 100;
const MIN_RELEASED_BYTES = 64 * KIB;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const EMPTY_BODY = 'The body is empty, it must be JSON';

/** Makes `application/json` in UTF-8 the only media type that a body may have. */
export function acceptJsonBodies(app: FastifyInstance, settings: BodySettings): void {
  const bounds = bodyBounds(settings);
  const boundsOfBatch = batchBounds(settings);
  const boundsOfProblem = problemBounds(settings);
  app.decorateRequest('bodyDigest', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (request.headers['content-length'] === undefined) request.chunkedBytes = body.length;
    const error = encodingError(request.headers);
    if (error !== null) return done(error);
    const mayBeEmpty = request.method === 'DELETE' || request.routeOptions.config.mayBeEmpty;
    if (body.length === 0 && mayBeEmpty) return done(null, undefined);
    if (body.length === 0) return done(new ServiceError('invalid_request', EMPTY_BODY));
    try {
      const { isBatch, isProblem } = request.routeOptions.config;
      const own = isBatch ? boundsOfBatch : isProblem ? boundsOfProblem : bounds;
      const value = parse(body, own, settings);
      if (request.headers['idempotency-key'] !== undefined) request.bodyDigest = digestOf(body);
      else release(body);
      done(null, value);
    } catch (error) {
      done(error as ServiceError);
    }
  });
  // Without a body no parser is called, and the schema would take what is missing for `null`.
  app.addHook('preValidation', async ({ body, routeOptions }) => {
    if (body === undefined && routeOptions.schema?.body !== undefined && !routeOptions.config.mayBeEmpty) {
      throw new ServiceError('invalid_request', EMPTY_BODY);
    }
  });
}

/**
 * Frees a body that was read. Left to the collector, large ones make it search the whole heap every few requests, which
 * takes several times as long as reading them.
 */
function release({ buffer, length }: Buffer): void {
  if (length >= MIN_RELEASED_BYTES && length === buffer.byteLength) (buffer as ArrayBuffer).transfer(0);
}

async function digestOf(body: Buffer): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', body as Buffer<ArrayBuffer>)).toString(
    'base64',
  );
}

/** JSON is UTF-8 between systems (RFC 8259); another encoding would be read as other characters. */
function encodingError(headers: IncomingHttpHeaders): ServiceError | null {
  const contentEncoding = headers['content-encoding'] ?? 'identity';
  if (contentEncoding.toLowerCase() !== 'identity') {
    const message = 'Compressed bodies are not supported';
    return new ServiceError('unsupported_media_type', message);
  }
  const charsets = [...(headers['content-type'] ?? '').matchAll(CHARSET)].map(([, charset = '']) => charset);
  const other = charsets.find((charset) => !/^utf-?8$/i.test(charset));
  if (other === undefined) return null;
  return new ServiceError(
    'unsupported_media_type',
    `The charset of the body must be utf-8, got ${shown(other)}`,
  );
}

/** Reads a JSON text that came in another way than as a body, within the same bounds. */
export function createJsonReader(
  settings: BodySettings,
  moreStrings: Readonly<Record<string, number>> = {},
): (bytes: Buffer) => unknown {
  const { stringBytes, ...others } = bodyBounds(settings);
  const bounds = { ...others, stringBytes: new Map([...stringBytes, ...Object.entries(moreStrings)]) };
  return (bytes) => {
    try {
      return parse(bytes, bounds, settings);
    } catch (error) {
      throw error instanceof ServiceError ? ofMessage(error) : error;
    }
  };
}

/** What is said of a body, said of a message. */
function ofMessage({ code, message, errors }: ServiceError): ServiceError {
  return new ServiceError(code, message.replace(/\bbody\b/g, 'message'), errors && { errors });
}

/** Throws a `ServiceError` for what is not JSON within the bounds. */
function parse(body: Buffer, bounds: ShapeBounds, settings: BodySettings): unknown {
  const encoding = utf8Fault(body);
  if (encoding !== null) throw new ServiceError('invalid_request', encoding);
  const { fault, oddNumber } = shapeOf(body, bounds);
  if (fault !== null) throw shapeError(fault, bounds, settings);
  const value = parseText(body, oddNumber);
  if (reachesPrototype(value)) {
    throw new ServiceError('invalid_request', 'The body must not have a key named __proto__ or constructor');
  }
  return value;
}

function parseText(body: Buffer, oddNumber: Shape['oddNumber']): unknown {
  try {
    const hasMark = BYTE_ORDER_MARK.equals(body.subarray(0, BYTE_ORDER_MARK.length));
    return JSON.parse(body.toString('utf8', hasMark ? BYTE_ORDER_MARK.length : 0));
  } catch (error) {
    throw syntaxError(body, error as Error, oddNumber);
  }
}

function syntaxError(body: Buffer, error: Error, oddNumber: Shape['oddNumber']): ServiceError {
  if (oddNumber !== null) {
    const { field, written } = oddNumber;
    const message = `${field} must be a JSON number, got ${written}`;
    return new ServiceError('invalid_request', message, { errors: [{ path: field, message }] });
  }
  const isWide = body[0] === 0 || body[1] === 0;
  const hint = isWide ? ': it looks like UTF-16, it must be UTF-8' : placeIn(error);
  return new ServiceError('invalid_request', `The body is not valid JSON${hint}`);
}

/** Where the engine stopped reading, as ` at line 1, column 20`; empty when it does not say. */
function placeIn(error: Error): string {
  const place = /\(line (\d+) column (\d+)\)/.exec(error.message.slice(-MAX_PLACE_LENGTH));
  return place ? ` at line ${place[1]}, column ${place[2]}` : '';
}

/** Whether a key could reach a prototype. The value is as shallow and small as the bounds say. */
function reachesPrototype(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.hasOwn(value, '__proto__')) return true;
  const { constructor: made } = value as { constructor: unknown };
  if (Object.hasOwn(value, 'constructor') && Object.hasOwn(Object(made), 'prototype')) return true;
  return Object.values(value).some(reachesPrototype);
}
