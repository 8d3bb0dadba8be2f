// Settings that are lists of API keys. A rejected key is described without being shown.

import { Type } from 'typebox';
import { format, itemsIn, type Setting, setting } from './checked-setting.ts';

/** Characters of a key: 12 random ones are more than anyone can try. */
const MIN_KEY_LENGTH = 12;

const KEY = format('api-key', (written) => faultOfKey(written) === null);

export function keys(name: string, meaning: string): Setting<readonly string[]> {
  return setting<readonly string[]>({
    name,
    schema: Type.Array(KEY, { minItems: 1 }),
    defaultText: 'none',
    allowed: `${MIN_KEY_LENGTH} or more printable ASCII characters without spaces, or \`NAME:sha256:DIGEST\`, separated by commas`,
    meaning,
    absent: [],
    secret: true,
    read: keysIn,
    hint: (written) => {
      const faults = keysIn(written).flatMap((part, index) => {
        const fault = faultOfKey(part);
        return fault === null ? [] : [`key ${index + 1} ${fault}`];
      });
      return faults[0] ?? null;
    },
  });
}

function keysIn(written: string): string[] {
  return itemsIn(written).filter((part) => part !== '');
}

/** A short key can be guessed over the network. A truncated digest would be taken for a key. */
function faultOfKey(key: string): string | null {
  if (!/^[\x21-\x7e]+$/.test(key)) return 'has a space, or a character that is not ASCII';
  if (/:sha256:/i.test(key) && !/:sha256:[0-9a-f]{64}$/i.test(key))
    return 'has no digest of 64 hexadecimal digits';
  if (key.length >= MIN_KEY_LENGTH) return null;
  return `is too short, it has ${key.length} of at least ${MIN_KEY_LENGTH} characters: \`openssl rand -hex 16\` makes one`;
}
