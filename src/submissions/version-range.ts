// Which versions a client means: a beginning (`3.11`), a range as package managers write them (`>=3.8`, `^3.8`, `3.x`),
// or any (`latest`, `*`).

const ANY = new Set(['*', 'any', 'latest', 'newest', 'stable']);
const COMPARATOR = /^(>=|<=|>|<|={1,2}|\^|~=|~)?v?(\d{1,9}(?:\.\d{1,9}){0,3})((?:\.[xX*]){1,3}|\+)?$/;

/** Throws nothing: what is no range has no versions. */
export function isInRange(version: string, range: string): boolean {
  const wanted = range.trim().toLowerCase();
  if (ANY.has(wanted)) return true;
  if (hasPrefix(version, wanted.replace(/^v(?=\d)/, ''))) return true;
  return wanted.split('||').some((alternative) => satisfiesAll(version, comparatorsOf(alternative)));
}

/** `3.11` and `3` begin `3.11.2`, but `3.1` does not. */
function hasPrefix(version: string, prefix: string): boolean {
  const next = version.charAt(prefix.length);
  return prefix !== '' && version.startsWith(prefix) && !/[0-9A-Za-z]/.test(next);
}

/** `>= 3.8, < 4` has two. */
function comparatorsOf(text: string): readonly string[] {
  const words = text.split(/[\s,]/).filter((word) => word !== '');
  const comparators: string[] = [];
  for (const word of words) {
    const last = comparators.at(-1);
    if (last !== undefined && /^[<>=^~]+$/.test(last)) comparators[comparators.length - 1] = last + word;
    else comparators.push(word);
  }
  return comparators;
}

function satisfiesAll(version: string, comparators: readonly string[]): boolean {
  return comparators.length > 0 && comparators.every((comparator) => satisfies(version, comparator));
}

function satisfies(version: string, comparator: string): boolean {
  const [, operator = '', written = '', wildcard = ''] = COMPARATOR.exec(comparator) ?? [];
  if (written === '') return false;
  const wanted = numbersOf(written);
  const found = numbersOf(version);
  const order = compare(found.slice(0, wanted.length), wanted);
  if (operator === '>=' || wildcard === '+') return order >= 0;
  if (operator === '<=') return order <= 0;
  if (operator === '>') return order > 0;
  if (operator === '<') return order < 0;
  if (operator === '^') return compare(found, wanted) >= 0 && found[0] === wanted[0];
  if (operator === '~' || operator === '~=')
    return compare(found, wanted) >= 0 && isWithin(operator, found, wanted);
  return order === 0;
}

/** `~3.11` and `~3.11.1` stay in 3.11, `~3` in 3; `~=3.11`, as Python has it, may go on to 3.12. */
function isWithin(operator: string, found: readonly number[], wanted: readonly number[]): boolean {
  const kept = operator === '~' ? Math.min(2, wanted.length) : Math.max(1, wanted.length - 1);
  return compare(found.slice(0, kept), wanted.slice(0, kept)) === 0;
}

function numbersOf(version: string): readonly number[] {
  return version.split(/[^0-9]/).map(Number);
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
