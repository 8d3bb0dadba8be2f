// The cursor of a page of executions: the place in the list after which the next page begins. Opaque to clients, so that
// no one computes with it, and of one length, so that a schema can describe it.

import { ServiceError } from '../errors.ts';
import { PAGE_CURSOR_PATTERN } from '../limits.ts';

const HEX_DIGITS = 13;
const FORM = new RegExp(PAGE_CURSOR_PATTERN);

export function cursorOf(place: number): string {
  return place.toString(16).padStart(HEX_DIGITS, '0');
}

export function placeOf(cursor: string): number {
  if (FORM.test(cursor)) return Number.parseInt(cursor, 16);
  const message = 'cursor must be the next_cursor of an earlier page';
  throw new ServiceError('invalid_request', message, { errors: [{ path: 'cursor', message }] });
}
