// Joins the stream of a client that attaches to a container with the engine's stream of that container.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DockerEngine } from '../engine.ts';
import type { BoxRegister } from './box-register.ts';
import { parseTarget, requireQuery } from './parse-request.ts';
import { Refusal } from './refusal.ts';
import { ATTACH_PATH, ATTACH_QUERY } from './routes.ts';

const ATTACH_MS = 60_000;
const SWITCHED =
  'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n';

/** Resolves when both are joined. Throws a `Refusal` or an `EngineError`; then nothing was written to the client. */
export async function attach(
  parts: { readonly engine: DockerEngine; readonly boxes: BoxRegister },
  request: IncomingMessage,
  client: Duplex,
  first: Buffer,
): Promise<void> {
  const id = requireAttach(request);
  parts.boxes.requireOwn(id);
  if (!parts.boxes.claimAttach(id)) throw new Refusal('another client has attached to the container already');
  const container = await parts.engine.attach(id, ATTACH_MS);
  container.on('error', () => client.destroy());
  client.on('error', () => container.destroy());
  client.once('close', () => container.destroy());
  if (client.destroyed) return void container.destroy();
  client.write(SWITCHED);
  if (first.length > 0) container.write(first);
  client.pipe(container); // the end of the client's input is the end of the container's
  container.pipe(client);
}

/** The container of a request that is an attachment in the one form that there is. Throws a `Refusal`. */
function requireAttach({ method, url = '', headers }: IncomingMessage): string {
  const { path, query } = parseTarget(url);
  const id = ATTACH_PATH.exec(path)?.[1];
  if (method !== 'POST' || id === undefined)
    throw new Refusal(`${method} ${path.slice(0, 200)} is not for changing the protocol`);
  if (headers.upgrade !== 'tcp') throw new Refusal('the protocol must be tcp');
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
  if (hasBody) throw new Refusal('the request must be without a body');
  requireQuery(query, ATTACH_QUERY);
  return id;
}
