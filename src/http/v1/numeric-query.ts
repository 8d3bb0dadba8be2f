// Numbers in queries: a query is text, and the schema, which coerces nothing, wants a number where there is one.

import type { FastifyRequest } from 'fastify';

/** The hook `preValidation` of a route whose query has numbers by these names. What is no number stays as it is. */
export function readNumbers(names: readonly string[]) {
  return async (request: FastifyRequest): Promise<void> => {
    const query = request.query as Record<string, unknown>;
    for (const name of names) {
      const written = query[name];
      if (typeof written === 'string' && /^-?\d{1,15}(\.\d{1,17})?(e[+-]?\d{1,3})?$/i.test(written))
        query[name] = Number(written);
    }
  };
}
