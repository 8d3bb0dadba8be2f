// Rejects a request for the values of its fields, in the same words and with the same bounds as schema validation.

import { type FieldReason, ServiceError } from '../errors.ts';

/** Reasons that one error lists. */
export const MAX_REASONS = 20;
const MAX_DETAIL_REASONS = 5;
const MAX_SHOWN_CHARACTERS = 40;

/** Throws `invalid_request` with the reasons; does nothing if there are none. */
export function rejectIfAny(reasons: readonly FieldReason[]): void {
  if (reasons.length > 0) throw rejection('invalid_request', reasons);
}

/** An error whose message has the first reasons, and how many more there are of `total`. */
export function rejection(
  code: 'invalid_request' | 'too_large',
  reasons: readonly FieldReason[],
  total = reasons.length,
): ServiceError {
  const listed = reasons.slice(0, MAX_DETAIL_REASONS).map(({ message }) => message);
  const omitted = total - listed.length;
  const detail = listed.join('; ') + (omitted > 0 ? `; and ${omitted} more` : '');
  return new ServiceError(code, detail, { errors: reasons.slice(0, MAX_REASONS) });
}

/** A reason whose message begins with the field: `reason('code', 'is required')`. */
export function reason(path: string, message: string): FieldReason {
  return { path, message: `${path} ${message}` };
}

/** A value in a message: quoted, escaped and of bounded length. */
export function shown(value: string): string {
  const part = value.slice(0, MAX_SHOWN_CHARACTERS).toWellFormed();
  return JSON.stringify(value.length > MAX_SHOWN_CHARACTERS ? `${part}…` : part);
}
