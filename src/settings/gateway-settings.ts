// The settings of the gateway in front of a Docker engine, beside those that it shares with the service. They are part
// of the one table in config.ts.

import { flag, integer, text } from './setting.ts';

export const GATEWAY_SETTINGS = {
  gatewayListen: text('GATEWAY_LISTEN', {
    default: 'unix:///run/code-execution-service/docker.sock',
    pattern: /^(unix:\/\/\/\S{1,100}|tcp:\/\/[A-Za-z0-9.:[\]-]{1,255}:\d{1,5})$/,
    allowed: 'unix:///PATH or tcp://HOST:PORT',
    meaning:
      'Where `npm run docker-gateway` listens: it lets the service make boxes with the engine of its own `DOCKER_HOST`, and do nothing else there.',
  }),
  gatewayName: text('GATEWAY_NAME', {
    default: 'default',
    pattern: /^[A-Za-z0-9._-]{1,64}$/,
    allowed: 'letters, digits and `.` `_` `-`, at most 64',
    meaning:
      'Tells apart the gateways of one engine: each shows only the containers that were made through it.',
  }),
  gatewayPull: flag(
    'GATEWAY_PULL',
    false,
    'Whether images of `IMAGE_REPOSITORY` may be pulled through the gateway.',
  ),
  gatewayMaxContainers: integer(
    'GATEWAY_MAX_CONTAINERS',
    256,
    1,
    4096,
    'Containers that there may be through the gateway at the same time.',
  ),
  gatewayMaxMemoryMb: integer(
    'GATEWAY_MAX_MEMORY_MB',
    2048,
    64,
    1_048_576,
    'Most MB of memory that a container made through the gateway may have.',
  ),
};
