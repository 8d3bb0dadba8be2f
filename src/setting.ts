// The kinds of settings: how each is read from an environment's text, and what it allows.

import { isIP } from 'node:net';
import { resolve } from 'node:path';

/** Relative paths in settings are relative to it, wherever the service was started. */
export const PROJECT_ROOT = resolve(import.meta.dirname, '..');

/** One setting. `parse` answers `undefined` for a text that is not allowed; `absent` stands in for no text. */
export interface Setting<T> {
  readonly name: string;
  readonly defaultText: string;
  readonly allowed: string;
  readonly meaning: string;
  readonly absent: T;
  parse(text: string): T | undefined;
  /** A secret's value is never shown, not even in the message that refuses it. */
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
    ['1', true],
    ['yes', true],
    ['false', false],
    ['0', false],
    ['no', false],
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
  options: { meaning: string; note?: string; aliases?: Readonly<Record<string, T>> },
): Setting<T> {
  const same = (written: string) => (value: string) => value.toLowerCase() === written.toLowerCase();
  return {
    name,
    defaultText: `\`${fallback}\``,
    allowed: `one of ${values.join(', ')}${options.note ? ` (${options.note})` : ''}`,
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
    parse: (written) => (written.includes('\0') ? undefined : absolute(written)),
  };
}

/** `fallback` tells what stands in for a path that is not given. */
export function optionalPath(name: string, fallback: string, meaning: string): Setting<string | null> {
  return { ...directory(name, '', meaning), defaultText: fallback, absent: null };
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

export function keys(name: string, meaning: string): Setting<readonly string[]> {
  return {
    name,
    defaultText: 'none',
    allowed: 'printable ASCII without spaces, separated by commas',
    meaning,
    absent: [],
    secret: true,
    parse: (written) => {
      const parts = written
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      return parts.length > 0 && parts.every((part) => /^[\x21-\x7e]+$/.test(part)) ? parts : undefined;
    },
  };
}

export function trustedProxies(name: string, meaning: string): Setting<readonly string[]> {
  return {
    name,
    defaultText: 'none',
    allowed:
      'addresses, with /BITS for networks, or `loopback`, `linklocal`, `uniquelocal`, separated by commas',
    meaning,
    absent: [],
    parse: (written) => {
      const parts = written.split(',').map((part) => part.trim());
      return parts.every(isProxy) ? parts : undefined;
    },
  };
}

function isProxy(written: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(written)) return true;
  const [address = '', bits] = written.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

export function origins(name: string, meaning: string): Setting<readonly string[]> {
  return {
    name,
    defaultText: 'none',
    allowed: 'origins such as `https://app.example.org`, separated by commas, or `*`',
    meaning,
    absent: [],
    parse: (written) => {
      const parts = written.split(',').map((part) => part.trim());
      return parts.every((part) => part === '*' || URL.parse(part)?.origin === part) ? parts : undefined;
    },
  };
}

/** An address in which nobody can read who logs in, and with what. */
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
