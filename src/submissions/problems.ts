// Refuses a request for what is wrong with its fields, in the same words and with the same bounds as the schema's check.

import { type FieldProblem, ServiceError } from '../errors.ts';

/** Problems of one request that are listed. */
export const MAX_PROBLEMS = 20;
const DETAIL_PROBLEMS = 5;
const SHOWN_CHARACTERS = 40;

/** Throws `invalid_request` with the problems; does nothing when there are none. */
export function refuseIfAny(problems: readonly FieldProblem[]): void {
  if (problems.length > 0) throw refusal('invalid_request', problems);
}

/** An error with the first of the problems, and how many more there are of `total`. */
export function refusal(
  code: 'invalid_request' | 'too_large',
  problems: readonly FieldProblem[],
  total = problems.length,
): ServiceError {
  const told = problems.slice(0, DETAIL_PROBLEMS).map(({ message }) => message);
  const untold = total - told.length;
  const detail = told.join('; ') + (untold > 0 ? `; and ${untold} more` : '');
  return new ServiceError(code, detail, { errors: problems.slice(0, MAX_PROBLEMS) });
}

/** A problem whose message begins with the field: `problem('code', 'is required')`. */
export function problem(path: string, message: string): FieldProblem {
  return { path, message: `${path} ${message}` };
}

/** A value in a message: quoted, escaped and of bounded length. */
export function shown(value: string): string {
  const part = value.slice(0, SHOWN_CHARACTERS).toWellFormed();
  return JSON.stringify(value.length > SHOWN_CHARACTERS ? `${part}…` : part);
}
