// Requests and a result as the documentation shows them. The tests hold them to the schemas.

import type { ExecuteRequest, ExecutionResult } from '../../api/execution.ts';

const SUM = {
  language: 'python',
  code: 'a, b = map(int, input().split())\nprint(a + b)',
  test_cases: [
    { name: 'small', input: '2 3', expected_output: '5' },
    { name: 'negative', input: '-2 -3', expected_output: '-5', is_hidden: true },
  ],
  time_limit: 2,
  memory_limit: 64,
};

export const REQUEST_EXAMPLES: readonly ExecuteRequest[] = [
  SUM,
  { language: 'python', code: 'print("Hello, World!")' },
];

const RUN = { cpu_time_ms: 11.2, wall_time_ms: 13.9, memory_kb: 9120 };

const TEST_RESULT = {
  index: 0,
  name: 'small' as string | null,
  status: 'accepted' as const,
  passed: true,
  score: 1,
  is_hidden: false,
  input: '2 3' as string | null,
  input_truncated: false,
  expected_output: '5' as string | null,
  stdout: '5\n' as string | null,
  stderr: '' as string | null,
  exit_code: 0,
  signal: null,
  ...RUN,
  stdout_truncated: false,
  stderr_truncated: false,
  message: null,
};

export const RESULT_EXAMPLE: ExecutionResult = {
  execution_id: '01JDCQ3V5W8K2T4N6P8R0S2T4V',
  status: 'accepted',
  language: SUM.language,
  version: '3.11.2',
  compile: null,
  results: [
    TEST_RESULT,
    {
      ...TEST_RESULT,
      index: 1,
      name: 'negative',
      is_hidden: true,
      input: null,
      expected_output: null,
      stdout: null,
      stderr: null,
    },
  ],
  summary: { total: 2, passed: 2, failed: 0, skipped: 0, score: 1 },
  ...RUN,
  queue_time_ms: 0.4,
  total_time_ms: 19,
  sandbox: 'native',
  timings: { validation_ms: 1.4 },
  warnings: [],
  created_at: '2026-01-01T00:00:00.000Z',
  finished_at: '2026-01-01T00:00:00.019Z',
};
