// Bodies that are bytes: taken as they come, whatever they are.

import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../../errors.ts';

/** `mediaTypes` are those whose bodies are taken as bytes, or `*` for every one. */
export function acceptRawBodies(app: FastifyInstance, mediaTypes: readonly string[] | '*'): void {
  if (mediaTypes === '*') app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    mediaTypes === '*' ? mediaTypes : [...mediaTypes],
    { parseAs: 'buffer' },
    (request, body: Buffer, done) => {
      if (request.headers['content-length'] === undefined) request.chunkedBytes = body.length;
      const encoding = request.headers['content-encoding'] ?? 'identity';
      if (encoding.toLowerCase() === 'identity') done(null, body);
      else done(new ServiceError('unsupported_media_type', 'Compressed bodies are not supported'));
    },
  );
}
