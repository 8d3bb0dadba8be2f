// Where clients of other services put their key.

import type { FastifyRequest } from 'fastify';

const HEADERS = ['x-api-key', 'x-auth-token', 'x-rapidapi-key', 'x-apihub-key'];
/** Judge0's clients send their administrator's key beside the one that they use for the rest. */
const ADMIN_HEADER = 'x-auth-user';
const QUERY_PARAMETER = 'X-Auth-Token';

/** The keys that a request offers. `Authorization` may be without a scheme. */
export function offeredKeys({ headers, query, routeOptions }: FastifyRequest): string[] {
  const [, scheme = '', key = ''] = /^(?:(\S+) +)?(\S+)$/.exec(headers.authorization ?? '') ?? [];
  const isOther = scheme !== '' && !/^(bearer|token)$/i.test(scheme);
  const offered = [
    routeOptions.config.scope === 'admin' ? headers[ADMIN_HEADER] : '',
    isOther ? '' : key,
    ...HEADERS.map((name) => headers[name]),
    (query as Record<string, unknown> | undefined)?.[QUERY_PARAMETER],
  ];
  return offered.filter((each) => typeof each === 'string').filter((each) => each !== '');
}
