// Reads a request in the one form that the gateway takes: a plain path, no parameter twice, a bounded JSON body. What
// could be read in two ways is refused, whichever of them the engine would choose.

import type { IncomingMessage } from 'node:http';
import { Refusal, shown } from './refusal.ts';

export interface Target {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Segments of letters that stand for themselves; none begins with a dot. */
const PATH = /^(?:\/[A-Za-z0-9_][A-Za-z0-9_.:@-]*)+$/;
const MAX_TARGET_CHARACTERS = 2048;

/** Throws a `Refusal`. */
export function parseTarget(url: string): Target {
  if (url.length > MAX_TARGET_CHARACTERS)
    throw new Refusal(`the path is longer than ${MAX_TARGET_CHARACTERS} characters`);
  const [path = '', search, ...rest] = url.split('?');
  if (!PATH.test(path) || path.includes('..')) throw new Refusal(`the path is not plain: ${shown(path)}`);
  if (/^\/v\d/.test(path)) throw new Refusal('paths must be without the version of the API');
  if (rest.length > 0 || search?.includes(';') || search?.includes('#'))
    throw new Refusal('the query is not plain');
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(search ?? '')) {
    if (Object.hasOwn(query, name)) throw new Refusal(`the parameter ${shown(name)} is there twice`);
    query[name] = value;
  }
  return { path, query };
}

/** Throws a `Refusal` unless the parameters are these, with these values; those that are `null` may have any. */
export function requireQuery(
  query: Readonly<Record<string, string>>,
  allowed: Readonly<Record<string, string | null>>,
): void {
  for (const [name, value] of Object.entries(query)) {
    if (!Object.hasOwn(allowed, name)) throw new Refusal(`the parameter ${shown(name)} is not allowed`);
    const wanted = allowed[name];
    if (wanted !== null && value !== wanted)
      throw new Refusal(`the parameter ${name} must be ${shown(wanted)}, got ${shown(value)}`);
  }
  const missing = Object.keys(allowed).find((name) => !Object.hasOwn(query, name));
  if (missing !== undefined) throw new Refusal(`the parameter ${missing} is missing`);
}

/** Throws a `Refusal` when the body is not JSON or larger than `maxBytes`. */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const type = request.headers['content-type'];
  if (type !== 'application/json') throw new Refusal(`the body must be application/json, got ${shown(type)}`);
  const text = (await readBytes(request, maxBytes)).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal('the body is not JSON');
  }
}

/** Throws a `Refusal` when there is a body. */
export async function requireNoBody(request: IncomingMessage): Promise<void> {
  if ((await readBytes(request, 0)).length > 0) throw new Refusal('the request must be without a body');
}

async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new Refusal(
        maxBytes === 0 ? 'the request must be without a body' : `the body is larger than ${maxBytes} bytes`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
