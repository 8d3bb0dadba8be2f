// The limits of requests: their names for people, their ranges, and those of the run that is shown.

import { REQUEST_LIMITS } from '../../src/limits.ts';
import { run } from './run-state.ts';
import type { LimitsInWords } from './words.ts';

export const LIMIT_FIELDS = {
  time_limit: { ...REQUEST_LIMITS.time_limit, label: 'Time limit (seconds)', unit: 's', step: 0.5 },
  memory_limit: { ...REQUEST_LIMITS.memory_limit, label: 'Memory limit (MB)', unit: 'MB', step: 16 },
  output_limit_kb: { ...REQUEST_LIMITS.output_limit_kb, label: 'Output limit (KB)', unit: 'KB', step: 64 },
} as const;

export function limitsInWords(): LimitsInWords {
  const { request } = run.value;
  return {
    timeSeconds: request?.time_limit ?? LIMIT_FIELDS.time_limit.default,
    memoryMb: request?.memory_limit ?? LIMIT_FIELDS.memory_limit.default,
    outputKb: request?.output_limit_kb ?? LIMIT_FIELDS.output_limit_kb.default,
  };
}
