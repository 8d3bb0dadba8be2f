// What an API key is: a name, a digest and what it allows. The key itself is nowhere, only its SHA-256 is compared; a
// random key needs no slower hash. It knows nothing of HTTP or of where keys are kept.

import { createHash } from 'node:crypto';

/** What a key may allow. `execute` is everything that is neither figures of the service nor its administration. */
export const SCOPES = ['execute', 'metrics', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** What a key allows that was given without scopes, and what everyone may where no key is asked for. */
export const ORDINARY_SCOPES: readonly Scope[] = ['execute', 'metrics'];

export interface ApiKey {
  /** Stands for the key in the log and in every count; several keys of one client may share it. */
  readonly name: string;
  /** SHA-256 of the key, 32 bytes. */
  readonly digest: Buffer;
  readonly scopes: readonly Scope[];
  /** When it stops being one; `null` for never. */
  readonly expiresAtMs: number | null;
  /** Of this key instead of what the settings say for all; 0 is without a limit. */
  readonly requestsPerMinute?: number;
  readonly executionsPerDay?: number;
}

/** What a key may be called, as a pattern. */
export const KEY_NAME = '[A-Za-z0-9][A-Za-z0-9._-]{0,63}';
/** A key given as its digest, with the name it goes by. */
const NAMED_DIGEST = new RegExp(`^(${KEY_NAME}):sha256:([0-9a-f]{64})$`, 'i');

export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The keys of a setting: each is a plain key, which goes by its place, or `NAME:sha256:DIGEST`. */
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
