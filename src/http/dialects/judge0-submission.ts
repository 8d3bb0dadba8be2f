// From the attributes of a submission to Judge0 to a submission here.

import type { ExecuteRequest } from '../../api/execution.ts';
import type { SubmittedFile } from '../../api/request-fields.ts';
import type { RunChoices } from '../../execution/task.ts';
import { KIB } from '../../units.ts';
import { type Judge0Attributes, NUMERIC_ATTRIBUTES } from './judge0-attributes.ts';
import type { Judge0Language } from './judge0-languages.ts';
import { MULTI_FILE, MULTI_FILE_ENTRY } from './judge0-program.ts';
import { memoryLimitFrom, timeLimitFrom } from './limits-in-range.ts';
import { shellWords } from './shell-words.ts';

/** What a client limits more, or less, than Judge0 does by default. */
export function judge0RunChoices(attributes: Judge0Attributes): RunChoices {
  const { max_processes_and_or_threads: processes, max_file_size: fileSizeKib } = attributes;
  const usual = NUMERIC_ATTRIBUTES.max_processes_and_or_threads.default;
  return { fileSizeBytes: fileSizeKib * KIB, ...(processes < usual && { processes }) };
}

/** Each run is a test of the same input; without an expected output it passes if the program ends well. */
export function judge0Submission(
  attributes: Judge0Attributes,
  { language, number }: Judge0Language,
  files: readonly SubmittedFile[],
): ExecuteRequest {
  const { stdin, expected_output: expected, number_of_runs: runs } = attributes;
  const test = {
    input: (stdin ?? Buffer.alloc(0)).toString('base64'),
    ...(expected !== null && { expected_output: expected.toString('base64') }),
    encoding: 'base64' as const,
  };
  return {
    language: language.id,
    ...(number === MULTI_FILE
      ? { files: [MULTI_FILE_ENTRY, ...files] }
      : { code: attributes.source_code.toString('utf8'), ...(files.length > 0 && { files: [...files] }) }),
    compile_options: shellWords(attributes.compiler_options ?? ''),
    args: shellWords(attributes.command_line_arguments ?? ''),
    test_cases: Array.from({ length: runs }, () => test),
    stop_on_failure: true,
    time_limit: timeLimitFrom(attributes.cpu_time_limit),
    memory_limit: memoryLimitFrom(attributes.memory_limit / KIB),
  };
}
