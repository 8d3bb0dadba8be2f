// The checker `exact`: the output is the expected output, byte for byte, line ends included.

import type { ByteString, Comparison } from './checker.ts';
import { describeLine, failed } from './comparison.ts';
import { firstDifference } from './text.ts';

export const compareExactly: Comparison = (expected, output) => {
  const position = firstDifference(expected, output);
  const { number, start } = lineAt(expected, position);
  return failed(describeLine(number, lineFrom(expected, start), lineFrom(output, start)));
};

function lineAt(text: ByteString, position: number): { number: number; start: number } {
  let number = 1;
  let start = 0;
  for (;;) {
    const lineFeed = text.indexOf('\n', start);
    if (lineFeed === -1 || lineFeed >= position) return { number, start };
    number += 1;
    start = lineFeed + 1;
  }
}

/** With its line feed. */
function lineFrom(text: ByteString, start: number): ByteString {
  const lineFeed = text.indexOf('\n', start);
  return lineFeed === -1 ? text.slice(start) : text.slice(start, lineFeed + 1);
}
