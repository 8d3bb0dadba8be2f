// Names of keys in Redis. Keys of one tag are in one slot of a cluster, so that a script may use them together.

/** `keyOf('a', 1)` is `PREFIX:{TAG}:a:1`. */
export function createKeys(prefix: string, tag: string): (...parts: readonly (string | number)[]) => string {
  const base = `${prefix}:{${tag}}`;
  return (...parts) => [base, ...parts].join(':');
}
