// The header of testlib, which programs of the protocol `testlib` may include. It comes with this service unchanged; its
// licence is beside it.

import { readFileSync } from 'node:fs';

const HEADER = new URL('./testlib/testlib.h', import.meta.url);
let header: Uint8Array | null = null;

/** Read once, when the first program needs it. */
export function testlibHeader(): { readonly path: string; readonly content: Uint8Array } {
  header ??= readFileSync(HEADER);
  return { path: 'testlib.h', content: header };
}
