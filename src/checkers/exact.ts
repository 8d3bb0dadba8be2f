// The checker `exact`: the output is the expected output, character for character, line ends included.

import type { Checker } from './checker.ts';
import { excerpt, failed, PASSED } from './comparison.ts';
import { firstDifference } from './text.ts';

export const checkExact: Checker = ({ expectedOutput, output }) => {
  if (output === expectedOutput) return PASSED;
  const position = firstDifference(expectedOutput, output);
  const { line, column } = placeOf(expectedOutput, position);
  const wanted = excerpt(expectedOutput, position);
  return failed(
    `Line ${line} differs at column ${column}: expected ${wanted}, got ${excerpt(output, position)}.`,
  );
};

function placeOf(text: string, position: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (;;) {
    const lineFeed = text.indexOf('\n', lineStart);
    if (lineFeed === -1 || lineFeed >= position) return { line, column: position - lineStart + 1 };
    line += 1;
    lineStart = lineFeed + 1;
  }
}
