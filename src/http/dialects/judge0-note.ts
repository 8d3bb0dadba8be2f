// What Judge0's API keeps with an execution: the attributes that a client may ask for again. They are compressed, as they
// contain the source.

import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Judge0Attributes } from './judge0-attributes.ts';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);
const BYTES = ['source_code', 'stdin', 'expected_output'] as const;

export async function noteOf(attributes: Judge0Attributes): Promise<string> {
  const texts = Object.fromEntries(BYTES.map((name) => [name, attributes[name]?.toString('base64') ?? null]));
  return (await deflate(JSON.stringify({ ...attributes, ...texts }))).toString('base64');
}

export async function attributesIn(note: string): Promise<Judge0Attributes> {
  const kept = JSON.parse((await inflate(Buffer.from(note, 'base64'))).toString('utf8'));
  const bytes = BYTES.map((name) => [name, kept[name] === null ? null : Buffer.from(kept[name], 'base64')]);
  return { ...kept, ...Object.fromEntries(bytes) };
}
