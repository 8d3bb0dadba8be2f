// The settings of how much each may use, and of how requests reach the service. They are part of the one table in
// config.ts.

import { integer, trustedProxies } from './setting.ts';

const MOST = 1_000_000_000;

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
};
