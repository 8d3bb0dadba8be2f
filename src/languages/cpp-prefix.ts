// Whether the precompiled <bits/stdc++.h> may come before a source's own first lines. The compiler takes a precompiled
// header only as the first thing of a source; headers of the standard library before it change nothing but their order.

const HEADER = 'bits/stdc++.h';
/** A source that includes the header has it among its first lines. */
const MAX_LINES = 100;
const INCLUDE = /^#[ \t]*include[ \t]*<([\w./+-]{1,80})>$/;

/** True if only comments and headers in angle brackets stand before the header, at least one of these. */
export function hasOnlyHeadersBefore(code: string): boolean {
  let headers = 0;
  for (const line of code.split('\n', MAX_LINES)) {
    const words = line.trim();
    if (words.endsWith('\\')) return false;
    if (words === '' || words.startsWith('//')) continue;
    const name = INCLUDE.exec(words.slice(0, 200))?.[1];
    if (name === undefined) return false;
    if (name === HEADER) return headers > 0;
    headers++;
  }
  return false;
}
