// The valid keys, and the lookup of an offered key among them. The lookup takes constant time, so that neither a key's
// length nor its beginning can be measured.

import { timingSafeEqual } from 'node:crypto';
import { type ApiKey, digestOf, keysFromSetting, ORDINARY_SCOPES, SCOPES, type Scope } from './key.ts';
import type { WatchedKeys } from './watched-keys.ts';

export interface KeyRing {
  /** False if no key is required for what ordinary keys allow. */
  isRequired(): boolean;
  /** Whether there is any key with this scope. */
  hasScope(scope: Scope): boolean;
  /** The key that matches one of the offered texts, or `null`. It may have expired. */
  find(offered: readonly string[]): ApiKey | null;
}

export interface KeyRingParts {
  /** From the settings, as written there. */
  readonly apiKeys: readonly string[];
  readonly adminApiKeys: readonly string[];
  /** Keys of the key file, which changes while the service runs. */
  readonly watched?: Pick<WatchedKeys, 'keys' | 'areRequired'>;
}

export function createKeyRing({ apiKeys, adminApiKeys, watched }: KeyRingParts): KeyRing {
  const ordinary = keysFromSetting(apiKeys, { name: 'key', scopes: ORDINARY_SCOPES });
  const admins = keysFromSetting(adminApiKeys, { name: 'admin', scopes: SCOPES });
  const keys = () => [...admins, ...ordinary, ...(watched?.keys() ?? [])];
  return {
    isRequired: () => ordinary.length > 0 || (watched?.areRequired() ?? false),
    hasScope: (scope) => keys().some(({ scopes }) => scopes.includes(scope)),
    find: (offered) => findKey(keys(), offered),
  };
}

/** Compares every pair, even after a match. */
function findKey(keys: readonly ApiKey[], offered: readonly string[]): ApiKey | null {
  const digests = offered.map(digestOf);
  const matches = digests.flatMap((digest) => keys.filter((key) => timingSafeEqual(key.digest, digest)));
  return matches[0] ?? null;
}
