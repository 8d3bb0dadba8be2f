// The fields of a request that choose a language: schema and documentation. `choose-toolchain.ts` decides what they
// mean.

import { Type } from 'typebox';

export const LanguageName = Type.String({
  minLength: 1,
  maxLength: 64,
  description:
    'Id or alias, ignoring case; a number after it chooses a standard or a version: `c++20`, `node20`.',
});

export const VersionChoice = Type.String({
  minLength: 1,
  maxLength: 32,
  description:
    'A version, its beginning, a range such as `>=3.8`, or `latest`; for C++, C and Rust also a standard such as `20`.',
});
