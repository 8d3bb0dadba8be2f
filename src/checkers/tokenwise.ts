// Compares two outputs token by token and, where a request asks for it, the white space around the tokens. It knows
// nothing of when two tokens are the same.

import { decodeBytes } from './byte-string.ts';
import type { ByteString, CheckResult, Comparison, TextOptions } from './checker.ts';
import { compareInOrder, failed, PASSED, type Wording } from './comparison.ts';
import { excerpt } from './excerpt.ts';
import { firstDifference, gaps, tokens } from './text.ts';

export function compareTokenwise(
  same: (expected: string, output: string) => boolean,
  wording: Wording,
  { space_change_sensitive = false }: TextOptions,
): Comparison {
  return (expected, output) => {
    const compared = compareInOrder('Token', tokens(expected), tokens(output), same, wording);
    return compared.passed && space_change_sensitive ? compareGaps(expected, output) : compared;
  };
}

/** Two outputs of as many tokens: the white space before, between and after these is to be the same. */
function compareGaps(expected: ByteString, output: ByteString): CheckResult {
  const wanted = gaps(expected);
  const got = gaps(output);
  for (let number = 1; ; number += 1) {
    const [one, other] = [wanted.next().value, got.next().value];
    if (one === undefined || other === undefined) return PASSED;
    if (one === other) continue;
    const position = firstDifference(one, other);
    const [shownWanted, shownGot] = [one, other].map((gap) => excerpt(decodeBytes(gap), position));
    return failed(
      `The white space before token ${number} differs: expected ${shownWanted}, got ${shownGot}.`,
    );
  }
}
