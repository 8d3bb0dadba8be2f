// Asks whether the service is alive, or at `unix:///PATH` the gateway, and exits with 0 if it is. For the health checks of
// containers, which may have no other program that speaks HTTP.

import { get } from 'node:http';

const TIMEOUT_MS = 4000;

const socketPath = /^unix:\/\/(.+)$/.exec(process.argv[2] ?? '')?.[1];
const target = socketPath
  ? { socketPath, path: '/_ping' }
  : { host: '127.0.0.1', port: Number(process.env.PORT || 3004), path: '/health/live' };
const request = get({ ...target, timeout: TIMEOUT_MS }, (answer) => {
  answer.resume();
  process.exitCode = answer.statusCode === 200 ? 0 : 1;
});
request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
request.on('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
