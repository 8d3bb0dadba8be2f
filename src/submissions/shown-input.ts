// How much of a test's input its result shows.

import type { TestResult } from '../api/execution.ts';
import { beginningOfText } from '../api/text-encoding.ts';
import type { TaskTest } from '../execution/task.ts';
import { SHOWN_INPUT_BYTES } from '../limits.ts';

/** UTF-8 bytes of one UTF-16 unit, at most. */
const MAX_CHARACTER_BYTES = 3;

/** Cuts a long input. */
export function withShortInput(
  result: TestResult,
  { tests }: { readonly tests: readonly Pick<TaskTest, 'encoding'>[] },
): TestResult {
  const { input } = result;
  if (input === null || input.length * MAX_CHARACTER_BYTES <= SHOWN_INPUT_BYTES) return result;
  const shown = beginningOfText(input, tests[result.index]?.encoding ?? 'utf8', SHOWN_INPUT_BYTES);
  return { ...result, input: shown, input_truncated: shown.length < input.length };
}
