// The settings of how much each may use, and of how requests reach the service. They are part of the one table in
// config.ts.

import { origins, trustedProxies } from './address-settings.ts';
import { integer } from './setting.ts';

const MOST = 1_000_000_000;
const MIB = 1024 * 1024;

export const ACCESS_SETTINGS = {
  requestsPerMinute: integer(
    'REQUESTS_PER_MINUTE',
    60_000,
    0,
    MOST,
    'Requests a minute with one key or, where no key is asked for, from one address; 0 is without limit.',
  ),
  executionsPerDay: integer(
    'EXECUTIONS_PER_DAY',
    0,
    0,
    MOST,
    'Executions a day (UTC) with one key, or from one address; 0 is without limit.',
  ),
  userExecutionsPerMinute: integer(
    'USER_EXECUTIONS_PER_MINUTE',
    30_000,
    0,
    MOST,
    'Executions a minute of one `user_id` within its key or address; 0 is without limit.',
  ),
  userExecutionsPerDay: integer(
    'USER_EXECUTIONS_PER_DAY',
    0,
    0,
    MOST,
    'Executions a day (UTC) of one `user_id` within its key or address; 0 is without limit.',
  ),
  trustedProxies: trustedProxies(
    'TRUST_PROXY',
    'Proxies whose `X-Forwarded-For` is believed. Without any, the address of a request is that of its connection.',
  ),
  corsOrigins: origins('CORS_ORIGINS', 'Origins whose pages may call the API from a browser.'),
  maxBodiesBytes: integer(
    'MAX_BODIES_BYTES',
    256 * MIB,
    MIB,
    65_536 * MIB,
    'Bytes of all requests under way together, at least `MAX_BODY_BYTES`; more are answered with 503.',
  ),
  maxConnections: integer(
    'MAX_CONNECTIONS',
    2048,
    1,
    100_000,
    'Connections at the same time; more are closed.',
  ),
  maxConnectionsPerAddress: integer(
    'MAX_CONNECTIONS_PER_ADDRESS',
    1024,
    1,
    100_000,
    'Connections of one address at the same time (of IPv6 its /64), or requests of one behind a proxy of `TRUST_PROXY`. When all of `MAX_CONNECTIONS` are taken, a newcomer gets one of the address that has most.',
  ),
  maxAnswersBytes: integer(
    'MAX_ANSWERS_BYTES',
    256 * MIB,
    65 * MIB,
    65_536 * MIB,
    'Bytes of outputs that are held for answers, until they are read; beyond it the client that holds most loses its largest answer.',
  ),
  requestTimeoutSeconds: integer(
    'REQUEST_TIMEOUT_SECONDS',
    64,
    1,
    3600,
    'Seconds in which a request must arrive, its headers within 15. The default is 16 MB at 2 Mbit/s.',
  ),
  answerTimeoutSeconds: integer(
    'ANSWER_TIMEOUT_SECONDS',
    30,
    1,
    3600,
    'Seconds after which a client is let go that reads nothing of its answer, or reads it slower than 2 Mbit/s in all.',
  ),
  keepAliveSeconds: integer(
    'KEEP_ALIVE_SECONDS',
    65,
    1,
    3600,
    'Seconds that a connection may be idle. More than the 60 of common proxies, so that they close it and not the service.',
  ),
  maxEventLoopDelayMs: integer(
    'MAX_EVENT_LOOP_DELAY_MS',
    1000,
    0,
    60_000,
    'Milliseconds that the event loop may be late on average for its own work; while it is later, requests are answered with 503. 0 is any time.',
  ),
};
