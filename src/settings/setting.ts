// The kinds of settings: how each is read from a variable's text, and what it allows.

import { resolve } from 'node:path';
import { type TSchema, Type } from 'typebox';
import { format, itemsIn, type Setting, setting } from './checked-setting.ts';

/** Relative paths in settings are relative to it, wherever the service was started. */
export const PROJECT_ROOT = resolve(import.meta.dirname, '../..');

export function integer(
  name: string,
  fallback: number | { text: string; value: number },
  minimum: number,
  maximum: number,
  meaning: string,
): Setting<number> {
  const schema = Type.Integer({ minimum, maximum });
  return numeric(name, fallback, { schema, allowed: 'an integer', pattern: /^\d{1,15}$/ }, meaning);
}

export function decimal(name: string, fallback: number, minimum: number, maximum: number, meaning: string) {
  const pattern = /^\d{1,15}(\.\d{1,15})?$/;
  return numeric(
    name,
    fallback,
    { schema: Type.Number({ minimum, maximum }), allowed: 'a number', pattern },
    meaning,
  );
}

export function flag(name: string, fallback: boolean, meaning: string): Setting<boolean> {
  const words = new Map([
    ['true', true],
    ['false', false],
  ]);
  return setting({
    name,
    schema: Type.Boolean(),
    defaultText: `\`${fallback}\``,
    allowed: 'true or false',
    meaning,
    absent: fallback,
    read: (written) => words.get(written.toLowerCase()) ?? written,
  });
}

export function choice<const T extends string>(
  name: string,
  fallback: T,
  values: readonly T[],
  options: { meaning: string; aliases?: Readonly<Record<string, T>> },
): Setting<T> {
  const same = (written: string) => (value: string) => value.toLowerCase() === written.toLowerCase();
  return setting({
    name,
    schema: Type.Enum([...values]),
    defaultText: `\`${fallback}\``,
    allowed: `one of ${values.join(', ')}`,
    meaning: options.meaning,
    absent: fallback,
    read: (written) => values.find(same(written)) ?? options.aliases?.[written.toUpperCase()] ?? written,
  });
}

export function text(
  name: string,
  options: { default: string; pattern: RegExp; allowed: string; meaning: string },
): Setting<string> {
  return setting({
    name,
    schema: textLike(options.pattern),
    defaultText: `\`${options.default}\``,
    allowed: options.allowed,
    meaning: options.meaning,
    absent: options.default,
    read: (written) => written,
  });
}

/** A text that may be absent. `secret`: it is never shown. */
export function optionalText(
  name: string,
  options: { defaultText?: string; pattern: RegExp; allowed: string; secret?: boolean; meaning: string },
): Setting<string | null> {
  return setting<string | null>({
    name,
    schema: textLike(options.pattern),
    defaultText: options.defaultText ?? 'none',
    allowed: options.allowed,
    meaning: options.meaning,
    absent: null,
    secret: options.secret ?? false,
    read: (written) => written,
  });
}

/** JSON Schema has no flags. */
function textLike({ source, flags }: RegExp): TSchema {
  if (flags !== '') throw new TypeError(`the pattern of a setting must have no flags, got ${flags}`);
  return Type.String({ pattern: source });
}

const absolute = (path: string) => resolve(PROJECT_ROOT, path);
const PATH = Type.String({ minLength: 1, pattern: '^[^\\0]*$' });

export function directory(name: string, fallback: string, meaning: string): Setting<string> {
  return setting({
    name,
    schema: PATH,
    defaultText: `\`${fallback}\``,
    allowed: 'a path',
    meaning,
    absent: absolute(fallback),
    refusesEmpty: true,
    read: (written) => written,
    complete: absolute,
  });
}

/** `fallback` describes the path that is used if none is given. */
export function optionalPath(name: string, fallback: string, meaning: string): Setting<string | null> {
  return { ...directory(name, '', meaning), defaultText: fallback, absent: null, refusesEmpty: false };
}

const HTTP_ADDRESS = format('http-address', (written) =>
  /^https?:$/.test(URL.parse(written)?.protocol ?? ''),
);

export function optionalUrl(name: string, meaning: string): Setting<string | null> {
  return setting<string | null>({
    name,
    schema: HTTP_ADDRESS,
    defaultText: 'none',
    allowed: 'an http or https address',
    meaning,
    absent: null,
    read: (written) => written,
  });
}

export function list(
  name: string,
  options: { item: RegExp; allowed: string; meaning: string },
): Setting<readonly string[]> {
  return setting<readonly string[]>({
    name,
    schema: Type.Array(textLike(options.item)),
    defaultText: 'none',
    allowed: options.allowed,
    meaning: options.meaning,
    absent: [],
    read: itemsIn,
  });
}

/** The text with user names and passwords removed from addresses. */
export function withoutCredentials(text: string): string {
  return text.replace(/(:\/\/)[^/\s]*@/g, '$1***@');
}

function numeric(
  name: string,
  fallback: number | { text: string; value: number },
  kind: { schema: TSchema & { minimum?: number; maximum?: number }; allowed: string; pattern: RegExp },
  meaning: string,
): Setting<number> {
  const { text: defaultText, value } =
    typeof fallback === 'number' ? { text: `\`${fallback}\``, value: fallback } : fallback;
  const { schema, allowed, pattern } = kind;
  return setting({
    name,
    schema,
    defaultText,
    allowed: `${allowed} from ${schema.minimum} to ${schema.maximum}`,
    meaning,
    absent: value,
    read: (written) => (pattern.test(written) ? Number(written) : written),
  });
}
