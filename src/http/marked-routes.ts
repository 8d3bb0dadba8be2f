// Marks the routes of an API with its name, by which the metrics count them.

import type { FastifyInstance } from 'fastify';
import type { ApiName } from '../submissions/submission.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The API that the route belongs to. */
    api?: ApiName;
  }
}

/** Call it before the routes are added. */
export function markRoutes(app: FastifyInstance, api: ApiName): void {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, api };
  });
}
