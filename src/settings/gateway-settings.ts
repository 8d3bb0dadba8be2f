// The settings of the gateway in front of a Docker engine, except those it shares with the service. They are part of
// the table in config.ts.

import { flag, integer, text } from './setting.ts';

export const GATEWAY_SETTINGS = {
  gatewayListen: text('GATEWAY_LISTEN', {
    default: 'unix:///run/code-execution-service/docker.sock',
    pattern: /^(unix:\/\/\/\S{1,100}|tcp:\/\/[A-Za-z0-9.:[\]-]{1,255}:\d{1,5})$/,
    allowed: 'unix:///PATH or tcp://HOST:PORT',
    meaning:
      "Address of `npm run docker-gateway`, through which the service can create boxes, and nothing else, on the engine of the gateway's own `DOCKER_HOST`.",
  }),
  gatewayName: text('GATEWAY_NAME', {
    default: 'default',
    pattern: /^[A-Za-z0-9._-]{1,64}$/,
    allowed: 'letters, digits and `.` `_` `-`, at most 64',
    meaning:
      'Name that distinguishes the gateways of one engine: each shows only the containers that it created.',
  }),
  gatewayPull: flag(
    'GATEWAY_PULL',
    false,
    'Whether the gateway allows pulling images of `IMAGE_REPOSITORY`.',
  ),
  gatewayMaxContainers: integer(
    'GATEWAY_MAX_CONTAINERS',
    256,
    1,
    4096,
    'Most containers that the gateway allows at the same time.',
  ),
  gatewayMaxMemoryMb: integer(
    'GATEWAY_MAX_MEMORY_MB',
    2048,
    64,
    1_048_576,
    'Most MB of memory for one container of the gateway.',
  ),
};
