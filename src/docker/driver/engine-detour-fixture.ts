// A connection to an engine that a test can block or cut, while the engine itself goes on serving other tests.

import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDockerEngine, type DockerEngine } from '../engine.ts';

/** A way to an engine that passes everything on until it is blocked: then it takes connections and stays silent. */
export interface Detour extends AsyncDisposable {
  readonly engine: DockerEngine;
  /** Takes whatever comes and passes nothing on, neither way; also of connections that are open. */
  block(): void;
  /** Ends all connections and refuses new ones, as an engine does that dies. */
  cut(): Promise<void>;
}

/** `address` is that of an engine, or `null` for one that never answers. */
export async function startDetour(address: string | null): Promise<Detour> {
  const directory = await mkdtemp(join(tmpdir(), 'docker-detour-'));
  const path = join(directory, 'docker.sock');
  const sockets = new Set<Socket>();
  let blocked = address === null;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    keep(near);
    if (address === null || blocked) return;
    const far = createConnection({ ...placeOf(address), allowHalfOpen: true });
    keep(far);
    near.pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  server.listen(path);
  await once(server, 'listening');
  const engine = createDockerEngine(`unix://${path}`);
  const cut = async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    engine,
    block: () => {
      blocked = true;
      for (const socket of sockets) socket.unpipe();
    },
    cut,
    [Symbol.asyncDispose]: async () => {
      await engine.close();
      await cut();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function placeOf(address: string) {
  if (address.startsWith('unix://')) return { path: address.slice('unix://'.length) };
  const { hostname, port } = new URL(address.replace(/^tcp:/, 'http:'));
  return { host: hostname, port: Number(port) };
}
