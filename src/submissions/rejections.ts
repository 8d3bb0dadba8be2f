// Counts requests that were rejected before anything ran.

import type { ExecuteRequest } from '../api/execution.ts';
import { type ErrorCode, ServiceError } from '../errors.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';

interface RejectionParts {
  readonly languageId: (name: string) => string | null;
  readonly metrics: Pick<ServiceMetrics, 'rejected'> | null;
}

export function countRejection(
  { metrics, languageId }: RejectionParts,
  { user_id, language }: Pick<ExecuteRequest, 'language' | 'user_id'>,
  error: unknown,
): void {
  const userId = user_id ?? null;
  metrics?.rejected({ userId, language: languageId(language), code: codeOf(error) });
}

export function codeOf(error: unknown): ErrorCode {
  return error instanceof ServiceError ? error.code : 'internal_error';
}
