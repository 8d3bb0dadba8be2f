// Rate limits of clients and their users: counts requests and executions, rejects those over a limit, and reports in
// headers what is left. It knows nothing of where the counts are stored.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { clientIdOf } from '../access/client.ts';
import type { Counter, RateCounters, Standing } from '../access/rate-counters.ts';
import { ServiceError } from '../errors.ts';
import type { Config } from '../settings/config.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Limits that the request was counted against so far. */
    limits: readonly CountedLimit[] | null;
  }
}

const REQUESTS = 'requests';
const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;

export type LimitSettings = Pick<
  Config,
  'requestsPerMinute' | 'executionsPerDay' | 'userExecutionsPerMinute' | 'userExecutionsPerDay'
>;

/** A counter with the words for it; `policy` is its name in the headers. */
interface Limit extends Counter {
  readonly policy: string;
  readonly what: string;
}

interface CountedLimit {
  readonly limit: Limit;
  readonly standing: Standing;
}

/** For the response schemas of routes whose requests are counted. */
export const LIMIT_HEADERS = {
  'RateLimit-Limit': Type.Integer({ description: 'What the nearest limit allows in its window.' }),
  'RateLimit-Remaining': Type.Integer({ description: 'What is left of it.' }),
  'RateLimit-Reset': Type.Integer({ description: 'Seconds until its window ends.' }),
  'RateLimit-Policy': Type.String({ description: 'All limits, as `"name";q=QUOTA;w=SECONDS`.' }),
};

export interface RateLimits {
  /** Counts a request of a client. Rejects with `rate_limited`. */
  takeRequest(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Counts executions, one for each entry: its user, or `null`. All are counted or, with `rate_limited`, none. */
  takeExecutions(
    request: FastifyRequest,
    reply: FastifyReply,
    users: readonly (string | null)[],
  ): Promise<void>;
  /** Uncounts what `takeExecutions` counted for a request that ran nothing, or of it only what these users did not run. */
  giveBackExecutions(request: FastifyRequest, users?: readonly (string | null)[]): Promise<void>;
}

export function createRateLimits(settings: LimitSettings, counters: RateCounters): RateLimits {
  const take = async (request: FastifyRequest, reply: FastifyReply, limits: readonly Limit[]) => {
    const inForce = limits.filter(({ limit }) => limit > 0);
    if (inForce.length === 0) return;
    const { isAllowed, standings } = await counters.take(clientIdOf(request), inForce);
    const counted = inForce.map((limit, index) => ({ limit, standing: standings[index] as Standing }));
    request.limits = [...(request.limits ?? []), ...counted];
    setLimitHeaders(reply, request.limits);
    if (!isAllowed) throw rateLimited(counted);
  };
  return {
    takeRequest: (request, reply) => take(request, reply, [requestLimit(request, settings)]),
    takeExecutions: (request, reply, users) =>
      take(request, reply, executionLimits(request, settings, users)),
    giveBackExecutions: async (request, users) => {
      const counted = (request.limits ?? [])
        .map(({ limit }) => limit)
        .filter(({ name }) => name !== REQUESTS);
      const returned = users === undefined ? counted : executionLimits(request, settings, users);
      const inForce = returned.filter(({ limit, cost }) => limit > 0 && cost > 0);
      if (inForce.length === 0) return;
      await counters.take(
        clientIdOf(request),
        inForce.map((limit) => ({ ...limit, cost: -limit.cost })),
      );
    },
  };
}

/** Counts every request except those of open routes. */
export function countRequests(app: FastifyInstance, limits: RateLimits): void {
  app.addHook('preParsing', async (request, reply) => {
    if (!request.is404 && !request.routeOptions.config.open) await limits.takeRequest(request, reply);
  });
}

function requestLimit({ apiKey }: FastifyRequest, settings: LimitSettings): Limit {
  return {
    name: REQUESTS,
    policy: 'requests-per-minute',
    what: `requests a minute ${ofClient(apiKey)}`,
    limit: apiKey?.requestsPerMinute ?? settings.requestsPerMinute,
    windowSeconds: MINUTE_SECONDS,
    cost: 1,
  };
}

function executionLimits(
  { apiKey }: FastifyRequest,
  settings: LimitSettings,
  users: readonly (string | null)[],
): Limit[] {
  const ofAll: Limit = {
    name: 'executions',
    policy: 'executions-per-day',
    what: `executions a day ${ofClient(apiKey)}`,
    limit: apiKey?.executionsPerDay ?? settings.executionsPerDay,
    windowSeconds: DAY_SECONDS,
    cost: users.length,
  };
  const perUser = Object.entries(
    Object.groupBy(
      users.filter((user) => user !== null),
      (user) => user,
    ),
  );
  return [ofAll, ...perUser.flatMap(([user, same = []]) => userLimits(settings, user, same.length))];
}

function userLimits(settings: LimitSettings, user: string, cost: number): Limit[] {
  const ofUser = `of the user ${user}`;
  return [
    {
      name: `user-minute:${user}`,
      policy: 'user-executions-per-minute',
      what: `executions a minute ${ofUser}`,
      limit: settings.userExecutionsPerMinute,
      windowSeconds: MINUTE_SECONDS,
      cost,
    },
    {
      name: `user-day:${user}`,
      policy: 'user-executions-per-day',
      what: `executions a day ${ofUser}`,
      limit: settings.userExecutionsPerDay,
      windowSeconds: DAY_SECONDS,
      cost,
    },
  ];
}

function ofClient(apiKey: FastifyRequest['apiKey']): string {
  return apiKey === null ? 'from one address' : `with the key ${apiKey.name}`;
}

/** Reports the nearest limit, since most clients read only one, and lists all as policies. */
function setLimitHeaders(reply: FastifyReply, counted: readonly CountedLimit[]): void {
  const [nearest] = counted.toSorted((one, other) => leftOf(one) - leftOf(other));
  if (nearest === undefined) return;
  const policies = new Map(counted.map(({ limit }) => [limit.policy, limit]));
  reply.headers({
    'ratelimit-limit': nearest.limit.limit,
    'ratelimit-remaining': leftOf(nearest),
    'ratelimit-reset': Math.ceil(nearest.standing.resetSeconds),
    'ratelimit-policy': [...policies.values()]
      .map(({ policy, limit, windowSeconds }) => `"${policy}";q=${limit};w=${windowSeconds}`)
      .join(', '),
  });
}

function leftOf({ limit, standing }: CountedLimit): number {
  return Math.max(0, limit.limit - standing.used);
}

/** Names the exceeded limit whose window ends last: no retry succeeds before that. */
function rateLimited(counted: readonly CountedLimit[]): ServiceError {
  const over = counted.filter(({ limit, standing }) => standing.used + limit.cost > limit.limit);
  const [longest] = over.toSorted((one, other) => other.standing.resetSeconds - one.standing.resetSeconds);
  const { limit, standing } = longest ?? (counted[0] as CountedLimit);
  const requested = limit.cost > 1 ? `, ${limit.cost} more were requested` : '';
  const message = `At most ${limit.limit} ${limit.what} are allowed, ${standing.used} were used${requested}`;
  return new ServiceError('rate_limited', message, { retryAfterSeconds: standing.resetSeconds });
}
