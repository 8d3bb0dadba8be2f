// The settings of rate limits, connections and the network side of requests. They are part of the table in config.ts.

import { MIB } from '../units.ts';
import { origins, trustedProxies } from './address-settings.ts';
import { integer } from './setting.ts';

const MOST = 1_000_000_000;

export const ACCESS_SETTINGS = {
  requestsPerMinute: integer(
    'REQUESTS_PER_MINUTE',
    60_000,
    0,
    MOST,
    'Requests per minute of one key or, if no key is required, of one address; 0 means no limit.',
  ),
  executionsPerDay: integer(
    'EXECUTIONS_PER_DAY',
    0,
    0,
    MOST,
    'Executions per day (UTC) of one key or address; 0 means no limit.',
  ),
  userExecutionsPerMinute: integer(
    'USER_EXECUTIONS_PER_MINUTE',
    30_000,
    0,
    MOST,
    'Executions per minute of one `user_id` within its key or address; 0 means no limit.',
  ),
  userExecutionsPerDay: integer(
    'USER_EXECUTIONS_PER_DAY',
    0,
    0,
    MOST,
    'Executions per day (UTC) of one `user_id` within its key or address; 0 means no limit.',
  ),
  trustedProxies: trustedProxies(
    'TRUST_PROXY',
    'Proxies whose `X-Forwarded-For` is trusted. If empty, the client address is that of the connection.',
  ),
  corsOrigins: origins('CORS_ORIGINS', 'Origins whose pages may call the API from a browser.'),
  maxBodiesBytes: integer(
    'MAX_BODIES_BYTES',
    256 * MIB,
    MIB,
    65_536 * MIB,
    'Most bytes of all request bodies in progress together, at least `MAX_BODY_BYTES`; further requests get a 503.',
  ),
  maxConnections: integer(
    'MAX_CONNECTIONS',
    2048,
    1,
    100_000,
    'Most open connections; further ones are closed.',
  ),
  maxConnectionsPerAddress: integer(
    'MAX_CONNECTIONS_PER_ADDRESS',
    1024,
    1,
    100_000,
    'Most open connections of one address (for IPv6 of one /64), or concurrent requests of one address behind a proxy in `TRUST_PROXY`. At `MAX_CONNECTIONS`, a new client replaces a connection of the address that has the most.',
  ),
  maxAnswersBytes: integer(
    'MAX_ANSWERS_BYTES',
    256 * MIB,
    65 * MIB,
    65_536 * MIB,
    'Most bytes of outputs held in memory until clients read their answers. Beyond it, the client that holds the most loses its largest answer.',
  ),
  requestTimeoutSeconds: integer(
    'REQUEST_TIMEOUT_SECONDS',
    64,
    1,
    3600,
    'Seconds in which a request must arrive completely; its headers must arrive within 15. The default allows 16 MB at 2 Mbit/s.',
  ),
  answerTimeoutSeconds: integer(
    'ANSWER_TIMEOUT_SECONDS',
    30,
    1,
    3600,
    'Close the connection if a client reads nothing of its answer for this many seconds, or reads it at less than 2 Mbit/s overall.',
  ),
  keepAliveSeconds: integer(
    'KEEP_ALIVE_SECONDS',
    65,
    1,
    3600,
    'Seconds that a connection may be idle. The default is above the 60 of common proxies, so that the proxy closes it first.',
  ),
  maxEventLoopDelayMs: integer(
    'MAX_EVENT_LOOP_DELAY_MS',
    1000,
    0,
    60_000,
    'Average delay of the event loop in milliseconds beyond which requests get a 503; 0 turns this off.',
  ),
};
