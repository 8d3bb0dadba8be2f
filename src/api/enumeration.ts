// String enumerations in schemas.

import { Type } from 'typebox';

/** A string enumeration as JSON Schema's `enum`, which gives one clear message instead of one a member. */
export function enumeration<const T extends readonly string[]>(values: T, options: object = {}) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: values, ...options });
}
