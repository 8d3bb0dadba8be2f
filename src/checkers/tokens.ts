// The checker `tokens`: the pieces between white space are the same in the same order, however they are laid out.

import type { Checker } from './checker.ts';
import { compareInOrder } from './comparison.ts';
import { tokens } from './text.ts';

export const checkTokens: Checker = ({ expectedOutput, output }) =>
  compareInOrder('Token', tokens(expectedOutput), tokens(output), (wanted, got) => wanted === got);
