// A proxy in front of Redis that can be cut without a sign: connections stay open, and nothing passes, as when a network
// drops packets. What was sent meanwhile arrives when it is mended.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface RedisProxy extends AsyncDisposable {
  readonly port: number;
  cut(): void;
  mend(): void;
}

export async function startRedisProxy(redisPort: number): Promise<RedisProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('data', (bytes) => other.write(bytes));
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
    if (isCut) socket.pause();
  };
  const server = createServer((client) => {
    const redis = connect({ port: redisPort, host: '127.0.0.1' });
    keep(client, redis);
    keep(redis, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    port,
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.pause();
    },
    mend: () => {
      isCut = false;
      for (const socket of sockets) socket.resume();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
