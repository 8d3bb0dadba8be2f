// The checker `tokens`: the pieces between white space are the same in the same order, however they are laid out.

import type { Comparison } from './checker.ts';
import { compareInOrder } from './comparison.ts';
import { tokens } from './text.ts';

export const compareTokens: Comparison = (expected, output) =>
  compareInOrder('Token', tokens(expected), tokens(output), (wanted, got) => wanted === got);
