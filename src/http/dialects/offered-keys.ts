// Where clients of other services put their key.

import type { FastifyRequest } from 'fastify';

const HEADERS = ['x-api-key', 'x-auth-token', 'x-rapidapi-key', 'x-apihub-key'];
const QUERY_PARAMETER = 'X-Auth-Token';

/** The keys that a request offers. `Authorization` may be without a scheme. */
export function offeredKeys({ headers, query }: FastifyRequest): string[] {
  const [, scheme = '', key = ''] = /^(?:(\S+) +)?(\S+)$/.exec(headers.authorization ?? '') ?? [];
  const isOther = scheme !== '' && !/^(bearer|token)$/i.test(scheme);
  const offered = [
    isOther ? '' : key,
    ...HEADERS.map((name) => headers[name]),
    (query as Record<string, unknown> | undefined)?.[QUERY_PARAMETER],
  ];
  return offered.filter((each) => typeof each === 'string').filter((each) => each !== '');
}
