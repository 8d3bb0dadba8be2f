// Reads a JSON body. Refuses what is not JSON with a hint at the place, and keys that could reach a prototype.

import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../errors.ts';

/** A field whose value is a number that JSON does not have; quotes inside JSON strings are escaped, so never match. */
const NOT_A_JSON_NUMBER = /"([A-Za-z_]{1,40})"\s*:\s*([+-]?(?:NaN|Infinity))\b/;

/** Makes `application/json` the only media type that a body may have. */
export function acceptJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding.toLowerCase() !== 'identity')
      return done(
        new ServiceError(
          'unsupported_media_type',
          'The body must be sent as it is, without Content-Encoding',
        ),
      );
    if (body.length === 0)
      return done(new ServiceError('invalid_request', 'The body is empty, it must be JSON'));
    parse(request, body, (error, value) => (error ? done(syntaxProblem(body)) : done(null, value)));
  });
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
