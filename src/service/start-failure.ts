// Says why the service cannot start.

import { ConfigError } from '../settings/config.ts';

/** Causes to report of an error that prevents the start. */
const MAX_CAUSES = 5;

export function startFailure(error: unknown): string {
  if (!(error instanceof ConfigError)) return `The service cannot start: ${withCauses(error).join(': ')}`;
  return ['The service cannot start, settings are wrong:', ...error.problems].join('\n  ');
}

function withCauses(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error)) return [String(error)];
  if (error.cause === undefined || depth === MAX_CAUSES) return [error.message];
  return [error.message, ...withCauses(error.cause, depth + 1)];
}
