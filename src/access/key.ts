// An API key: a name, a digest and the scopes it grants. The key itself is never stored, only its SHA-256; a random
// key needs no slower hash. Knows nothing of HTTP or of where keys are stored.

import { createHash } from 'node:crypto';

/** What a key may allow. `execute` covers everything except metrics and administration. */
export const SCOPES = ['execute', 'metrics', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Scopes of a key that names none, and of everyone where no key is required. */
export const ORDINARY_SCOPES: readonly Scope[] = ['execute', 'metrics'];

export interface ApiKey {
  /** Stands for the key in the log and in every count; several keys of one client may share it. */
  readonly name: string;
  /** SHA-256 of the key, 32 bytes. */
  readonly digest: Buffer;
  readonly scopes: readonly Scope[];
  /** When it expires; `null` for never. */
  readonly expiresAtMs: number | null;
  /** Overrides the limit in the settings for this key; 0 means no limit. */
  readonly requestsPerMinute?: number;
  readonly executionsPerDay?: number;
}

/** What a key may be called, as a pattern and in words. */
export const KEY_NAME = '[A-Za-z0-9][A-Za-z0-9._-]{0,63}';
export const KEY_NAME_FORM = '1–64 letters, digits or . _ -, a letter or digit first';
/** A key given as its digest, with its name. */
const NAMED_DIGEST = new RegExp(`^(${KEY_NAME}):sha256:([0-9a-f]{64})$`, 'i');

export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The keys of a setting: each is a plain key, named after its position, or `NAME:sha256:DIGEST`. */
export function keysFromSetting(
  entries: readonly string[],
  options: { readonly name: string; readonly scopes: readonly Scope[] },
): ApiKey[] {
  return entries.map((entry, index) => {
    const [, name, hex] = NAMED_DIGEST.exec(entry) ?? [];
    const rest = { scopes: options.scopes, expiresAtMs: null };
    if (name && hex) return { name, digest: Buffer.from(hex, 'hex'), ...rest };
    return { name: `${options.name}-${index + 1}`, digest: digestOf(entry), ...rest };
  });
}
