// Bodies that are bytes: taken as they come, whatever they are.

import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../../errors.ts';

/** `mediaType` is the one whose bodies are taken as bytes, or `*` for every one. */
export function acceptRawBodies(app: FastifyInstance, mediaType: string): void {
  if (mediaType === '*') app.removeAllContentTypeParsers();
  app.addContentTypeParser(mediaType, { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (request.headers['content-length'] === undefined) request.chunkedBytes = body.length;
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding.toLowerCase() === 'identity') done(null, body);
    else done(new ServiceError('unsupported_media_type', 'Compressed bodies are not supported'));
  });
}
