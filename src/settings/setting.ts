// The kinds of settings: how each is read from a variable's text, and what it allows.

import { resolve } from 'node:path';

/** Relative paths in settings are relative to it, wherever the service was started. */
export const PROJECT_ROOT = resolve(import.meta.dirname, '../..');

/** One setting. `parse` returns `undefined` for a text that is not allowed; `absent` is the value without a text. */
export interface Setting<T> {
  readonly name: string;
  readonly defaultText: string;
  readonly allowed: string;
  readonly meaning: string;
  readonly absent: T;
  parse(text: string): T | undefined;
  /** What is wrong with a rejected text, and how to correct it; never the text of a secret. */
  hint?(text: string): string | null;
  /** Whether an empty variable is an error rather than the same as no variable. */
  readonly refusesEmpty?: boolean;
  /** A secret's value is never shown, not even in the message that rejects it. */
  readonly secret?: boolean;
}

export function integer(
  name: string,
  fallback: number | { text: string; value: number },
  minimum: number,
  maximum: number,
  meaning: string,
): Setting<number> {
  return numeric(name, fallback, { minimum, maximum, allowed: 'an integer', pattern: /^\d{1,15}$/ }, meaning);
}

export function decimal(name: string, fallback: number, minimum: number, maximum: number, meaning: string) {
  const pattern = /^\d{1,15}(\.\d{1,15})?$/;
  return numeric(name, fallback, { minimum, maximum, allowed: 'a number', pattern }, meaning);
}

export function flag(name: string, fallback: boolean, meaning: string): Setting<boolean> {
  const words = new Map([
    ['true', true],
    ['false', false],
  ]);
  return {
    name,
    defaultText: `\`${fallback}\``,
    allowed: 'true or false',
    meaning,
    absent: fallback,
    parse: (written) => words.get(written.toLowerCase()),
  };
}

export function choice<const T extends string>(
  name: string,
  fallback: T,
  values: readonly T[],
  options: { meaning: string; aliases?: Readonly<Record<string, T>> },
): Setting<T> {
  const same = (written: string) => (value: string) => value.toLowerCase() === written.toLowerCase();
  return {
    name,
    defaultText: `\`${fallback}\``,
    allowed: `one of ${values.join(', ')}`,
    meaning: options.meaning,
    absent: fallback,
    parse: (written) => values.find(same(written)) ?? options.aliases?.[written.toUpperCase()],
  };
}

export function text(
  name: string,
  options: { default: string; pattern: RegExp; allowed: string; meaning: string },
): Setting<string> {
  return {
    name,
    defaultText: `\`${options.default}\``,
    allowed: options.allowed,
    meaning: options.meaning,
    absent: options.default,
    parse: (written) => (options.pattern.test(written) ? written : undefined),
  };
}

/** A text that may be absent. `secret`: it is never shown. */
export function optionalText(
  name: string,
  options: { defaultText?: string; pattern: RegExp; allowed: string; secret?: boolean; meaning: string },
): Setting<string | null> {
  return {
    name,
    defaultText: options.defaultText ?? 'none',
    allowed: options.allowed,
    meaning: options.meaning,
    absent: null,
    secret: options.secret ?? false,
    parse: (written) => (options.pattern.test(written) ? written : undefined),
  };
}

export function directory(name: string, fallback: string, meaning: string): Setting<string> {
  const absolute = (path: string) => resolve(PROJECT_ROOT, path);
  return {
    name,
    defaultText: `\`${fallback}\``,
    allowed: 'a path',
    meaning,
    absent: absolute(fallback),
    refusesEmpty: true,
    parse: (written) => (written === '' || written.includes('\0') ? undefined : absolute(written)),
  };
}

/** `fallback` describes the path that is used if none is given. */
export function optionalPath(name: string, fallback: string, meaning: string): Setting<string | null> {
  return { ...directory(name, '', meaning), defaultText: fallback, absent: null, refusesEmpty: false };
}

export function optionalUrl(name: string, meaning: string): Setting<string | null> {
  return {
    name,
    defaultText: 'none',
    allowed: 'an http or https address',
    meaning,
    absent: null,
    parse: (written) => (/^https?:$/.test(URL.parse(written)?.protocol ?? '') ? written : undefined),
  };
}

export function list(
  name: string,
  options: { item: RegExp; allowed: string; meaning: string },
): Setting<readonly string[]> {
  return {
    name,
    defaultText: 'none',
    allowed: options.allowed,
    meaning: options.meaning,
    absent: [],
    parse: (written) => {
      const items = written.split(',').map((item) => item.trim());
      return items.every((item) => options.item.test(item)) ? items : undefined;
    },
  };
}

/** The text with user names and passwords removed from addresses. */
export function withoutCredentials(text: string): string {
  return text.replace(/(:\/\/)[^/\s]*@/g, '$1***@');
}

function numeric(
  name: string,
  fallback: number | { text: string; value: number },
  range: { minimum: number; maximum: number; allowed: string; pattern: RegExp },
  meaning: string,
): Setting<number> {
  const { text: defaultText, value } =
    typeof fallback === 'number' ? { text: `\`${fallback}\``, value: fallback } : fallback;
  return {
    name,
    defaultText,
    allowed: `${range.allowed} from ${range.minimum} to ${range.maximum}`,
    meaning,
    absent: value,
    parse: (written) => {
      const parsed = Number(written);
      const isAllowed = range.pattern.test(written) && parsed >= range.minimum && parsed <= range.maximum;
      return isAllowed ? parsed : undefined;
    },
  };
}
