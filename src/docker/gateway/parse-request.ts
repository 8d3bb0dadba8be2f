// Reads a request in the one form that the gateway takes: a plain path, no parameter twice, a bounded JSON body. What
// could be read in two ways is refused, whichever of them the engine would choose.

import type { IncomingMessage } from 'node:http';
import { MIB } from '../../units.ts';
import { Refusal, shown } from './refusal.ts';

export interface Target {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Segments of letters that stand for themselves; none begins with a dot. */
const PATH = /^(?:\/[A-Za-z0-9_][A-Za-z0-9_.:@-]*)+$/;
const MAX_TARGET_CHARACTERS = 2048;
/** The driver's bodies have three levels. */
const MAX_NESTING = 16;
/** Of all bodies that are being read: a slow one holds what it has sent so far, and nobody up. */
const MAX_HELD_BYTES = 32 * MIB;

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

/** Reads bodies of all requests, which together hold a bounded part of the memory. */
export interface BodyReader {
  /**
   * Resolves with what the JSON holds. Throws a `Refusal` when it is not JSON, larger than `maxBytes` or nested deeper
   * than any of the driver's; without bytes allowed, when there is a body.
   */
  read(request: IncomingMessage, maxBytes: number): Promise<unknown>;
}

export function createBodyReader(): BodyReader {
  let held = 0; // bytes of all bodies

  async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        held += chunk.length;
        if (bytes > maxBytes) throw new Refusal(tooLarge(maxBytes));
        if (held > MAX_HELD_BYTES) throw new Refusal('there are too many bodies at once', 503);
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString('utf8');
    } finally {
      held -= bytes;
    }
  }

  return {
    async read(request, maxBytes) {
      const type = request.headers['content-type'];
      if (maxBytes > 0 && type !== 'application/json')
        throw new Refusal(`the body must be application/json, got ${shown(type)}`);
      const text = await readText(request, maxBytes);
      return maxBytes === 0 ? null : parse(text);
    },
  };
}

function tooLarge(maxBytes: number): string {
  return maxBytes === 0 ? 'the request must be without a body' : `the body is larger than ${maxBytes} bytes`;
}

function parse(text: string): unknown {
  requireShallow(text);
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal('the body is not JSON');
  }
}

/** Counts brackets outside of strings: what recurses over the value never sees a deep one. */
function requireShallow(text: string): void {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') isInString = !isInString;
    else if (isInString)
      at += character === '\\' ? 1 : 0; // what it escapes ends no string
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth > MAX_NESTING) throw new Refusal(`the body is nested deeper than ${MAX_NESTING} levels`);
  }
}
