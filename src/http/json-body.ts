// Reads a JSON body. Refuses what is not JSON with a hint at the place, and keys that could reach a prototype.

import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../errors.ts';
import { shown } from '../execution/problems.ts';

/** A field whose value is a number that JSON does not have; quotes inside JSON strings are escaped, so never match. */
const NOT_A_JSON_NUMBER = /"([A-Za-z_]{1,40})"\s*:\s*([+-]?(?:NaN|Infinity))\b/;

/** A parameter of Content-Type, quoted or not. */
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/gi;
const EMPTY_BODY = 'The body is empty, it must be JSON';

/** Makes `application/json` in UTF-8 the only media type that a body may have. */
export function acceptJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (request.headers['content-length'] === undefined) request.chunkedBytes = Buffer.byteLength(body);
    const refusal = encodingProblem(request.headers);
    if (refusal !== null) return done(refusal);
    if (body.length === 0 && request.routeOptions.config.mayBeEmpty) return done(null, undefined);
    if (body.length === 0) return done(new ServiceError('invalid_request', EMPTY_BODY));
    parse(request, body, (error, value) => (error ? done(syntaxProblem(body)) : done(null, value)));
  });
  // Without a body no parser is called, and the schema would take what is missing for `null`.
  app.addHook('preValidation', async ({ body, routeOptions }) => {
    if (body === undefined && routeOptions.schema?.body !== undefined && !routeOptions.config.mayBeEmpty) {
      throw new ServiceError('invalid_request', EMPTY_BODY);
    }
  });
}

/** JSON is UTF-8 between systems (RFC 8259); another encoding would be read as other characters. */
function encodingProblem(headers: IncomingHttpHeaders): ServiceError | null {
  const contentEncoding = headers['content-encoding'] ?? 'identity';
  if (contentEncoding.toLowerCase() !== 'identity') {
    const message = 'The body must be sent as it is, without Content-Encoding';
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

function syntaxProblem(body: string): ServiceError {
  const [, field, value] = NOT_A_JSON_NUMBER.exec(body) ?? [];
  if (field && value) {
    const message = `${field} must be a JSON number, got ${value}`;
    return new ServiceError('invalid_request', message, { errors: [{ path: field, message }] });
  }
  return new ServiceError('invalid_request', `The body is not valid JSON${placeOf(body)}`);
}

/** Where the engine stopped reading, as ` at line 1, column 20`; empty when it does not say. */
function placeOf(body: string): string {
  try {
    JSON.parse(body);
    return ': it has a key named __proto__ or constructor';
  } catch (error) {
    const place = /\(line (\d+) column (\d+)\)/.exec((error as Error).message);
    return place ? ` at line ${place[1]}, column ${place[2]}` : '';
  }
}
