// Where a comment or literal ends, in untrusted source code. Every character is read once: a search that
// began anew at each quotation mark would take the square of the source's length.

/**
 * The position behind what began before `from`: `ends` is global, and matches its end or, beginning with a backslash or
 * a bracket, what may hide an end. What never ends reaches to the end of the code.
 */
export function endOfLiteral(code: string, from: number, ends: RegExp): number {
  ends.lastIndex = from;
  for (let found = ends.exec(code); found !== null; found = ends.exec(code)) {
    if (!/^[\\[]/.test(found[0])) return ends.lastIndex;
  }
  return code.length;
}
