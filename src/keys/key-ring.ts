// The keys in force, and how an offered key is found among them: in constant time, so that neither its length nor its
// beginning can be measured.

import { timingSafeEqual } from 'node:crypto';
import { type ApiKey, digestOf, keysFromSetting, ORDINARY_SCOPES, SCOPES, type Scope } from './key.ts';

export interface KeyRing {
  /** False when anyone may use what ordinary keys allow. */
  isRequired(): boolean;
  /** Whether there is any key with this scope. */
  hasScope(scope: Scope): boolean;
  /** The key that one of the offered texts is, or `null`. */
  find(offered: readonly string[]): ApiKey | null;
}

export interface KeyRingParts {
  /** From the settings, as they are written there. */
  readonly apiKeys: readonly string[];
  readonly adminApiKeys: readonly string[];
}

export function createKeyRing({ apiKeys, adminApiKeys }: KeyRingParts): KeyRing {
  const ordinary = keysFromSetting(apiKeys, { name: 'key', scopes: ORDINARY_SCOPES });
  const admins = keysFromSetting(adminApiKeys, { name: 'admin', scopes: SCOPES });
  const keys = [...admins, ...ordinary];
  return {
    isRequired: () => ordinary.length > 0,
    hasScope: (scope) => keys.some(({ scopes }) => scopes.includes(scope)),
    find: (offered) => findKey(keys, offered),
  };
}

/** Every pair is compared, whichever matches. */
function findKey(keys: readonly ApiKey[], offered: readonly string[]): ApiKey | null {
  const digests = offered.map(digestOf);
  const matches = digests.flatMap((digest) => keys.filter((key) => timingSafeEqual(key.digest, digest)));
  return matches[0] ?? null;
}
