// Tokens of submissions to Judge0: UUIDs of version 4 that say the id of the execution in other letters, so that no table
// of tokens is needed. An id has 128 bits, of which the first six are zero until the year 2109.

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const TOKEN = /^([0-9a-f]{8})-([0-9a-f]{4})-4([0-9a-f]{3})-([89ab][0-9a-f]{3})-([0-9a-f]{12})$/i;
const MAX_ID = 1n << 122n;
const LOW_BITS = 62n;
const MIDDLE_BITS = 12n;

export function tokenOf(executionId: string): string {
  let value = 0n;
  for (const letter of ID.test(executionId) ? executionId : '') {
    value = (value << 5n) | BigInt(ALPHABET.indexOf(letter));
  }
  if (value === 0n || value >= MAX_ID) throw new RangeError(`${executionId} is no id that fits into a token`);
  const high = value >> (LOW_BITS + MIDDLE_BITS);
  const middle = (value >> LOW_BITS) & 0xfffn;
  const low = (value & ((1n << LOW_BITS) - 1n)) | (0b10n << LOW_BITS);
  const hex = `${padded(high, 12)}4${padded(middle, 3)}${padded(low, 16)}`;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** `null` for a text that is no token. */
export function executionIdOf(token: string): string | null {
  const [, first = '', second = '', middle = '', fourth = '', last = ''] = TOKEN.exec(token) ?? [];
  if (first === '') return null;
  const low = BigInt(`0x${fourth}${last}`) & ((1n << LOW_BITS) - 1n);
  let value = (((BigInt(`0x${first}${second}`) << MIDDLE_BITS) | BigInt(`0x${middle}`)) << LOW_BITS) | low;
  let id = '';
  for (let letter = 0; letter < 26; letter += 1) {
    id = ALPHABET.charAt(Number(value & 31n)) + id;
    value >>= 5n;
  }
  return id;
}

function padded(value: bigint, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
