// The headers that every answer has: its request's id, and what keeps a browser from misusing it.

import type { IncomingMessage } from 'node:http';
import type { FastifyReply } from 'fastify';
import { createIdentifier } from '../identifier.ts';

const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

/** The caller's own id when it is short and plain, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9._:-]{1,128}$/.test(given) ? given : createIdentifier();
}

/** Sets the headers of an answer before anything else can answer. */
export function setCommonHeaders(reply: FastifyReply): void {
  reply.headers({ ...SECURITY_HEADERS, 'cache-control': 'no-store', 'x-request-id': reply.request.id });
}
